"""Bringing a database to the newest revision of ``migrations/``, from a checkout or a wheel."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tracker.config import Settings, SettingsError, resource_dir
from tracker.db import SessionMaker, make_engine, whole
from tracker.db_statistics import seed_statistics
from tracker.keys import open_master

_LOCK = 0x7EAB_DE41  # any number, the same for all: two processes starting together upgrade one after the other


class UnknownRevisionError(Exception):
    """Raised when the database was made by a newer version of the tracker than this one."""


def open_database(settings: Settings, now: datetime) -> SessionMaker:
    """Open the database the settings name, brought to the newest revision; before an upgrade a backup is made.

    Raises SettingsError naming the setting when its folder cannot be written or its server cannot be reached, and
    UnknownRevisionError.
    """
    try:
        _require_folder(settings.data_dir)
        engine = make_engine(settings.database_url, open_master(settings), lambda: open_master(settings))
        with engine.connect() as connection:  # takes SQLite's write lock, which a file that is read-only refuses
            connection.exec_driver_sql("SELECT 1")
    except (OSError, DBAPIError, sqlite3.Error) as error:
        raise SettingsError(_what_would_be_right(settings, error)) from None
    sessions = SessionMaker(engine)
    found = current(engine)
    if found == head():
        return sessions
    owner = make_engine(settings.database_owner_url) if settings.database_owner_url else engine
    try:
        _require_maker_of_tables(owner)
        if found is not None:
            _back_up_first(sessions, settings, now)
        upgrade(owner)
    except BaseException:
        engine.dispose()
        raise
    finally:
        if owner is not engine:
            owner.dispose()
    return sessions


def _require_maker_of_tables(engine: Engine) -> None:
    """Raises SettingsError for a role of PostgreSQL that works with rows alone."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        may = connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
    if not may:
        raise SettingsError(
            "This version must change the database's tables, and its role may not. Set TRACKER_DATABASE_OWNER_URL to the "
            "role that owns them, and type: tracker db upgrade"
        )


def _back_up_first(sessions: SessionMaker, settings: Settings, now: datetime) -> None:
    """A newer version is about to change the database: keep it as it is. Raises SettingsError when that fails."""
    from tracker.services.backups import make_backup

    made = make_backup(sessions, settings, open_master(settings), now)
    if made.problem:
        raise SettingsError(f"Before the upgrade a backup was made, but it is no good: {made.problem}")


def _require_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        why = f"TRACKER_DATA_DIR must be a folder this user can read and write. It is {folder} ({error.strerror})."
        raise SettingsError(why) from None


def _what_would_be_right(settings: Settings, error: Exception) -> str:
    """The address itself is not shown: it may hold a password."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if settings.database_url == settings.default_database_url:
        file = settings.data_dir / "tracker.db"
        return f"TRACKER_DATA_DIR must be a folder with a database this user can write. {file}: {reason}."
    return f"TRACKER_DATABASE_URL must be a database that can be reached and written. It answered: {reason}."


def alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's settings: where the revisions lie, and the connection to work on."""
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the newest revision this version of the tracker knows."""
    revision = _revisions().get_current_head()
    assert revision is not None
    return revision


def _revisions() -> ScriptDirectory:
    return _revisions_in(resource_dir("migrations"))


@cache
def _revisions_in(_folder: Path) -> ScriptDirectory:
    """Return the revisions; they are files of this version, so they are read once."""
    return ScriptDirectory.from_config(alembic_config())


def current(engine: Engine) -> str | None:
    """Return the revision a database is at, None when it is empty."""
    with engine.execution_options(writes=False).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default, all or nothing; one that is there is not touched.

    Raises UnknownRevisionError when a newer version of the tracker has been at the database, or made what it is for.
    """
    found, wanted = current(engine), head() if revision == "head" else revision
    if found == wanted:
        return
    known = {script.revision for script in _revisions().walk_revisions()}
    strange = {found, wanted} - known - {None}
    if strange:
        raise UnknownRevisionError(
            f"The database is at revision {', '.join(map(str, strange))}, which this version of the tracker does not know. "
            "Start the version that made it, or restore a backup."
        )
    with _changing(engine) as connection:
        command.upgrade(alembic_config(connection), revision)
        if connection.dialect.name == "sqlite":
            seed_statistics(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; "base" empties it."""
    with _changing(engine) as connection:
        command.downgrade(alembic_config(connection), revision)


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose transaction changes tables, one process at a time.

    SQLite alters a table by making it anew and dropping the old one, which with keys in force would delete the rows that
    point to it: they are switched off, which only works outside a transaction, and checked at the end.
    """
    with whole(engine).connect() as connection:
        if connection.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection
            return
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():  # BEGIN IMMEDIATE waits for other processes
                yield connection
                _require_keys_kept(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _require_keys_kept(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"a row of {broken[0]} points nowhere"))
