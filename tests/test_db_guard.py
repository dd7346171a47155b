"""PostgreSQL keeps practices apart by itself, whatever statement a session sends; its app role cannot take that away."""

from contextlib import contextmanager

import pytest
from sqlalchemy import delete, func, insert, inspect, literal, select, text, update
from sqlalchemy.exc import DBAPIError

from tests import build
from tracker.db import insert_rows, make_engine, transaction
from tracker.models import Base, Claim, Denial, Note, Patient, RuleSwitch
from tracker.models.base import PracticeOwned, take_ids

OWNED = sorted(m.class_.__tablename__ for m in Base.registry.mappers if issubclass(m.class_, PracticeOwned))


@pytest.fixture
def engine(postgres_template, tmp_path):
    with postgres_template.copy(tmp_path) as engine:
        yield engine


pytestmark = pytest.mark.postgres


@pytest.fixture
def two(sessions, cast):
    """A denial of each practice."""
    with transaction(sessions.system()) as session:
        return build.denied_line(session, cast.eastside), build.denied_line(session, cast.lakeview)


@contextmanager
def refused(what: str):
    with pytest.raises(DBAPIError, match=what):
        yield


def test_every_table_of_practices_is_guarded(engine):
    """A new table with a practice in its key fails here until its revision runs ``tracker.db_guard.guarding``."""
    query = text("""SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
        WHERE relrowsecurity AND relforcerowsecurity AND polname = 'own_practice' AND polcmd = '*'""")
    with engine.connect() as connection:
        assert sorted(connection.scalars(query)) == OWNED


def test_text_and_core_see_the_rows_of_the_scope_alone(sessions, cast, two):
    mine, theirs = two
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(text("SELECT id FROM denials")).all() == [mine.id]
        assert session.scalars(select(Denial.__table__.c.id)).all() == [mine.id]
        assert session.scalars(text(f"SELECT id FROM denials WHERE practice_id = {cast.lakeview.id}")).all() == []
        assert session.scalars(text("SELECT id FROM denials WHERE id = :id"), {"id": theirs.id}).all() == []
        assert session.connection().exec_driver_sql("SELECT count(*) FROM claims").scalar() == 1
    with sessions.reading({cast.eastside.id, cast.lakeview.id}) as session:
        assert set(session.scalars(text("SELECT id FROM denials"))) == {mine.id, theirs.id}
    with sessions.system() as session:
        assert set(session.scalars(text("SELECT id FROM denials"))) == {mine.id, theirs.id}


@pytest.mark.parametrize("table", OWNED)
def test_without_a_scope_no_table_shows_a_row(engine, sessions, two, table):
    with sessions.reading(()) as session:
        assert session.scalar(select(func.count()).select_from(text(table))) == 0
    with engine.connect() as connection:  # nobody said whose rows
        assert connection.scalar(select(func.count()).select_from(text(table))) == 0


def test_joins_and_parts_of_queries_see_nothing_foreign(sessions, cast, two):
    joined = """SELECT p.id FROM practices p LEFT JOIN claims c ON c.practice_id = p.id LEFT JOIN denials d ON
        d.practice_id = c.practice_id AND d.claim_id = c.id WHERE d.id IS NOT NULL"""
    nested = "WITH all_of_them AS (SELECT * FROM denials) SELECT practice_id FROM all_of_them UNION ALL SELECT practice_id FROM notes"
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(text(joined)).all() == [cast.eastside.id]
        assert session.scalars(text(nested)).all() == [cast.eastside.id]
        assert session.scalar(text("SELECT count(*) FROM claims WHERE EXISTS (SELECT FROM denials)")) == 1


def test_foreign_rows_are_not_changed_or_deleted(sessions, cast, two):
    with transaction(sessions.writing({cast.eastside.id})) as session:
        connection = session.connection()
        assert connection.execute(update(Claim.__table__).values(control_number="X")).rowcount == 1
        assert connection.execute(text("UPDATE denials SET version = version + 1")).rowcount == 1
        assert connection.execute(delete(Note.__table__)).rowcount == 0
        assert connection.execute(text(f"DELETE FROM denials WHERE practice_id = {cast.lakeview.id}")).rowcount == 0
    with sessions.system() as session:
        assert session.scalar(text(f"SELECT control_number FROM claims WHERE practice_id = {cast.lakeview.id}")) != "X"
        assert session.scalar(text("SELECT count(*) FROM denials")) == 2


