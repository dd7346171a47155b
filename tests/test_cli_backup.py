"""Backup and restore as an operator types them, up to a new machine with nothing but the backup and the printed code."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests import build
from tests.databases import keep_master
from tracker.cli import main
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.keys import _opened, open_sessions
from tracker.models import Denial


class Machine:
    """A data folder and the command that works on it."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder}/tracker.db")

    def __call__(self, *words):
        _opened.cache_clear()
        return CliRunner().invoke(main, words, env={"TRACKER_DATA_DIR": str(self.folder)})

    def denials(self) -> int:
        _opened.cache_clear()
        sessions = open_sessions(self.settings)
        with sessions.system() as session:
            count = session.scalar(select(func.count()).select_from(Denial))
        sessions.engine.dispose()
        return count


@pytest.fixture
def machine(sqlite_template, tmp_path):
    folder = tmp_path / "laptop"
    keep_master(folder)
    with sqlite_template.copy(folder) as engine, transaction(SessionMaker(engine).system()) as session:
        build.denied_line(session, build.practice(session))
    return Machine(folder)


def backup_of(machine):
    told = machine("backup")
    assert told.exit_code == 0, told.output
    (path,) = (machine.folder / "backups").glob("*.backup")
    return path


def test_a_backup_is_made_checked_and_described(machine):
    path = backup_of(machine)
    assert "restored on trial" in machine("backup").output
    told = machine("backup", "verify", str(path)).output
    assert re.search(r"revision \d+, \d+ rows in \d+ tables", told)
    assert "denials: 1" in told
    assert "denials: 1" in machine("restore", "--dry-run", str(path)).output


def test_a_database_is_put_aside_never_overwritten(machine):
    path = backup_of(machine)
    refused = machine("restore", str(path))
    assert (refused.exit_code, "--replace puts it aside first" in refused.output) == (1, True)
    done = machine("restore", "--replace", str(path))
    assert done.exit_code == 0, done.output
    assert machine.denials() == 1
    assert list(machine.folder.glob("tracker.db.before-restore-*"))


def test_a_damaged_backup_leaves_the_database_where_it_is(machine):
    path = backup_of(machine)
    path.write_bytes(path.read_bytes()[:-50])
    assert machine("restore", "--replace", str(path)).exit_code == 1
    assert machine.denials() == 1
    assert not list(machine.folder.glob("tracker.db.before-restore-*"))


def test_a_stolen_laptop_comes_back_from_backup_and_printed_code(machine, tmp_path):
    code = re.search(r"^[A-Z2-7-]{39}$", machine("keys", "recovery-code").output, re.MULTILINE)[0]
    path = backup_of(machine)
    new = Machine(tmp_path / "new")
    first = new("restore", str(path))
    assert first.exit_code == 1
    assert "tracker keys recover" in first.output
    assert new("keys", "recover", "--code", code).exit_code == 0
    assert new("restore", str(path)).exit_code == 0
    assert new.denials() == 1


def test_without_a_backup_verify_says_what_to_type(tmp_path):
    assert "Type: tracker backup" in Machine(tmp_path)("backup", "verify").output
