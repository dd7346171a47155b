"""Bringing a database to the newest revision of ``migrations/``, from a checkout or a wheel."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from tracker.config import resource_dir
from tracker.db_statistics import seed_statistics

_LOCK = 0x7EAB_DE41  # any number, the same for all: two processes starting together upgrade one after the other


class UnknownRevisionError(Exception):
    """Raised when the database was made by a newer version of the tracker than this one."""


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
