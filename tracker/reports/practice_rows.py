"""The rows of a practice for an export, read in one moment of the database."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import Connection, Table, func, select

from tracker.domain.protection import Protection
from tracker.models import Attachment, Note
from tracker.models.sealed import Sealed, require_place
from tracker.services.practice_tables import FILE_COLUMN, PRACTICES, WITH_FILES, exported_columns

_AT_ONCE = 500


Row = Mapping[str, Any]
Hidden = Mapping[str, AbstractSet[int]]
"""Ids of rows, by table, that somebody may not see."""


def protected_rows(connection: Connection, practice_id: int) -> Hidden:
    """Return the protected notes of a practice and the files made with them (security.md C-47)."""
    notes = select(Note.id).where(Note.practice_id == practice_id, Note.protection != Protection.ORDINARY)
    files = select(Attachment.id).where(Attachment.practice_id == practice_id, Attachment.protected)
    queries = {Note.__tablename__: notes, Attachment.__tablename__: files}
    return {name: frozenset(connection.execute(query).scalars()) for name, query in queries.items()}


def rows_of(connection: Connection, table: Table, practice_id: int, hidden: Hidden) -> Iterator[Row]:
    """Yield a practice's rows of a table by their keys, without the bytes of files.

    Hidden rows are left out, and rows that cannot be without them; others that point to one point nowhere.
    """
    pointing = [
        (key.parent, hidden[key.column.table.name])
        for key in table.foreign_keys
        if key.column.name == "id" and key.column.table.name in hidden
    ]
    for row in _all_rows(connection, table, practice_id):
        lost = [column for column, ids in pointing if row[column.name] in ids]
        if ("id" in row and row["id"] in hidden.get(table.name, ())) or not all(column.nullable for column in lost):
            continue
        yield {**row, **dict.fromkeys((column.name for column in lost), None)} if lost else row


def _all_rows(connection: Connection, table: Table, practice_id: int) -> Iterator[Row]:
    columns = [column for column in exported_columns(table) if not is_file(table, column.name)]
    sealed = [column.name for column in columns if isinstance(column.type, Sealed)]
    query = select(*columns).where(_is_of(table, practice_id)).order_by(*table.primary_key.columns)
    streamed = connection.execution_options(stream_results=True, yield_per=_AT_ONCE)
    for row in streamed.execute(query).mappings():
        for name in sealed:
            require_place(row[name], practice_id, row["id"])
        yield dict(row)


def named_rows(connection: Connection, table: Table, ids: Collection[int]) -> Iterator[Row]:
    """Yield the rows of a table that practices share (payers, users) with these ids."""
    for row in connection.execute(select(*exported_columns(table)).order_by(table.c.id)).mappings():
        if row["id"] in ids:
            yield dict(row)


def file_of(connection: Connection, table: Table, practice_id: int, row_id: int) -> bytes:
    """Return the bytes of one row's file."""
    query = select(table.c[FILE_COLUMN]).where(table.c.practice_id == practice_id, table.c.id == row_id)
    content = connection.execute(query).scalar_one()
    require_place(content, practice_id, row_id)
    return bytes(content)


def count_rows(connection: Connection, table: Table, practice_id: int) -> int:
    """Return how many rows of a table a practice has."""
    return connection.execute(select(func.count()).select_from(table).where(_is_of(table, practice_id))).scalar_one()


def is_file(table: Table, column: str) -> bool:
    """Whether a column holds a file, which an export keeps apart from the row."""
    return table.name in WITH_FILES and column == FILE_COLUMN


def _is_of(table: Table, practice_id: int) -> Any:
    return (table.c.id if table.name == PRACTICES else table.c.practice_id) == practice_id
