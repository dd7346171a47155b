"""Databases for the tests: made once by running the migrations, then copied for each test."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from tracker.db import make_engine
from tracker.db_upgrade import upgrade

_numbers = itertools.count()


class SqliteTemplate:
    """A migrated SQLite file; a copy of it is a test's database."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        engine = make_engine(f"sqlite:///{self._file}")
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Engine]:
        file = folder / "tracker.db"
        shutil.copyfile(self._file, file)
        engine = make_engine(f"sqlite:///{file}")
        yield engine
        engine.dispose()


class PostgresTemplate:
    """A migrated PostgreSQL database; a test's database is cloned from it by the server (some 20 ms)."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._prefix = f"tracker_test_{os.getpid()}"
        self._template = f"{self._prefix}_template"
        self._say(f"CREATE DATABASE {self._template}")
        engine = make_engine(self._address(self._template))
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def copy(self, _folder: Path) -> Iterator[Engine]:
        with self._database(f" TEMPLATE {self._template}") as engine:
            yield engine

    @contextmanager
    def empty(self) -> Iterator[Engine]:
        """Give an engine on a database without tables."""
        with self._database("") as engine:
            yield engine

    @contextmanager
    def _database(self, how: str) -> Iterator[Engine]:
        name = f"{self._prefix}_{next(_numbers)}"
        self._say(f"CREATE DATABASE {name}{how}")
        engine = make_engine(self._address(name))
        yield engine
        engine.dispose()
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self) -> None:
        self._say(f"DROP DATABASE {self._template} WITH (FORCE)")

    def _address(self, database: str) -> str:
        return make_url(self._server).set(database=database).render_as_string(hide_password=False)

    def _say(self, words: str) -> None:
        engine = create_engine(self._server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(words))
        engine.dispose()
