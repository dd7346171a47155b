"""Everything of a practice taken out on a page, taken in on another, and how long imported files are kept."""

import io
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.auditing.entries import detail, entries
from tests.exporting.conftest import exported
from tests.forms import fields_of
from tests.web.test_exact_headers import ALWAYS
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.audit import Act
from tracker.jobs.engine import Worker
from tracker.jobs.practice_tasks import dropping_old_files
from tracker.jobs.tasks import TASKS
from tracker.models import Denial, Job, Membership, Note, Practice, PracticeFile, RawFile, User
from tracker.services import practice_files
from tracker.services.practice_archive import ArchiveReader
from tracker.web.headers import DOWNLOAD_POLICY

PASSPHRASE = "five words that nobody guesses"


@pytest.fixture
def owner(cast, become, sessions):
    """Alice owns Eastside, which has a denial and two notes, one of them protected."""
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        build.denied_line(session, session.merge(cast.eastside))
        patient = build.patient(session, cast.eastside)
        build.note(session, patient, "S: walks better")
        build.note(session, patient, "Dreams again", protection="psychotherapy")
    return cast.alice


@pytest.fixture
def here(signed_in, owner):
    return signed_in(owner)


@pytest.fixture
def work(sessions, settings):
    """Give a function that does every job that waits."""

    def run():
        worker = Worker(sessions, settings, TASKS)
        while worker.work_once(datetime.now(UTC)):
            pass

    return run


def page_of(cast) -> str:
    return f"/settings/practices/{cast.eastside.public_id}/data"


def post(client, page, action, **typed):
    return client.post(action, data=fields_of(client.get(page).text, action) | typed)


def export(client, cast, **typed):
    return post(
        client, page_of(cast), f"{page_of(cast)}/export", **{"reason": "move", "passphrase": PASSPHRASE, **typed}
    )


def download(client, cast):
    [address] = re.findall(rf'href="({page_of(cast)}/exports/[^"]+)"', client.get(page_of(cast)).text)
    return client.get(address)


def file_row(sessions) -> PracticeFile:
    with sessions.system() as session:
        return session.scalars(select(PracticeFile).order_by(PracticeFile.id.desc())).first()


# ---- out ----


def test_everything_is_exported_and_opens_with_the_typed_passphrase(here, cast, work, sessions):
    progress = export(here, cast)
    assert progress.status_code == 303
    assert "Exporting the practice" in here.get(progress.location).text
    work()
    assert here.get(progress.location).location == page_of(cast)
    with download(here, cast) as answer:
        archive = ArchiveReader(io.BytesIO(answer.data), PASSPHRASE)
    assert archive.is_encrypted
    archive.check()
    assert archive.manifest["practice"]["name"] == "Eastside PT"
    assert b"walks better" in archive.read("data/notes.jsonl")
    assert b"Dreams" not in archive.read("data/notes.jsonl")
    assert file_row(sessions).passphrase is None


def test_a_file_to_download_has_exactly_the_headers(here, cast, work):
    export(here, cast)
    work()
    with download(here, cast) as answer:
        expected = ALWAYS | {"Content-Security-Policy": DOWNLOAD_POLICY, "Vary": "HX-Request"}
        found = dict(answer.headers)
    assert found.pop("Content-Disposition") == "attachment; filename=practice-export-2026-11-23.zip"
    assert found.pop("Content-Type") == "application/zip"
    assert int(found.pop("Content-Length")) > 1000
    assert found == expected


def test_a_passphrase_that_is_made_is_shown_once_and_opens_the_file(here, cast, work):
    made = export(here, cast, passphrase="")
    [secret] = re.findall(r'id="passphrase">([a-z2-9-]{29})<', made.text)
    work()
    assert secret not in here.get(page_of(cast)).text
    with download(here, cast) as answer:
        ArchiveReader(io.BytesIO(answer.data), secret).check()


