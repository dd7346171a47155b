"""Databases for the tests: made once by running the migrations, then copied for each test."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, event, make_url, text

from tracker.auditing.appending import ReadsLog, reads_log
from tracker.db import make_engine
from tracker.db_roles import make_roles
from tracker.db_upgrade import upgrade
from tracker.sealing.key_store import KeyStore, MasterKey

_numbers = itertools.count()

_PASSWORD = "for tests alone"  # of roles that are gone with the tests

MASTER = MasterKey(bytes(range(32)))
"""The master key of every database of the tests."""


@lru_cache(maxsize=8)
def _kept(url: str, master: MasterKey, _user: str) -> Engine:
    engine = make_engine(url, master)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
        event.listen(reads_log(engine).engine, "connect", _hurry)
    return engine


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    """Do not wait for the disk: these files need not survive the machine, and survive a killed process anyway."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def kept_engine(url: str, master: MasterKey = MASTER, user: str = "test") -> Iterator[Engine]:
    """Give the engine of a user (the test, the app) on an address: what it compiled for one test serves the next."""
    engine = _kept(url, master, user)
    if engine.dialect.name == "sqlite":  # a new file, in which the chain of reads is yet to be made
        engine.dialect.tracker_reads = ReadsLog(reads_log(engine).engine)  # type: ignore[attr-defined]
    yield engine
    engine.dispose()


def keep_master(folder: Path) -> None:
    """Put the tests' master key into a data folder, so that a command opens the tests' databases."""
    KeyStore(folder).protect_with_file(MASTER)


class SqliteTemplate:
    """A migrated SQLite file; a copy of it is a test's database."""

    def __init__(self, folder: Path) -> None:
        self._file, self._place = folder / "template.db", folder / "place"
        engine = make_engine(f"sqlite:///{self._file}")
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Engine]:
        file = folder / "tracker.db"
        shutil.copyfile(self._file, file)
        engine = make_engine(f"sqlite:///{file}", MASTER)
        yield engine
        engine.dispose()

    @contextmanager
    def lend(self) -> Iterator[Engine]:
        """Give an engine on a copy at the place where each test has its own, one after the other."""
        self._place.mkdir()
        try:
            shutil.copyfile(self._file, self._place / "tracker.db")
            with kept_engine(f"sqlite:///{self._place}/tracker.db") as engine:
                yield engine
        finally:
            shutil.rmtree(self._place)


# What a migration, a grant or a policy would change; rows of other catalogs follow from these.
_SCHEMA = """
SELECT string_agg(found, ';') FROM (
  SELECT 'pg_class ' || count(*) || ' ' || sum(xmin::text::bigint) AS found FROM pg_class WHERE oid >= 16384
  UNION ALL SELECT 'pg_attribute ' || count(*) || ' ' || sum(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384
  UNION ALL SELECT 'pg_trigger ' || count(*) || ' ' || sum(xmin::text::bigint) FROM pg_trigger
  UNION ALL SELECT 'pg_policy ' || count(*) || ' ' || sum(xmin::text::bigint) FROM pg_policy
  UNION ALL SELECT 'pg_constraint ' || count(*) || ' ' || sum(xmin::text::bigint) FROM pg_constraint
  UNION ALL SELECT 'pg_proc ' || count(*) || ' ' || sum(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT 'pg_namespace ' || count(*) || ' ' || sum(xmin::text::bigint) FROM pg_namespace
  UNION ALL SELECT 'revision ' || version_num FROM alembic_version
) AS parts
"""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
_OTHERS_AWAY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class _Cleaned:
    """A database that can be emptied after a test, which is several times faster than cloning it anew."""

    def __init__(self, name: str, admin: str) -> None:
        self.name = name
        self._admin = create_engine(admin, isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:
            self._tables = [one for one in connection.scalars(text(_TABLES)) if one != "alembic_version"]
            self._schema = connection.scalar(text(_SCHEMA))

    def clean(self) -> bool:
        """Take all rows away; return False where a test changed more than rows."""
        with self._admin.connect() as connection:
            connection.execute(text(_OTHERS_AWAY))
            if connection.scalar(text(_SCHEMA)) != self._schema:
                return False
            asks = (f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in self._tables)
            filled = [f'"{one}"' for one in connection.scalars(text(" UNION ALL ".join(asks)))]
            connection.execute(
                text("SET session_replication_role = replica")
            )  # neither keys nor triggers hold rows back
            for one in filled:
                connection.execute(text(f"DELETE FROM {one}"))
            if filled:
                connection.execute(
                    text(f"VACUUM {', '.join(filled)}")
                )  # so that rows come in the order they are written
        return True

    def close(self) -> None:
        self._admin.dispose()


class PostgresTemplate:
    """A migrated PostgreSQL database; a test's database is cloned from it by the server, and emptied for the next test.

    Tests work as the app's role, which row level security holds back; the tables are another role's.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._prefix = f"tracker_test_{os.getpid()}"
        self._owner, self._app = f"{self._prefix}_owner", f"{self._prefix}_app"
        self._template, self._empty = f"{self._prefix}_template", f"{self._prefix}_empty"
        self._spare: list[_Cleaned] = []
        for name in (self._empty, self._template):
            self._say(f"CREATE DATABASE {name}")
            admin = make_engine(self._address(name))
            make_roles(admin, self._address(name, self._owner), self._address(name, self._app))
            admin.dispose()
        engine = make_engine(self._address(self._template, self._owner))
        upgrade(engine)
        engine.dispose()

    def copy(self, _folder: Path) -> AbstractContextManager[Engine]:
        """Give what ``lend`` gives: a database has a name of its own anyway."""
        return self.lend()

    @contextmanager
    def lend(self) -> Iterator[Engine]:
        """Give an engine on a migrated database without rows, as the role of the app."""
        database = self._spare.pop() if self._spare else self._cloned()
        with kept_engine(self._address(database.name, self._app)) as engine:
            yield engine
        if database.clean():
            self._spare.append(database)
        else:
            self._drop(database)

    @contextmanager
    def empty(self) -> Iterator[Engine]:
        """Give an engine on a database without tables, as the role that will own them."""
        name = self._clone(self._empty)
        engine = make_engine(self._address(name, self._owner), MASTER)
        yield engine
        engine.dispose()
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _clone(self, template: str) -> str:
        name = f"{self._prefix}_{next(_numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {self._owner}")
        return name

    def _cloned(self) -> _Cleaned:
        name = self._clone(self._template)
        return _Cleaned(name, self._address(name))

    def _drop(self, database: _Cleaned) -> None:
        database.close()
        self._say(f"DROP DATABASE {database.name} WITH (FORCE)")

    def owner_url(self, engine: Engine) -> str:
        """Return the address of an engine's database for the role that owns the tables."""
        return self._address(str(engine.url.database), self._owner)

    def admin_url(self, engine: Engine) -> str:
        """Return the address of an engine's database for the server's superuser."""
        return self._address(str(engine.url.database))

    def drop(self) -> None:
        for database in self._spare:
            self._drop(database)
        for name in (self._template, self._empty):
            self._say(f"DROP DATABASE {name} WITH (FORCE)")
        for role in (self._owner, self._app):
            self._say(f"DROP ROLE {role}")

    def _address(self, database: str, role: str | None = None) -> str:
        url = make_url(self._server).set(database=database)
        if role is not None:
            url = url.set(username=role, password=_PASSWORD)
        return url.render_as_string(hide_password=False)

    def _say(self, words: str) -> None:
        engine = create_engine(self._server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(words))
        engine.dispose()