def test_a_foreign_row_is_not_written_in_any_way(sessions, cast, two):
    patients = Patient.__table__
    changed = {"practice_id": literal(cast.lakeview.id), "id": literal(take_ids(1)[0]), "public_id": literal("new")}
    names = [column.name for column in patients.c]
    copied = insert(patients).from_select(names, select(*(changed.get(name, patients.c[name]) for name in names)))
    moved = update(RuleSwitch.__table__).values(practice_id=cast.lakeview.id)
    with transaction(sessions.system()) as session:
        session.add(
            RuleSwitch(
                practice_id=cast.eastside.id,
                rule_id="A",
                is_on=False,
                changed_by_id=cast.alice.id,
                changed_at=build.NOW,
            )
        )
    for statement in (copied, moved):
        with sessions.writing({cast.eastside.id}) as session, refused("row-level security"):
            session.connection().execute(statement)


def test_bulk_inserts_of_foreign_rows_are_refused(sessions, cast):
    columns = ("practice_id", "id", "rule_id", "is_on", "changed_by_id", "changed_at")
    row = (take_ids(1)[0], "A", False, cast.alice.id, build.NOW)
    with sessions.writing({cast.eastside.id}) as session:
        insert_rows(session, RuleSwitch, columns, [(cast.eastside.id, *row)])
        with refused("row-level security"):
            insert_rows(session, RuleSwitch, columns, [(cast.lakeview.id, *row)])


def test_a_connection_that_goes_back_to_the_pool_takes_no_scope_along(engine, sessions, cast, two):
    one = make_engine(engine.url.render_as_string(hide_password=False))
    one.pool._pool.maxsize, one.pool._max_overflow = 1, 0  # every transaction gets the same connection
    query = text("SELECT pg_backend_pid(), (SELECT count(*) FROM denials)")
    seen = []
    for options in ({"scope": None}, {}, {"scope": frozenset({cast.eastside.id})}, {}, {"scope": frozenset()}):
        with one.execution_options(**options).connect() as connection:
            seen.append(tuple(connection.execute(query).one()))
    one.dispose()
    assert len({pid for pid, _ in seen}) == 1
    assert [count for _, count in seen] == [2, 0, 1, 0, 0]


def test_the_scope_ends_with_the_transaction_and_outlives_a_savepoint(sessions, cast, two):
    with sessions.writing({cast.eastside.id}) as session:
        with pytest.raises(LookupError), session.begin_nested():
            raise LookupError
        assert session.scalar(text("SELECT count(*) FROM denials")) == 1
        session.rollback()
        assert session.scalar(text("SELECT count(*) FROM denials")) == 1  # a new transaction, told again
        connection = session.connection()
        connection.exec_driver_sql("COMMIT")
        assert connection.exec_driver_sql("SELECT count(*) FROM denials").scalar() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE denials DISABLE ROW LEVEL SECURITY", "ALTER TABLE denials NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_practice ON denials", "CREATE POLICY mine ON denials USING (true)", "TRUNCATE denials",
        "ALTER ROLE CURRENT_USER BYPASSRLS", "ALTER ROLE CURRENT_USER SUPERUSER", "CREATE TABLE mine (id int)",
        "ALTER TABLE denials OWNER TO CURRENT_USER", "DROP TABLE denials", "CREATE ROLE mighty SUPERUSER",
    ],
)  # fmt: skip
def test_the_app_cannot_take_the_wall_away(engine, two, statement):
    with engine.connect() as connection, refused("must be owner|permission denied"):
        connection.exec_driver_sql(statement)


def test_switching_row_security_off_is_an_error_not_a_way_in(engine, two):
    with engine.connect() as connection:
        connection.exec_driver_sql("SET row_security = off")
        with refused("row-level security policy"):
            connection.exec_driver_sql("SELECT count(*) FROM denials")


def test_the_owner_of_the_tables_is_held_back_too(owner_url, two):
    owner = make_engine(owner_url)
    with owner.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM denials").scalar() == 0
    owner.dispose()


def test_the_app_may_do_to_rows_what_it_needs_and_no_more(engine):
    query = text("""SELECT privilege_type FROM information_schema.role_table_grants
        WHERE grantee = current_user AND table_name = :table""")
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            granted = set(connection.scalars(query, {"table": table}))
            assert granted == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table
