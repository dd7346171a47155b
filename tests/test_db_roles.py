"""PostgreSQL's two roles: made by a command, and a company's start refuses one that practices are not kept apart from."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, make_url, text

from tests import build
from tests.databases import MASTER, keep_master
from tracker import serve
from tracker.cli import main
from tracker.config import Settings, SettingsError
from tracker.db import SessionMaker, make_engine, transaction
from tracker.db_roles import Roles, making, refuse_mighty, too_mighty
from tracker.db_upgrade import current, downgrade, head
from tracker.keys import _opened

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(postgres_template, tmp_path):
    with postgres_template.copy(tmp_path) as engine:
        yield engine


@pytest.fixture
def admin(postgres_template, engine):
    admin = make_engine(postgres_template.admin_url(engine))
    yield admin
    admin.dispose()


def address(engine, **changed):
    return engine.url.set(**changed).render_as_string(hide_password=False)


@pytest.fixture
def tracker(tmp_path, engine, owner_url):
    """The command of a company, told both roles."""
    keep_master(tmp_path / "data")
    environment = {
        "TRACKER_DATA_DIR": str(tmp_path / "data"), "TRACKER_DATABASE_URL": address(engine),
        "TRACKER_DATABASE_OWNER_URL": owner_url, "TRACKER_PROFILE": "company", "TRACKER_PROXIES": "1",
        "TRACKER_PUBLIC_URL": "https://denials.example.org",
    }  # fmt: skip

    def run(*words, **more):
        _opened.cache_clear()
        return CliRunner().invoke(main, words, env=environment | more)

    return run


def test_the_roles_of_an_empty_database_bring_it_up_and_work_on_it(tracker, postgres_template, tmp_path):
    with postgres_template.empty() as empty:
        owner, app = address(empty), address(empty, username=f"{empty.url.username}_2")
        told = {"TRACKER_DATABASE_OWNER_URL": owner, "TRACKER_DATABASE_URL": app,
                "TRACKER_DATABASE_ADMIN_URL": postgres_template.admin_url(empty)}  # fmt: skip
        for _ in range(2):  # again changes nothing
            made = tracker("db", "roles", "--run", **told)
            assert made.exit_code == 0, made.output
        assert f"{make_url(app).username} works with their rows" in made.output
        assert tracker("db", "upgrade", **told).exit_code == 0
        sessions = SessionMaker(make_engine(app, MASTER))
        assert (current(sessions.engine), too_mighty(sessions.engine)) == (head(), [])
        with transaction(sessions.system()) as session:
            build.denied_line(session, build.practice(session))
        sessions.engine.dispose()
        admin = make_engine(postgres_template.admin_url(empty))
        with admin.begin() as connection:
            hashed = connection.scalar(
                text("SELECT rolpassword FROM pg_authid WHERE rolname = :name"), {"name": make_url(app).username}
            )
            connection.execute(text(f"DROP OWNED BY {make_url(app).username}"))
            connection.execute(text(f"DROP ROLE {make_url(app).username}"))
        admin.dispose()
        assert hashed.startswith("SCRAM-SHA-256$")


def test_the_sql_is_printed_without_passwords(tracker, engine):
    told = tracker("db", "roles")
    assert told.exit_code == 0, told.output
    assert (
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{engine.url.username}";'
        in told.output
    )
    assert engine.url.password not in told.output


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"TRACKER_DATABASE_OWNER_URL": ""}, "two different roles"),
        ({"TRACKER_DATABASE_OWNER_URL": "postgresql://owner@here/another"}, "the same database"),
        ({"TRACKER_DATABASE_URL": ""}, "two different roles"),
    ],
)
def test_addresses_that_are_not_two_roles_are_refused(tracker, told, why):
    refused = tracker("db", "roles", **told)
    assert (refused.exit_code, why in refused.output) == (1, True), refused.output


def test_making_roles_without_a_superuser_is_refused_in_plain_words(tracker, owner_url):
    assert "TRACKER_DATABASE_ADMIN_URL must be an address" in tracker("db", "roles", "--run").output
    refused = tracker("db", "roles", "--run", TRACKER_DATABASE_ADMIN_URL=owner_url)
    assert (refused.exit_code, "must be a superuser" in refused.output) == (1, True), refused.output


def test_names_with_quotes_are_quoted(admin):
    roles = Roles(str(admin.url.database), 'Olga\'s "owner"', "tracker app")
    with admin.connect() as connection:  # rolled back
        for statement in making(roles):
            connection.exec_driver_sql(statement)
        made = connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname IN (:owner, :app)"), roles._asdict())
        assert set(made) == set(roles[1:])


def company(engine):
    return Settings(data_dir=None, database_url=address(engine), profile="company")


def test_a_company_starts_as_the_role_of_the_app(engine):
    refuse_mighty(company(engine), engine)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER ROLE {app} BYPASSRLS", "may bypass row level security"),
        ("ALTER ROLE {app} SUPERUSER", "is a superuser"),
        ("ALTER TABLE denials OWNER TO {app}", "owns tables"),
        ("GRANT {owner} TO {app}", "owns tables"),
        ("GRANT {admin} TO {app}", "is a superuser"),
    ],
)
def test_a_mighty_role_is_refused(engine, admin, owner_url, tracker, change, why, monkeypatch):
    monkeypatch.setattr(serve, "serve", lambda _settings: pytest.fail("it started"))
    names = {"app": engine.url.username, "owner": make_url(owner_url).username, "admin": admin.url.username}
    with admin.begin() as connection:
        connection.execute(text(change.format(**names)))
    try:
        refused = tracker("run")
        assert refused.exit_code == 1, refused.output
        assert f"the role of TRACKER_DATABASE_URL {why}" in refused.output
        assert "tracker db roles" in refused.output
        refuse_mighty(replace(company(engine), profile="office"), engine)
    finally:
        with admin.begin() as connection:
            connection.execute(text("ALTER ROLE {app} NOBYPASSRLS NOSUPERUSER".format(**names)))
            connection.execute(text("REVOKE {owner}, {admin} FROM {app}".format(**names)))


def test_the_superuser_itself_is_refused(admin):
    with pytest.raises(SettingsError, match="is a superuser and may bypass"):
        refuse_mighty(company(admin), admin)


def test_a_start_that_may_not_upgrade_says_who_may(engine, owner_url, tracker, monkeypatch):
    monkeypatch.setattr(serve, "serve", lambda _settings: None)
    owner = make_engine(owner_url)
    downgrade(owner, "base")
    refused = tracker("run", TRACKER_DATABASE_OWNER_URL="")
    assert (refused.exit_code, "TRACKER_DATABASE_OWNER_URL" in refused.output) == (1, True), refused.output
    assert "tracker db upgrade" in refused.output
    assert inspect(owner).get_table_names() in ([], ["alembic_version"])
    assert tracker("run").exit_code == 0
    assert current(owner) == head()
    owner.dispose()


def test_a_backup_comes_back_into_an_empty_database_with_two_roles(
    tracker, sessions, postgres_template, tmp_path, engine
):
    with transaction(sessions.system()) as session:
        build.denied_line(session, build.practice(session))
    made = tracker("backup")
    assert made.exit_code == 0, made.output
    (path,) = (tmp_path / "data" / "backups").glob("*.backup")
    with postgres_template.empty() as empty:
        url = address(empty, username=engine.url.username)
        told = tracker("restore", str(path), TRACKER_DATABASE_OWNER_URL=address(empty), TRACKER_DATABASE_URL=url)
        assert "Restored" in told.output, told.output
        again = make_engine(url, MASTER)
        with SessionMaker(again).system() as session:
            assert session.scalar(text("SELECT count(*) FROM denials")) == 1
        again.dispose()
