"""The watched folder: finished files are taken in once, by the importing services, and put aside with a reason."""

import dataclasses
import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.clamd import EICAR, clamd
from tests.edi import claim, line, remit
from tests.letters.test_archives import zipped
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.jobs.watching import KIND, Watch
from tracker.models import AuditEntry, Denial, ImportFile, Job

DENIED = remit(claim("A1", line("97110", 90, 0, "CO-50:90", remarks=["N115"])))
OTHER = remit(claim("A2", line("97112", 80, 0, "CO-97:80")))


class Folder:
    """The folder with its watch and a worker; ``pass_by`` is a minute of theirs."""

    def __init__(self, root, sessions, settings) -> None:
        self.root, self.sessions, self.settings, self.now = root, sessions, settings, build.NOW
        self.watch = Watch(root)

    def put(self, name: str, data: bytes):
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    def look(self) -> None:
        self.now += timedelta(seconds=30)
        self.watch.look(self.sessions, self.now)

    def work(self, tasks=TASKS) -> None:
        worker = Worker(self.sessions, self.settings, tasks)
        while worker.work_once(self.now):
            pass

    def pass_by(self) -> None:
        self.look()
        self.look()
        self.work()

    def there(self) -> list[str]:
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path, sessions, settings, cast):
    root = tmp_path / "watched"
    root.mkdir()
    return Folder(root, sessions, dataclasses.replace(settings, watch_dir=root))


@pytest.fixture
def storing(folder):
    folder.settings = dataclasses.replace(folder.settings, watch_store=True)
    return folder


def rows(sessions, model=ImportFile):
    with sessions.system() as session:
        return session.scalars(select(model).order_by(model.id)).all()


def test_a_finished_file_waits_to_be_checked_and_is_put_aside(folder, sessions, cast):
    folder.put("Eastside PT/remit.835", DENIED)
    folder.pass_by()
    [row] = rows(sessions)
    assert (row.state, row.practice_id, row.came_by, row.filename) == (
        "staged",
        cast.eastside.id,
        "folder",
        "remit.835",
    )
    assert folder.there() == ["Eastside PT/done/remit.835"]
    assert rows(sessions, Denial) == []


def test_with_the_setting_it_is_stored_at_once_with_its_causes(storing, sessions):
    storing.put("Eastside PT/remit.835", DENIED)
    storing.pass_by()
    [denial] = rows(sessions, Denial)
    assert denial.diagnosed_with
    assert rows(sessions)[0].state == "stored"


def test_a_file_that_still_grows_is_left_until_it_stands_still(folder, sessions):
    path = folder.put("Eastside PT/remit.835", DENIED[:300])
    folder.look()
    path.write_bytes(DENIED)
    folder.look()
    folder.work()
    assert rows(sessions) == []
    folder.look()
    folder.work()
    assert len(rows(sessions)) == 1


@pytest.mark.parametrize("name", [".remit.835", "remit.835.part", "remit.tmp"])
def test_a_download_that_goes_on_is_no_file_yet(folder, sessions, name):
    folder.put(f"Eastside PT/{name}", DENIED)
    folder.pass_by()
    assert rows(sessions, Job) == []
    assert folder.there() == [f"Eastside PT/{name}"]


def test_a_link_leads_nowhere(folder, sessions, tmp_path):
    (tmp_path / "secret.835").write_bytes(DENIED)
    (folder.root / "link.835").symlink_to(tmp_path / "secret.835")
    folder.pass_by()
    assert rows(sessions, Job) == []


def test_folders_may_be_named_by_npi_and_files_beside_them_go_by_the_npi_they_name(folder, sessions, cast):
    folder.put(f"{cast.eastside.npi}/one.835", DENIED)
    folder.put("two.835", OTHER)
    folder.pass_by()
    assert {row.practice_id for row in rows(sessions)} == {cast.eastside.id}
    assert folder.there() == [f"{cast.eastside.npi}/done/one.835", "done/two.835"]


