"""Fixtures for every test: a real database of either kind, settings, the cast, the app."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import build
from tests.databases import PostgresTemplate, SqliteTemplate, keep_master
from tests.postgres import NoPostgresError, postgres_server
from tracker.config import Settings
from tracker.db import SessionMaker, transaction

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tracker.models import User


# A machine that is busy with other work is slow, not wrong.
hypothesis_settings.register_profile("tracker", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("tracker")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate]:
    """TEST_DATABASE_URL names a server where databases may be made; without it one starts from the wheel."""
    with ExitStack() as stack:
        given = os.environ.get("TEST_DATABASE_URL")
        try:
            server = given or stack.enter_context(postgres_server())
        except NoPostgresError as problem:
            pytest.fail(
                f"PostgreSQL cannot be started for the tests. {problem}\nSet TEST_DATABASE_URL to a server where "
                'databases may be made, or leave these tests out with: ./dev test -m "not postgres"',
                pytrace=False,
            )
        template = PostgresTemplate(server)
        stack.callback(template.drop)
        yield template


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database of the test's own, at the newest revision; the test runs once per kind of database."""
    with request.getfixturevalue(f"{request.param}_template").lend() as engine:
        yield engine


@pytest.fixture
def owner_url(request: pytest.FixtureRequest, engine: Engine) -> str:
    """The address of the test's database for the role that owns its tables; on SQLite the same address."""
    if engine.dialect.name == "sqlite":
        return str(engine.url)
    url: str = request.getfixturevalue("postgres_template").owner_url(engine)
    return url


@pytest.fixture
def sessions(engine: Engine) -> SessionMaker:
    return SessionMaker(engine)


@pytest.fixture
def session(sessions: SessionMaker) -> Iterator[Session]:
    """A session of the system: it sees every practice. What it did not commit is gone at the end."""
    with sessions.system() as session:
        yield session


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    keep_master(tmp_path / "data")
    return Settings(
        data_dir=tmp_path / "data",
        database_url=engine.url.render_as_string(hide_password=False),
        fast_hash=True,
    )


@pytest.fixture
def cast(sessions: SessionMaker) -> build.Cast:
    """Alice bills at Eastside PT, Bob is her colleague, Charlie is from another practice and must see nothing."""
    with transaction(sessions.system()) as session:
        return build.cast(session)


@pytest.fixture
def become(sessions: SessionMaker) -> Callable[["User", str], None]:
    """Give a function that changes a person's role, in all their practices, perhaps with leave to read protected notes."""

    def change(user: "User", role: str, *, protected: bool = False) -> None:
        from tracker.models import Membership

        with transaction(sessions.system()) as session:
            for membership in session.scalars(select(Membership).where(Membership.user_id == user.id)):
                membership.role, membership.protected_notes = role, protected

    return change


class Clock:
    """The app's clock: it stands at ``now`` until a test moves it."""

    def __init__(self) -> None:
        self.now = build.NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(settings: Settings, clock: Clock, request: pytest.FixtureRequest) -> Iterator["Flask"]:
    """The app, at the time of ``clock``; a test marked ``own_app`` may add pages to it."""
    from tests.apps import app_with

    with app_with(settings, clock, own=bool(request.node.get_closest_marker("own_app"))) as app:
        yield app


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    return app.test_client()


@pytest.fixture
def signed_in(app: "Flask") -> Callable[["User"], "FlaskClient"]:
    """Give a function that signs a person in through the real form and returns their browser."""

    def sign_in(user: "User") -> "FlaskClient":
        client = app.test_client()
        form = {"login": user.login, "password": build.PASSWORD, "csrf_token": build.csrf_token(client.get("/login"))}
        answer = client.post("/login", data=form)
        assert answer.status_code == 303, answer.text
        return client

    return sign_in
