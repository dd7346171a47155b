"""Every revision, with rows in every table: up, down and up again, and stopped at any statement of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from tests import build
from tests.architecture.sources import ROOT
from tests.databases import MASTER, keep_master
from tests.migrations.filling import contents, fill, kept, shape, tables
from tests.migrations.stopping import counted, stopping
from tests.thoroughness import THOROUGH
from tracker.config import Settings
from tracker.db import transaction, whole
from tracker.db_upgrade import alembic_config, current, downgrade, head, upgrade
from tracker.services.backups import backup_folder
from tracker.services.restoring import try_backup

REVISIONS = {
    script.revision: script.down_revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
}
_EACH = 10_000 if THOROUGH else 2  # so many statements are each tried, and the last; of a longer revision evenly spread
_PLACES = ["first", "middle", "last", "commit"] if THOROUGH else ["middle", "commit"]

each_revision = pytest.mark.parametrize("revision", sorted(REVISIONS))


@contextmanager
def looking(engine: Engine) -> Iterator:
    with whole(engine).connect() as connection:
        yield connection


@pytest.fixture
def loaded(empty_engine, revision):
    """A database at the revision before, with rows in all its tables."""
    before = REVISIONS[revision]
    if before is not None:
        upgrade(empty_engine, before)
        fill_up(empty_engine)
    return empty_engine


def fill_up(engine):
    with whole(engine).begin() as connection:
        fill(connection)
        assert all(contents(connection).values()), "a table without a row"


def everything(engine):
    with looking(engine) as connection:
        return contents(connection), shape(connection)


@each_revision
def test_no_row_is_lost_on_the_way_up_down_and_up_again(loaded, revision):
    at_first, shape_before = everything(loaded)
    upgrade(loaded, revision)
    upgraded, shape_after = everything(loaded)
    assert kept(at_first, upgraded, revision)
    fill_up(loaded)
    full, _ = everything(loaded)
    downgrade(loaded, REVISIONS[revision] or "base")
    taken_back, shape_then = everything(loaded)
    assert shape_without_versions(shape_then) == shape_without_versions(shape_before)
    assert kept(full, taken_back, revision)
    assert taken_back.keys() == at_first.keys()
    upgrade(loaded, revision)
    again, shape_again = everything(loaded)
    assert kept(taken_back, again, revision)
    assert shape_again == shape_after


def shape_without_versions(found):
    """Alembic's own table stays when a database is emptied."""
    return [row for row in found if "alembic_version" not in str(row)]


@each_revision
def test_stopped_at_any_statement_the_database_is_as_it_was_and_the_next_try_finishes(loaded, revision):
    before = everything(loaded)
    with counted(loaded) as count, pytest.raises(InterruptedError), stopping(loaded, at_commit=True):
        upgrade(loaded, revision)
    assert everything(loaded) == before
    step = max(1, count.statements // _EACH)
    for number in {*range(1, count.statements + 1, step), count.statements}:
        with pytest.raises(InterruptedError), stopping(loaded, number):
            upgrade(loaded, revision)
        assert current(loaded) == REVISIONS[revision]
        assert everything(loaded) == before, f"stopped at statement {number} of {count.statements}"
    upgrade(loaded, revision)
    assert current(loaded) == revision
    assert kept(before[0], everything(loaded)[0], revision)


@pytest.fixture
def older(sessions, owner, owner_url, settings):
    """An installation at the revision before the newest, with a practice's denial; its settings may upgrade it."""
    with transaction(sessions.system()) as session:
        build.denied_line(session, build.practice(session))
    downgrade(owner, REVISIONS[head()])
    return replace(settings, database_owner_url=owner_url)


def start(settings: Settings, *words: str) -> int:
    """Start the product in a process of its own, up to its open database; returns how it ended."""
    owner = settings.database_owner_url
    command = [sys.executable, "-m", "tests.migrations.stopping", str(settings.data_dir), settings.database_url, owner]
    return subprocess.run([*command, *words], check=False, timeout=300, cwd=ROOT).returncode


@pytest.mark.parametrize("place", _PLACES)
def test_killed_in_the_middle_of_an_upgrade_the_next_start_finishes_it(older, owner, place):
    before = everything(owner)
    assert start(older, place) == -9
    assert current(owner) == REVISIONS[head()]
    assert everything(owner) == before
    (backup,) = backup_folder(older).glob("*.backup")
    assert try_backup(backup, MASTER).rows["denials"] == 1
    assert start(older) == 0
    assert current(owner) == head()
    assert kept(before[0], everything(owner)[0], head())


@pytest.mark.parametrize("place", _PLACES)
def test_killed_while_the_tables_are_made_the_next_start_makes_them(empty_engine, tmp_path, place):
    url = empty_engine.url.render_as_string(hide_password=False)
    keep_master(tmp_path / "data")
    fresh = Settings(tmp_path / "data", url, database_owner_url=url)
    assert start(fresh, place) == -9
    with looking(empty_engine) as connection:
        assert tables(connection) == set()
    assert start(fresh) == 0
    assert current(empty_engine) == head()