def test_a_file_for_other_numbers_goes_into_quarantine(folder, sessions, cast):
    folder.put("Eastside PT/theirs.835", remit(claim("Z9", line("97140", 60, 0, "CO-50:60")), npi="1999999992"))
    folder.pass_by()
    [row] = rows(sessions)
    assert (row.state, row.practice_id) == ("held", cast.eastside.id)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("Eastside PT/cut.835", DENIED[:200], "Mend what it says, then put the file into the folder again."),
        ("Eastside PT/scan.pdf", b"%PDF-1.7", "It looks like a PDF."),
        ("Nowhere/remit.835", DENIED, "No practice here has this folder's name or NPI."),
        ("theirs.835", remit(claim("Z9", line("97140", 60, 0, "CO-50:60")), npi="1999999992"), "No practice here has the NPI"),
        ("Eastside PT/empty.835", b"", "The file is empty."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_put_aside_with_the_reason(folder, sessions, name, data, why):
    folder.put(name, data)
    folder.pass_by()
    folder.pass_by()
    place, _, file = name.rpartition("/")
    failed = f"{place}/failed".removeprefix("/")
    assert folder.there() == [f"{failed}/{file}", f"{failed}/{file}.reason.txt"]
    assert why in (folder.root / failed / f"{file}.reason.txt").read_text()
    assert rows(sessions) == []


def test_the_reason_quotes_nothing_from_the_file(folder):
    folder.put("Eastside PT/odd.835", DENIED.replace(b"*90*", b"*QUILL NORA*", 1))
    folder.pass_by()
    [reason] = folder.root.rglob("*.reason.txt")
    assert "QUILL" not in reason.read_text()
    assert "a value is not an amount of money" in reason.read_text()


def test_the_same_content_under_another_name_adds_nothing(storing, sessions):
    storing.put("Eastside PT/remit.835", DENIED)
    storing.pass_by()
    storing.put("Eastside PT/again.835", DENIED)
    storing.pass_by()
    assert len(rows(sessions, Denial)) == 1
    assert "It was taken in before" in (storing.root / "Eastside PT/done/again.835.reason.txt").read_text()


def test_an_archive_is_taken_apart_and_what_of_it_failed_is_said(storing, sessions):
    storing.put("Eastside PT/week.zip", zipped(("a.835", DENIED), ("b.835", b"%PDF-1.7")))
    storing.pass_by()
    assert len(rows(sessions, Denial)) == 1
    assert "It looks like a PDF." in (storing.root / "Eastside PT/done/week.zip.reason.txt").read_text()


def test_killed_after_the_commit_and_before_the_move_it_is_moved_and_not_taken_again(storing, sessions):
    path = storing.put("Eastside PT/remit.835", DENIED)
    kept = path.stat()
    storing.pass_by()
    moved = storing.root / "Eastside PT/done/remit.835"
    moved.rename(path)  # as if the process had ended before the move
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    again = Folder(storing.root, sessions, storing.settings)
    again.pass_by()
    again.look()
    assert moved.exists()
    assert len(rows(sessions, ImportFile)) == len(rows(sessions, Job)) == 1


def test_two_workers_that_look_at_once_take_a_file_once(storing, sessions):
    storing.put("Eastside PT/remit.835", DENIED)
    other = Folder(storing.root, sessions, storing.settings)
    for one in (storing, other, storing, other):
        one.look()
    storing.work()
    other.work()
    assert len(rows(sessions, ImportFile)) == 1


def test_no_name_of_a_file_stands_in_a_job(folder, sessions):
    folder.put("Eastside PT/quill_nora.835", DENIED)
    folder.pass_by()
    [job] = rows(sessions, Job)
    assert job.kind == KIND
    assert "quill" not in f"{job.arguments} {job.key} {job.result}"


def test_the_audit_log_names_the_folder(storing, sessions, cast):
    storing.put("Eastside PT/remit.835", DENIED)
    storing.pass_by()
    with sessions.system() as session:
        names = set(session.scalars(select(AuditEntry.actor).where(AuditEntry.practice_id == cast.eastside.id)))
    assert "watched folder" in names


def test_a_folder_that_is_gone_is_looked_for_again(folder, sessions):
    folder.root.rename(folder.root.with_name("away"))
    folder.look()
    folder.root.with_name("away").rename(folder.root)
    folder.put("Eastside PT/remit.835", DENIED)
    folder.pass_by()
    assert len(rows(sessions)) == 1


def test_a_file_with_a_virus_goes_to_failed_and_nothing_of_it_is_kept(folder, sessions):
    with clamd() as scanner:
        folder.settings = dataclasses.replace(folder.settings, clamd=scanner.address)
        folder.put("a.835", DENIED + EICAR)
        folder.put("b.835", DENIED)
        folder.pass_by()
    assert len(scanner.seen) == 2
    assert folder.there() == ["done/b.835", "failed/a.835", "failed/a.835.reason.txt"]
    assert "virus scanner found Eicar" in (folder.root / "failed" / "a.835.reason.txt").read_text()
    assert [row.filename for row in rows(sessions)] == ["b.835"]


def test_a_file_that_nobody_could_scan_waits_says_so_and_is_taken_in_when_the_scanner_is_back(
    folder, sessions, cast, app, signed_in
):
    folder.settings = dataclasses.replace(folder.settings, clamd="127.0.0.1:9")
    folder.put("a.835", DENIED)
    for _ in range(8):  # more often than work that fails is tried
        folder.pass_by()
        folder.now += timedelta(minutes=6)
    assert rows(sessions) == []
    assert folder.there() == ["a.835"]
    assert (
        "1 file of the watched folder waits: the virus scanner cannot be reached"
        in signed_in(cast.alice).get("/import").text
    )
    with clamd() as scanner:
        folder.settings = dataclasses.replace(folder.settings, clamd=scanner.address)
        folder.pass_by()
    folder.look()
    assert [row.filename for row in rows(sessions)] == ["a.835"]
    assert folder.there() == ["done/a.835"]
    assert "of the watched folder wait" not in signed_in(cast.alice).get("/import").text