def test_protected_notes_go_out_only_with_leave(here, cast, become, work):
    assert 'name="with_protected"' not in here.get(page_of(cast)).text
    become(cast.alice, Role.OWNER, protected=True)
    export(here, cast, with_protected="y")
    work()
    with download(here, cast) as answer:
        assert b"Dreams" in ArchiveReader(io.BytesIO(answer.data), PASSPHRASE).read("data/notes.jsonl")


def test_who_lost_the_leave_or_the_role_meanwhile_gets_no_file(here, cast, become, work, sessions):
    export(here, cast)
    become(cast.alice, Role.BILLER)
    work()
    become(cast.alice, Role.OWNER)
    assert file_row(sessions).state == "waiting"
    assert "may not take it out any more" in here.get(page_of(cast)).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": ""}, "Choose why you take everything out"),
        ({"passphrase": "short"}, "15 characters or more"),
        ({"passphrase": "passwordpassword"}, "Passphrase"),
    ],
)
def test_without_a_reason_or_with_a_weak_passphrase_nothing_is_asked_for(here, cast, sessions, typed, said):
    answer = export(here, cast, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert file_row(sessions) is None


def test_the_reason_and_the_number_of_rows_are_in_the_audit_log(here, cast, work, engine):
    export(here, cast, reason="audit")
    work()
    download(here, cast).close()
    told = [(row.action, row.actor, detail(row)) for row in entries(engine) if row.practice_id == cast.eastside.id]
    [made] = [more for act, actor, more in told if act == Act.EXPORTED and "export" in more and actor == "alice"]
    assert (made["reason"], made["count"] > 5) == ("audit", True)
    [asked] = [more for act, _, more in told if act == Act.CONFIGURED and more.get("page") == "practice_data.export"]
    assert asked["reason"] == "audit"
    [taken] = [more for act, _, more in told if act == Act.DOWNLOADED]
    assert (taken["reason"], taken["count"]) == ("audit", made["count"])


def test_a_file_is_removed_after_a_day(here, cast, work, sessions, settings):
    export(here, cast)
    work()
    row = file_row(sessions)
    path = practice_files.path_of(settings, row)
    assert path.stat().st_mode & 0o077 == 0
    left_over = path.with_name("left-by-a-crash.zip")
    left_over.write_bytes(b"x")
    os.utime(left_over, (time.time() - 7200, time.time() - 7200))
    chore = dropping_old_files(settings)
    for after, there in ((timedelta(hours=-1), True), (timedelta(seconds=1), False)):
        with transaction(sessions.system()) as session:
            chore(session, row.expires_at + after)
        assert (path.exists(), left_over.exists()) == (there, False)
    assert "Removed" in here.get(page_of(cast)).text


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tracker.config import Settings
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.keys import open_sessions
from tracker.reports import practice_export

practice_export.csv_name = lambda table: os.kill(os.getpid(), signal.SIGKILL)
settings = Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2])
Worker(open_sessions(settings), settings, TASKS).work_once(datetime.now(UTC))
"""


def test_an_export_whose_worker_is_killed_is_made_by_the_next_one(here, cast, sessions, settings):
    export(here, cast)
    command = [sys.executable, "-c", KILLED, str(settings.data_dir), settings.database_url]
    assert subprocess.run(command, check=False).returncode == -9  # our own program
    folder = practice_files.folder(settings)
    assert [path.suffix for path in folder.iterdir()] == [".part"]
    worker = Worker(sessions, settings, TASKS)
    worker.release_dead()
    assert worker.work_once(datetime.now(UTC))
    row = file_row(sessions)
    assert [path.name for path in folder.iterdir()] == [f"{row.public_id}.zip"]
    with download(here, cast) as answer:
        ArchiveReader(io.BytesIO(answer.data), PASSPHRASE).check()


def test_the_same_form_sent_twice_makes_one_file(here, cast, sessions):
    form = fields_of(here.get(page_of(cast)).text, f"{page_of(cast)}/export")
    form |= {"reason": "move", "passphrase": PASSPHRASE}
    assert [here.post(f"{page_of(cast)}/export", data=form).status_code for _ in range(2)] == [303, 303]
    with sessions.system() as session:
        assert len(session.scalars(select(PracticeFile)).all()) == 1


# ---- in ----


@pytest.fixture
def content(sessions, owner, cast, tmp_path):
    """Lakeview with a denial and its person Charlie, exported; here it has another name and NPI since."""
    with transaction(sessions.system()) as session:
        build.denied_line(session, session.merge(cast.lakeview), owner_id=cast.charlie.id)
        session.get_one(User, cast.charlie.id)
    found = exported(sessions, tmp_path, cast.lakeview.id, PASSPHRASE)
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.lakeview.id)
        practice.name, practice.npi = "Lakeview of before", None
    return found


def bring(client, content, **typed):
    page = "/settings/take-in"
    return post(client, page, page, **{"file": (io.BytesIO(content), "x.zip"), "passphrase": PASSPHRASE, **typed})


def look(client, content, work, **typed):
    progress = bring(client, content, **typed)
    assert progress.status_code == 303, progress.text
    assert "Looking at the file" in client.get(progress.location).text
    work()
    address = client.get(progress.location).location
    return address, client.get(address)


def names(sessions):
    with sessions.system() as session:
        return set(session.scalars(select(Practice.name)))


def test_a_practice_comes_in_after_a_look_and_a_confirmation(here, content, work, sessions, cast, settings):
    address, page = look(here, content, work)
    assert "Lakeview Hand Therapy would come in" in page.text
    assert re.search(r"<dt>Denials</dt><dd>1</dd>", page.text)
    assert "charlie" in page.text
    assert "Lakeview Hand Therapy" not in names(sessions)
    progress = post(here, address, f"{address}/confirm")
    again = post(here, address.replace(address, "/settings"), "/settings/looks")
    assert again.status_code == 303
    assert "Taking the practice in" in here.get(progress.location).text
    work()
    assert "Lakeview Hand Therapy is here" in here.get(address).text
    with sessions.system() as session:
        practice = session.scalars(select(Practice).where(Practice.name == "Lakeview Hand Therapy")).one()
        members = session.execute(
            select(Membership.user_id, Membership.role).where(Membership.practice_id == practice.id)
        )
        assert [tuple(row) for row in members] == [(cast.alice.id, Role.OWNER)]
        assert (
            session.scalars(select(Denial).where(Denial.practice_id == practice.id)).one().owner_id == cast.charlie.id
        )
    assert list(practice_files.folder(settings).iterdir()) == []
    assert file_row(sessions).passphrase is None
    assert "Lakeview Hand Therapy" in here.get("/settings").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[: len(content) // 2], "no whole export"),
        (lambda content: b"something else", "no whole export"),
    ],
)
def test_a_file_that_is_none_is_refused_after_the_look(here, content, work, sessions, settings, change, said):
    before = names(sessions)
    _, page = look(here, change(content), work)
    assert "The file was not taken in" in page.text
    assert said in page.text
    assert names(sessions) == before
    assert list(practice_files.folder(settings).iterdir()) == []
    assert file_row(sessions).passphrase is None


def test_a_wrong_passphrase_is_said(here, content, work):
    _, page = look(here, content, work, passphrase="not the right one at all")
    assert "The passphrase is not the right one" in page.text


def test_a_file_that_is_not_encrypted_is_left_to_the_server(here, sessions, owner, cast, tmp_path, work):
    _, page = look(here, exported(sessions, tmp_path, cast.lakeview.id), work)
    assert "not encrypted" in page.text


def test_a_name_that_is_taken_asks_for_another(here, content, work, sessions):
    with transaction(sessions.system()) as session:
        session.scalars(
            select(Practice).where(Practice.name == "Lakeview of before")
        ).one().name = "Lakeview Hand Therapy"
    _, page = look(here, content, work)
    assert "There is a practice named Lakeview Hand Therapy here" in page.text
    _, page = look(here, content, work, name="Lakeview again")
    assert "Lakeview again would come in" in page.text


def test_a_file_that_unpacks_to_very_much_is_refused(here, work):
    import hashlib
    import json

    import pyzipper

    from tracker.db_upgrade import head
    from tracker.services.practice_tables import FORMAT

    bomb, out = b"\0" * 20_000_000, io.BytesIO()
    file = {"sha256": hashlib.sha256(bomb).hexdigest(), "bytes": len(bomb)}
    manifest = {
        "format": FORMAT,
        "schema": 1,
        "revision": head(),
        "export_id": "x",
        "rows": {},
        "files": {"bomb": file},
    }
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSPHRASE.encode())
        archive.writestr("bomb", bomb)
        archive.writestr("manifest.json", json.dumps(manifest))
    _, page = look(here, out.getvalue(), work)
    assert "over 100 times its size" in page.text


def test_a_file_that_is_cancelled_is_removed(here, content, work, sessions, settings):
    address, _ = look(here, content, work)
    assert post(here, address, f"{address}/cancel").status_code == 303
    assert list(practice_files.folder(settings).iterdir()) == []
    assert file_row(sessions).state == "gone"
    assert (
        here.post(f"{address}/confirm", data={"csrf_token": build.csrf_token(here.get("/settings"))}).location
        == address
    )


def test_somebody_elses_file_and_its_progress_are_not_there(here, content, cast, become, signed_in, work):
    become(cast.bob, Role.OWNER)
    progress = bring(here, content).location
    colleague = signed_in(cast.bob)
    assert colleague.get(progress).status_code == 404
    work()
    assert colleague.get(here.get(progress).location).status_code == 404


def test_without_file_or_passphrase_nothing_is_kept(here, sessions):
    page = here.post(
        "/settings/take-in", data={"csrf_token": build.csrf_token(here.get("/settings/take-in")), "passphrase": ""}
    )
    assert page.status_code == 422
    assert "Choose the file of an export" in page.text
    assert "Enter the passphrase of the export" in page.text
    assert file_row(sessions) is None


# ---- how long files are kept ----


@pytest.fixture
def old_file(sessions, cast, clock):
    with transaction(sessions.system()) as session:
        stored = build.import_file(session, cast.eastside, stored_at=clock.now - timedelta(days=400))
        session.add(RawFile(practice_id=cast.eastside.id, import_id=stored.id, content=b"an 835"))


def months(sessions, cast):
    with sessions.system() as session:
        return session.get_one(Practice, cast.eastside.id).keep_files_months


def test_months_are_set_and_taken_away(here, cast, sessions):
    keep = f"{page_of(cast)}/keep-files"
    assert post(here, page_of(cast), keep, months="12").status_code == 303
    assert months(sessions, cast) == 12
    assert "Now: 12 months" in here.get(page_of(cast)).text
    assert post(here, page_of(cast), keep, months="").status_code == 303
    assert months(sessions, cast) is None
    assert "from 0 to 240" in post(here, page_of(cast), keep, months="241").text


def test_files_that_would_go_at_once_are_counted_and_asked_about(here, cast, sessions, old_file):
    keep = f"{page_of(cast)}/keep-files"
    asked = post(here, page_of(cast), keep, months="12")
    assert asked.status_code == 422
    assert "1 file is older than that" in asked.text
    assert months(sessions, cast) is None
    assert here.post(keep, data=fields_of(asked.text, keep)).status_code == 303
    assert months(sessions, cast) == 12


def test_months_that_somebody_else_set_meanwhile_are_shown(here, cast, sessions):
    keep = f"{page_of(cast)}/keep-files"
    form = fields_of(here.get(page_of(cast)).text, keep)
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).keep_files_months = 24
    told = here.post(keep, data=form | {"months": "12"})
    assert (told.status_code, "Saved now: 24" in told.text) == (409, True)
    assert months(sessions, cast) == 24


def test_no_page_of_these_names_a_patient(here, cast, content, work, sessions):
    with sessions.system() as session:
        assert session.scalars(select(Note.text)).all()
    export(here, cast)
    address, _ = look(here, content, work)
    for page in (page_of(cast), address, f"/settings/practices/{cast.eastside.public_id}/delete"):
        assert "Quill" not in here.get(page).text
    with sessions.system() as session:
        assert PASSPHRASE not in str([job.arguments for job in session.scalars(select(Job))])
