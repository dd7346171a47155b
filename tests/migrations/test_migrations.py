"""The revisions make the tables of the models, on both databases, with data in them, there and back."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from tests import build
from tracker.db import SessionMaker, make_engine
from tracker.db_upgrade import (
    UnknownRevisionError,
    alembic_config,
    current,
    downgrade,
    head,
    upgrade,
)
from tracker.models import Base, Denial


def _index_words(index: ReflectedIndex) -> str:
    """An index in words; the condition of a partial one by its text."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})


def schema(engine: Engine) -> dict[str, object]:
    """What the database says of itself: tables with columns, keys and indexes."""
    found = inspect(engine)
    tables = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)],
            found.get_pk_constraint(table),
            sorted(map(str, found.get_foreign_keys(table))),
            sorted(map(str, found.get_unique_constraints(table))),
            sorted(map(_index_words, found.get_indexes(table))),
        )
        for table in tables
    }


# PostgreSQL rewrites the text of a computed column; the next test compares it as SQLite keeps it.
@pytest.mark.filterwarnings("ignore:Computed default on")
def test_the_newest_revision_makes_exactly_the_tables_of_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_sqlite_tables_are_the_models_to_the_letter(sqlite_template, tmp_path):
    """Alembic does not compare WITHOUT ROWID, so the statements kept by SQLite are compared."""
    straight = make_engine("sqlite://")
    Base.metadata.create_all(straight)
    with sqlite_template.copy(tmp_path) as migrated:
        assert statements(migrated) == statements(straight)
    straight.dispose()


def statements(engine: Engine) -> dict[str, list[str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version' AND name NOT LIKE 'sqlite_%'"
    with engine.connect() as connection:
        # A table that was copied to change it has its name in quotes.
        plain = str.maketrans({",": " ", '"': None})
        return {name: sorted(sql.translate(plain).split()) for name, sql in connection.execute(text(query))}


def test_up_down_and_up_again_leaves_the_same_tables(empty_engine):
    upgrade(empty_engine)
    first = schema(empty_engine)
    downgrade(empty_engine, "base")
    assert schema(empty_engine) == {}
    upgrade(empty_engine)
    assert schema(empty_engine) == first
    assert current(empty_engine) == head()


def test_every_revision_can_be_taken_back_with_rows_in_the_tables(engine, owner):
    with SessionMaker(engine).system() as session:
        build.denied_line(session, build.practice(session))
        session.commit()
    for revision in ScriptDirectory.from_config(alembic_config()).walk_revisions():
        downgrade(owner, revision.down_revision or "base")
    upgrade(owner)
    assert current(engine) == head()


def test_upgrading_again_keeps_the_rows(engine):
    with SessionMaker(engine).system() as session:
        build.denied_line(session, build.practice(session))
        session.commit()
    upgrade(engine)
    with SessionMaker(engine).system() as session:
        assert session.scalar(select(func.count()).select_from(Denial)) == 1


def test_two_processes_may_start_on_an_empty_database_at_once(empty_engine):
    """The command line and the server both bring the database up to date."""
    failures = []

    def start() -> None:
        other = make_engine(empty_engine.url.render_as_string(hide_password=False))
        try:
            upgrade(other)
        except Exception as error:  # noqa: BLE001  # any failure of a thread is the test's failure
            failures.append(error)
        finally:
            other.dispose()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert current(empty_engine) == head()


def test_a_database_of_a_newer_version_is_refused_in_plain_words(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnknownRevisionError, match="revision 9999"):
        upgrade(engine)
