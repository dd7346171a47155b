"""Rows of an export as this version's tables have them; what does not fit is refused with its place."""

import json
import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, String, Table

from tracker.models.sealed import SealedText
from tracker.services.practice_archive import ArchiveProblem, ArchiveReader
from tracker.services.practice_tables import FILE_COLUMN, WITH_FILES, codec_of, exported_columns

_KINDS: tuple[tuple[Any, tuple[type, ...]], ...] = (
    (Boolean, (bool,)),
    (BigInteger, (int,)),
    (Float, (int, float)),
    (String | SealedText, (str,)),
)
_MOST_LINE = 400_000_000


def packed_original(content: bytes) -> bytes:
    """Return an imported file as the database keeps it."""
    return zlib.compress(content, 1)


class RowReader:
    """Reads the tables of an archive."""

    def __init__(self, archive: ArchiveReader) -> None:
        self._archive = archive

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table by column; a column that came later has its default. Raises ArchiveProblem."""
        columns, member = exported_columns(table), f"data/{table.name}.jsonl"
        if member not in self._archive.members:  # a table that came later
            return
        names = {column.name for column in columns}
        with self._archive.open(member) as lines:
            for number, line in enumerate(iter(lambda: lines.readline(_MOST_LINE), b""), start=1):
                try:
                    told = json.loads(line)
                    _require_known(told.keys() - names)
                    yield {column.name: _value(table, column, told) for column in columns}
                except (ValueError, TypeError, AttributeError) as problem:
                    raise ArchiveProblem(f"{member}, line {number}: {problem}. Make the export once more.") from None


def _require_known(strange: AbstractSet[str]) -> None:
    if strange:
        raise ValueError(f"has {', '.join(sorted(strange))}, which this version does not know")


def _value(table: Table, column: Column[Any], told: dict[str, Any]) -> Any:
    if column.name not in told:
        return _default(column)
    value = told[column.name]
    if value is None:
        if not column.nullable and not isinstance(column.type, JSON):
            raise ValueError(f"{column.name} is empty")
        return None
    if column.name == FILE_COLUMN and table.name in WITH_FILES:
        return value
    _require_fitting(column, value)
    return codec_of(column).from_json(value)


def _require_fitting(column: Column[Any], value: Any) -> None:
    """SQLite takes any value into any column, so what a column can hold is looked at here."""
    for kind, types in _KINDS:
        if isinstance(column.type, kind):
            if not isinstance(value, types) or (bool not in types and isinstance(value, bool)):
                raise ValueError(f"{column.name} is not what it should be")
            break
    length = getattr(column.type, "length", None)
    if length is not None and isinstance(value, str) and len(value) > length:
        raise ValueError(f"{column.name} is too long")


def _default(column: Column[Any]) -> Any:
    """Return what a row has in a column that came after its export was made."""
    default: Any = column.default
    if default is not None:
        return default.arg(None) if default.is_callable else default.arg
    if column.nullable:
        return None
    raise ValueError(f"{column.name} is missing")
