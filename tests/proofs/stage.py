"""Where proofs play: a database of their own with the cast of the tests, and the app or the program on it."""

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from tests import build
from tests.databases import PostgresTemplate, SqliteTemplate, keep_master
from tests.postgres import postgres_server
from tracker.app import create_app
from tracker.config import Settings
from tracker.db import SessionMaker, transaction, whole
from tracker.domain.audit import Chain
from tracker.models import User
from tracker.services.backup_rows import tables_of


class Stage(NamedTuple):
    """A database with its settings and the cast."""

    sessions: SessionMaker
    settings: Settings
    cast: build.Cast


@cache
def _template() -> SqliteTemplate:
    folder = Path(tempfile.mkdtemp(prefix="tracker-proof-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return SqliteTemplate(folder)


@contextmanager
def sqlite_stage(folder: Path | None = None) -> Iterator[Stage]:
    """Give a stage on SQLite, in ``folder`` or in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tracker-proof-") as own:
        place = folder or Path(own)
        with _template().copy(place) as engine:
            yield set_stage(engine, place)


@contextmanager
def postgres_stage() -> Iterator[Stage]:
    """Give a stage on a PostgreSQL server of its own. Raises NoPostgresError."""
    with (
        tempfile.TemporaryDirectory(prefix="tracker-proof-") as folder,
        postgres_template() as template,
        template.lend() as engine,
    ):
        yield set_stage(engine, Path(folder))


@contextmanager
def postgres_template() -> Iterator[PostgresTemplate]:
    """Give databases on a PostgreSQL server of their own. Raises NoPostgresError."""
    with postgres_server() as server:
        template = PostgresTemplate(server)
        yield template
        template.drop()


def set_stage(engine: Engine, folder: Path) -> Stage:
    """Put the cast into a migrated database and return the stage."""
    keep_master(folder / "data")
    settings = Settings(
        data_dir=folder / "data", database_url=engine.url.render_as_string(hide_password=False), fast_hash=True
    )
    sessions = SessionMaker(engine)
    with transaction(sessions.system()) as session:
        return Stage(sessions, settings, build.cast(session))


@contextmanager
def app_on(stage: Stage, clock: Callable[[], object] = lambda: build.NOW) -> Iterator[Flask]:
    """Give the app on a stage; its clock stands unless another is given."""
    app = create_app(stage.settings, clock)  # type: ignore[arg-type]
    yield app
    app.extensions["tracker_sessions"].engine.dispose()


def sign_in(app: Flask, user: User) -> FlaskClient:
    """Sign a person in through the form and return their browser."""
    client = app.test_client()
    form = {"login": user.login, "password": build.PASSWORD, "csrf_token": build.csrf_token(client.get("/login"))}
    answer = client.post("/login", data=form)
    assert answer.status_code == 303, answer.text
    return client


def fingerprint(engine: Engine, *, reads: bool = True) -> dict[str, str]:
    """Return a hash of all rows of each table, in the order of their keys; perhaps without the audit log's chain of reads.

    A server keeps that chain beside the changes, and each page that is opened adds to it.
    """
    found = {}
    with whole(engine).execution_options(writes=False).connect() as connection:
        for table in tables_of(connection):
            query = select(table).order_by(*table.primary_key.columns)
            if not reads and "chain" in table.c:
                query = query.where(table.c.chain != Chain.READS)
            rows = hashlib.sha256()
            for row in connection.execute(query):
                rows.update(repr(tuple(row)).encode())
            found[table.name] = rows.hexdigest()
    return found


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the names of the tables whose rows differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
