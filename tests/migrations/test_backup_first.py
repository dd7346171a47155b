"""Before a newer version changes the database, it is kept as it was."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect

from tests import build
from tests.databases import MASTER
from tracker import db_upgrade
from tracker.config import SettingsError, resource_dir
from tracker.db import SessionMaker, transaction
from tracker.db_upgrade import current, head, open_database
from tracker.services.backups import backup_folder
from tracker.services.restoring import try_backup

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

NEXT = """
revision, down_revision, branch_labels, depends_on = "next", "{head}", None, None


def upgrade() -> None:
    from alembic import op

    op.execute("CREATE TABLE of_the_next_version (id INTEGER)")


def downgrade() -> None:
    from alembic import op

    op.execute("DROP TABLE of_the_next_version")
"""


NEWEST = head()


@pytest.fixture
def settings(settings, owner_url):
    return replace(settings, database_owner_url=owner_url)


@pytest.fixture
def next_version(monkeypatch, tmp_path):
    folder = shutil.copytree(resource_dir("migrations"), tmp_path / "migrations")
    (folder / "versions" / "next.py").write_text(NEXT.replace("{head}", NEWEST))
    monkeypatch.setattr(db_upgrade, "resource_dir", lambda _name: folder)


@pytest.fixture
def stored(sessions):
    with transaction(sessions.system()) as session:
        build.denied_line(session, build.practice(session))


def test_an_upgrade_makes_a_backup_of_what_was(settings, stored, next_version):
    sessions = open_database(settings, NOW)
    assert "of_the_next_version" in inspect(sessions.engine).get_table_names()
    (path,) = backup_folder(settings).glob("*.backup")
    tried = try_backup(path, MASTER)
    assert (tried.revision, tried.rows["denials"]) == (NEWEST, 1)
    sessions.engine.dispose()


def test_without_a_good_backup_there_is_no_upgrade(settings, stored, next_version, engine, monkeypatch):
    monkeypatch.setattr("tracker.services.backups.total", lambda _: -1)
    with pytest.raises(SettingsError, match="it is no good"):
        open_database(settings, NOW)
    assert current(engine) == NEWEST


def test_a_start_without_an_upgrade_makes_none(settings, stored):
    open_database(settings, NOW).engine.dispose()
    assert not backup_folder(settings).exists()


def test_an_older_backup_is_restored_and_brought_up_to_date(settings, sessions, stored, next_version, tmp_path):
    open_database(settings, NOW).engine.dispose()
    (path,) = backup_folder(settings).glob("*.backup")
    from tracker.services.restoring import restore_file

    restore_file(path, MASTER, tmp_path / "again.db")
    again = SessionMaker(db_upgrade.make_engine(f"sqlite:///{tmp_path}/again.db", MASTER))
    assert current(again.engine) == "next"
    again.engine.dispose()
