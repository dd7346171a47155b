"""Rows of any table as lines of JSON and back: the same from SQLite and PostgreSQL, sealed values stay sealed."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TextIO

from sqlalchemy import JSON, Connection, Date, DateTime, LargeBinary, MetaData, Table, bindparam, insert, select, update
from sqlalchemy.schema import ForeignKeyConstraint

from tracker.domain.audit import Chain

_BATCH = 500
_CHAIN = "chain"  # the column that tells the audit log's tables


class BrokenBackup(Exception):  # noqa: N818  # says what is wrong
    """Raised when a backup's lines do not make a whole; the message says where."""


class _Codec(NamedTuple):
    to_json: Callable[[Any], Any]
    from_json: Callable[[Any], Any]


_CODECS: tuple[tuple[type, _Codec], ...] = (
    (LargeBinary, _Codec(lambda value: base64.b64encode(value).decode(), base64.b64decode)),
    (DateTime, _Codec(datetime.isoformat, datetime.fromisoformat)),
    (Date, _Codec(date.isoformat, date.fromisoformat)),
    (JSON, _Codec(lambda value: value, lambda value: value)),
)
_PLAIN = _Codec(lambda value: value, lambda value: value)


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables as the database has them, those that others point to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def write_rows(connection: Connection, out: TextIO) -> dict[str, int]:
    """Write every row of every table, but for the audit log's chain of reads; return how many each table has."""
    return _write(connection, out, tables_of(connection), Chain.CHANGES)


def write_reads(connection: Connection, out: TextIO) -> dict[str, int]:
    """Write the audit log's chain of reads, from wherever it is kept; return how many rows each table has."""
    tables = [table for table in tables_of(connection) if _CHAIN in table.c]
    return _write(connection, out, tables, Chain.READS)


def _write(connection: Connection, out: TextIO, tables: Iterable[Table], chain: Chain) -> dict[str, int]:
    counts = {}
    for table in tables:
        out.write(json.dumps({"table": table.name, "columns": [column.name for column in table.c]}) + "\n")
        codecs, count = _codecs(table), 0
        query = select(table).order_by(*table.primary_key.columns)
        if _CHAIN in table.c:
            query = query.where(table.c[_CHAIN] == chain.value)
        for row in connection.execution_options(stream_results=True).execute(query):
            cells = [None if value is None else codec.to_json(value) for codec, value in zip(codecs, row, strict=True)]
            out.write(json.dumps(cells, separators=(",", ":")) + "\n")
            count += 1
        counts[table.name] = count
    out.write(json.dumps({"end": counts}) + "\n")
    return counts


def read_rows(connection: Connection, lines: Iterator[str]) -> dict[str, int]:
    """Insert the rows ``write_rows`` wrote into empty tables; return how many each table got.

    Raises BrokenBackup when a table is unknown, the lines end early, or a count differs from what was written.
    """
    tables = {table.name: table for table in tables_of(connection)}
    loader: _Loader | None = None
    counts: dict[str, int] = {}
    for line in lines:
        found = json.loads(line)
        if isinstance(found, list):
            if loader is None:
                raise BrokenBackup("A row stands before its table's name")
            loader.add(found)
            continue
        if loader is not None:
            counts[loader.table.name] = loader.finish()
        if "end" in found:
            if counts != found["end"]:
                raise BrokenBackup("Another number of rows was read than was written")
            return counts
        if found["table"] not in tables:
            raise BrokenBackup(f"The table {found['table']} is not one of this version's")
        loader = _Loader(connection, tables[found["table"]], found["columns"])
    raise BrokenBackup("The backup ends too early")


class _Loader:
    """Inserts the rows of one table in batches; keys within the table are set afterwards: they may point ahead."""

    def __init__(self, connection: Connection, table: Table, columns: list[str]) -> None:
        self.table = table
        self._connection, self._columns = connection, columns
        codecs = dict(zip((column.name for column in table.c), _codecs(table), strict=True))
        self._codecs = [codecs[name] for name in columns]
        self._own = _columns_within(table)
        self._waiting: list[dict[str, Any]] = []
        self._later: list[dict[str, Any]] = []
        self._count = 0

    def add(self, cells: list[Any]) -> None:
        row = {
            name: None if value is None else codec.from_json(value)
            for name, codec, value in zip(self._columns, self._codecs, cells, strict=True)
        }
        if any(row[name] is not None for name in self._own):
            keys = {f"key_{column.name}": row[column.name] for column in self.table.primary_key}
            self._later.append(keys | {name: row[name] for name in self._own})
            row |= dict.fromkeys(self._own)
        self._waiting.append(row)
        self._count += 1
        if len(self._waiting) >= _BATCH:
            self._flush()

    def finish(self) -> int:
        self._flush()
        if self._later:
            self._connection.execute(_set_own(self.table, self._own), self._later)
        return self._count

    def _flush(self) -> None:
        if self._waiting:
            self._connection.execute(insert(self.table), self._waiting)
            self._waiting.clear()


def _set_own(table: Table, own: list[str]) -> Any:
    statement = update(table).where(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))
    return statement.values({name: bindparam(name) for name in own})


def _columns_within(table: Table) -> list[str]:
    """Return the nullable columns of keys from the table to itself."""
    found: list[str] = []
    for key in table.constraints:
        if isinstance(key, ForeignKeyConstraint) and key.referred_table is table:
            found += [column.name for column in key.columns if column.nullable]
    return found


def _codecs(table: Table) -> list[_Codec]:
    return [next((codec for kind, codec in _CODECS if isinstance(column.type, kind)), _PLAIN) for column in table.c]


def total(counts: Mapping[str, int]) -> int:
    """Return all rows of all tables."""
    return sum(counts.values())
