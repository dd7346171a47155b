"""Exporting and importing a practice as an operator types it."""

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests.databases import keep_master
from tests.exporting.conftest import fill
from tracker.cli import main
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.keys import _opened, open_sessions
from tracker.models import AuditEntry, Denial, Membership, Practice

PASSPHRASE = "five words that nobody guesses"


class Machine:
    """A data folder and the command that works on it."""

    def __init__(self, folder) -> None:
        self.folder = folder

    def __call__(self, *words, answers=""):
        _opened.cache_clear()
        told = CliRunner().invoke(
            main, list(map(str, words)), input=answers, env={"TRACKER_DATA_DIR": str(self.folder)}
        )
        assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
        return told

    def ask(self, query):
        _opened.cache_clear()
        sessions = open_sessions(Settings(data_dir=self.folder, database_url=f"sqlite:///{self.folder}/tracker.db"))
        with sessions.system() as session:
            found = session.scalar(query)
        sessions.engine.dispose()
        return found


@pytest.fixture
def old(sqlite_template, tmp_path):
    folder = tmp_path / "old"
    keep_master(folder)
    with sqlite_template.copy(folder) as engine, transaction(SessionMaker(engine).system()) as session:
        fill(session)
    return Machine(folder)


@pytest.fixture
def new(tmp_path):
    return Machine(tmp_path / "new")


def exported(machine, tmp_path, *more):
    path = tmp_path / "eastside.zip"
    told = machine("practice", "export", "eastside pt", "-o", path, *more)
    assert told.exit_code == 0, told.output
    return path


def test_a_practice_moves_to_another_machine(old, new, tmp_path):
    path = exported(old, tmp_path, "--passphrase", PASSPHRASE)
    assert path.stat().st_mode & 0o077 == 0
    asked = new("practice", "import", path, "--passphrase", PASSPHRASE, "--dry-run")
    assert "denials: 2" in asked.output
    assert "rows would come" in asked.output
    assert new.ask(select(func.count()).select_from(Practice)) == 0
    done = new("practice", "import", path, "--passphrase", PASSPHRASE)
    assert done.exit_code == 0, done.output
    assert new.ask(select(func.count()).select_from(Denial)) == 2
    again = new("practice", "import", path, "--passphrase", PASSPHRASE)
    assert (again.exit_code, "taken in before" in again.output) == (1, True)


def test_taking_out_is_in_the_audit_log(old, tmp_path):
    exported(old, tmp_path, "--plain")
    from tracker.db import make_engine, reads_file

    engine = make_engine(f"sqlite:///{reads_file(old.folder / 'tracker.db')}")
    with engine.connect() as connection:
        acts = connection.execute(select(AuditEntry.action, AuditEntry.actor)).all()
    engine.dispose()
    [(act, actor)] = acts
    assert (act, actor.partition(" (")[0]) == ("exported", "command line")


def test_a_person_of_here_becomes_the_owner(old, new, tmp_path):
    path = exported(old, tmp_path, "--plain")
    assert new("user", "add", "dana", "--practice", "Other", "--password", PASSPHRASE).exit_code == 0
    assert "no person with the sign-in name dora" in new("practice", "import", path, "--owner", "dora").output
    assert new("practice", "import", path, "--owner", "Dana").exit_code == 0
    roles = select(func.count()).select_from(Membership).where(Membership.role == "owner")
    assert (
        new.ask(roles.join(Practice, Practice.id == Membership.practice_id).where(Practice.name == "Eastside PT")) == 1
    )


def test_a_short_passphrase_and_a_wrong_one_are_refused(old, new, tmp_path):
    assert (
        "at least 15 characters"
        in old("practice", "export", "Eastside PT", "-o", "x.zip", "--passphrase", "short").output
    )
    path = exported(old, tmp_path, "--passphrase", PASSPHRASE)
    wrong = new("practice", "import", path, "--passphrase", "not the right one at all")
    assert (wrong.exit_code, "passphrase is not the right one" in wrong.output) == (1, True)
    assert "Nothing was changed" in wrong.output
    assert "needs its passphrase" in new("practice", "import", path).output


def test_an_export_that_fails_leaves_the_file_of_before(old, tmp_path, monkeypatch):
    path = tmp_path / "eastside.zip"
    path.write_bytes(b"the export of last year")
    from tracker.reports import practice_export

    monkeypatch.setattr(practice_export, "file_of", lambda *_: 1 / 0)
    with pytest.raises(AssertionError, match="division"):
        old("practice", "export", "Eastside PT", "-o", path, "--plain")
    assert path.read_bytes() == b"the export of last year"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["eastside.zip"]


def test_the_list_names_every_practice(old):
    assert old("practice", "list").output.splitlines() == [
        "Eastside PT (NPI 1000000004)",
        "Lakeview Hand Therapy (NPI 1000000012)",
    ]


def test_a_practice_is_deleted_by_its_name_twice_and_brought_back(old):
    assert "must repeat" in old("practice", "delete", "Eastside PT", "--confirm", "yes").output
    done = old("practice", "delete", "eastside pt", "--confirm", "Eastside PT")
    assert "denials: 2" in done.output
    assert "destroyed from" in old("practice", "list").output
    assert "deleted already" in old("practice", "delete", "Eastside PT", "--confirm", "Eastside PT").output
    assert "is back" in old("practice", "restore", "Eastside PT").output
    assert old.ask(select(Practice.deleted_at).where(Practice.name == "Eastside PT")) is None
    assert "is not deleted" in old("practice", "restore", "Eastside PT").output


def test_how_long_files_are_kept_is_set_per_practice(old):
    assert "12 months" in old("practice", "keep-files", "Eastside PT", "--months", "12").output
    assert old.ask(select(Practice.keep_files_months).where(Practice.name == "Eastside PT")) == 12
    assert "for good" in old("practice", "keep-files", "Eastside PT", "--months", "0").output
    assert old.ask(select(Practice.keep_files_months).where(Practice.name == "Eastside PT")) is None


def test_one_practice_gets_a_room_of_its_own_and_the_others_keep_theirs(old):
    [name] = [old.ask(select(Practice.name).order_by(Practice.id).limit(1))]
    assert f"{name} has room for 50.0 MB" in old("practice", "room", name, "--mb", 50).output
    assert old.ask(select(Practice.room_mb).where(Practice.name == name)) == 50
    assert old.ask(select(func.count()).where(Practice.room_mb.is_not(None))) == 1
    assert "room for 20,000.0 MB" in old("practice", "room", name, "--mb", 0).output
    assert old.ask(select(Practice.room_mb).where(Practice.name == name)) is None
    assert old("practice", "room", "Nobody's", "--mb", 5).exit_code != 0
