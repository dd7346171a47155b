"""Bringing a database to the newest revision of ``migrations/``, from a checkout or a wheel."""

import errno
import os
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from tracker.config import Settings, SettingsError, resource_dir
from tracker.db import SessionMaker, make_engine
from tracker.db_statistics import seed_statistics

_LOCK = 0x7EAB_DE41  # any number, the same for all: two processes starting together upgrade one after the other


class UnknownRevisionError(Exception):
    """Raised when the database was made by a newer version of the tracker than this one."""


def open_database(settings: Settings) -> SessionMaker:
    """Open the database the settings name, brought to the newest revision.

    Raises SettingsError naming the setting when its folder cannot be written or its server cannot be reached, and
    UnknownRevisionError.
    """
    try:
        _require_folder(settings.data_dir)
        engine = make_engine(settings.database_url)
        with engine.connect() as connection:  # takes SQLite's write lock, which a file that is read-only refuses
            connection.exec_driver_sql("SELECT 1")
    except (OSError, DBAPIError, sqlite3.Error) as error:
        raise SettingsError(_what_would_be_right(settings, error)) from None
    upgrade(engine)
    return SessionMaker(engine)


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
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert revision is not None
    return revision


def current(engine: Engine) -> str | None:
    """Return the revision a database is at, None when it is empty."""
    with engine.execution_options(writes=False).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, all or nothing; a database that is there already is not touched.

    Raises UnknownRevisionError when a newer version of the tracker has been at the database.
    """
    found = current(engine)
    if found == head():
        return
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if found is not None and found not in known:
        raise UnknownRevisionError(
            f"The database is at revision {found}, which this version of the tracker does not know. "
            "Start the version that made it, or restore a backup."
        )
    with engine.begin() as connection:
        _wait_for_others(connection)
        command.upgrade(alembic_config(connection), "head")
        if connection.dialect.name == "sqlite":
            seed_statistics(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; "base" empties it."""
    with engine.begin() as connection:
        _wait_for_others(connection)
        command.downgrade(alembic_config(connection), revision)


def _wait_for_others(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE does the same
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
