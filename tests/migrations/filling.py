"""Rows in every table of a database at any revision, and what a database holds, to compare before and after."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    Numeric,
    String,
    Table,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from tracker.services.backup_rows import tables_of

ROWS = 2
_ALIKE = {Boolean: True, DateTime: datetime(2026, 11, 23), Date: date(2026, 11, 23), JSON: {"a": 1}}  # noqa: DTZ001
# What checks of the database ask of a text.
_WORDS = {"memberships.role": "owner"}

Rows = dict[str, list[dict[str, Any]]]

_known: dict[tuple[Any, ...], list[Table]] = {}


def fill(connection: Connection) -> None:
    """Put rows into every table that has none: every cell has a value, every key points to a row.

    The n-th row of a table points to the n-th rows of others, so that each pair belongs to one practice.
    """
    made: Rows = {}
    for table in _tables(connection):
        made[table.name] = _rows(connection, table)
        if not made[table.name]:
            made[table.name] = [_row(table, number, made) for number in range(1, ROWS + 1)]
            connection.execute(table.insert(), made[table.name])


def contents(connection: Connection) -> Rows:
    """Return every row of every table."""
    return {table.name: _rows(connection, table) for table in _tables(connection)}


# Counts that a revision empties, up and down: the first look after the next start counts them again from the rows.
_COUNTED_ANEW = {"0026": {"month_counts"}, "0027": {"month_counts"}}


def kept(before: Rows, after: Rows, revision: str = "") -> bool:
    """Whether the tables and columns that are in both hold the same rows; a revision's counts that begin anew apart."""
    return all(
        _shared(before[name], after[name]) == _shared(after[name], before[name])
        for name in (before.keys() & after.keys()) - _COUNTED_ANEW.get(revision, set())
    )


def shape(connection: Connection) -> list[tuple[Any, ...]]:
    """Return what the database itself says of its tables, columns, keys, indexes, triggers and policies."""
    query = _SQLITE_SHAPE if connection.dialect.name == "sqlite" else _POSTGRES_SHAPE
    return sorted((kind, name, _in_any_order(words)) for kind, name, words in connection.execute(text(query)))


def _in_any_order(words: str | None) -> str:
    """A table that was made anew has its parts in another order, and other quotes."""
    return " ".join(sorted((words or "").replace(",", " ").replace('"', "").split()))


def _tables(connection: Connection) -> list[Table]:
    """Return the tables there are; asking the database for its columns and keys costs most, so it is asked once a shape."""
    key = (connection.dialect.name, *shape(connection))
    if key not in _known:
        _known[key] = list(tables_of(connection))
    return _known[key]


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]


def _shared(rows: Iterable[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = set().union(*(row.keys() for row in others)) if others else set()
    return [{name: value for name, value in row.items() if name in names} for row in rows]


def _row(table: Table, number: int, made: Rows) -> dict[str, Any]:
    row = {c.name: _value(c.type, f"{table.name}.{c.name}", number) for c in table.c if c.computed is None}
    for key in table.foreign_key_constraints:
        if key.referred_table is not table:
            pointed_at = made[key.referred_table.name][number - 1]
            row |= {element.parent.name: pointed_at[element.column.name] for element in key.elements}
    return row


def _value(kind: TypeEngine[Any], name: str, number: int) -> Any:
    if isinstance(kind, String):
        word = _WORDS.get(name, f"{number} {name}")
        return word[: kind.length] if kind.length else word
    if isinstance(kind, LargeBinary):
        return f"{name} {number}".encode()
    if isinstance(kind, Numeric):
        return float(number)
    return next((value for known, value in _ALIKE.items() if isinstance(kind, known)), number)


_SQLITE_SHAPE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
_POSTGRES_SHAPE = """
SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'table', relname, relrowsecurity::text || relforcerowsecurity FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'policy', tablename || '.' || policyname, qual FROM pg_policies WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"""
