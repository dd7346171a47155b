"""Everything of a practice in one ZIP of open formats: for people, for other programs, and for another installation."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Connection, Table, select

from tracker.models import Base, Practice, RawFile
from tracker.models.base import new_public_id
from tracker.reports.practice_csv import csv_name, csv_of
from tracker.reports.practice_names import PracticeNames, read_names
from tracker.reports.practice_readme import README
from tracker.reports.practice_rows import Hidden, Row, count_rows, file_of, is_file, named_rows, protected_rows, rows_of
from tracker.services.practice_archive import ArchiveWriter
from tracker.services.practice_tables import (
    FILE_COLUMN,
    FORMAT,
    LEFT_BEHIND,
    MEMBERSHIPS,
    PAYERS,
    PRACTICES,
    SCHEMA,
    USERS,
    WITH_FILES,
    codec_of,
    exported_columns,
    is_json,
    names_of,
    owned_tables,
)
from tracker.services.storing import Report, no_report

_TELL_EVERY = 500


class Exported(NamedTuple):
    """What an export holds: its id and how many rows of each table."""

    export_id: str
    rows: Mapping[str, int]


def export_practice(  # noqa: PLR0913  # where from, of whom, where to, how
    connection: Connection,
    practice_id: int,
    out: BinaryIO,
    *,
    revision: str,
    now: datetime,
    passphrase: str = "",
    with_protected: bool = False,
    report: Report = no_report,
) -> Exported:
    """Write everything of a practice as a ZIP. The connection has to see one moment from beginning to end.

    ``with_protected``: with psychotherapy notes and Part 2 records, for somebody who may read them.
    ``report`` is told how many rows are written, of how many; it may raise to stop the work.
    """
    archive = ArchiveWriter(out, passphrase)
    hidden = {} if with_protected else protected_rows(connection, practice_id)
    try:
        return _Export(connection, practice_id, archive, hidden, report).write(revision, now)
    except BaseException:
        archive.abandon()
        raise


class _Export:
    def __init__(
        self, connection: Connection, practice_id: int, archive: ArchiveWriter, hidden: Hidden, report: Report
    ) -> None:
        self._connection, self._practice_id, self._archive, self._hidden = connection, practice_id, archive, hidden
        self._names: PracticeNames = read_names(connection, practice_id)
        tables = Base.metadata.tables
        self._own = [tables[PRACTICES], tables[MEMBERSHIPS], *owned_tables()]
        self._shared = [tables[PAYERS], tables[USERS]]
        self._used: dict[str, set[int]] = {PAYERS: set(), USERS: set()}
        self._counts: dict[str, int] = {}
        total = 2 * sum(count_rows(connection, table, practice_id) for table in self._own)
        self._progress = _Progress(report, total)

    def write(self, revision: str, now: datetime) -> Exported:
        self._archive.put("README.txt", README.encode())
        for table in self._own:
            self._write_json(table, self._noted(table, self._rows(table)))
        for table in self._shared:
            self._write_json(table, named_rows(self._connection, table, self._used[table.name]))
        for table in self._own:
            self._write_csv(table, self._rows(table))
        for table in self._shared:
            self._write_csv(table, named_rows(self._connection, table, self._used[table.name]))
        self._write_notes()
        for table in self._own:
            if table.name in WITH_FILES:
                self._write_files(table)
        export_id = new_public_id()
        self._archive.finish(self._manifest(export_id, revision, now))
        return Exported(export_id, self._counts)

    def _rows(self, table: Table) -> Iterator[Row]:
        return rows_of(self._connection, table, self._practice_id, self._hidden)

    def _noted(self, table: Table, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass rows on and note whom of the shared tables they name: in columns, and in what acts say."""
        columns = {target: names_of(table, target) for target in self._used}
        texts = [column.name for column in table.c if is_json(column)]
        for row in rows:
            for target, names in columns.items():
                self._used[target].update(row[name] for name in names if row[name] is not None)
            for name in texts:
                numbers = set(_numbers_in(row[name]))
                for target in self._used:
                    self._used[target] |= numbers & self._names.by_table[target].keys()
            yield row

    def _write_json(self, table: Table, rows: Iterable[Row]) -> None:
        codecs = {
            column.name: codec_of(column) for column in exported_columns(table) if not is_file(table, column.name)
        }
        count = 0
        with self._archive.member(f"data/{table.name}.jsonl") as out:
            for row in rows:
                cells = {name: _jsoned(codec.to_json, row[name]) for name, codec in codecs.items()}
                if table.name in WITH_FILES:
                    cells[FILE_COLUMN] = self._names.file(table.name, row["id"])
                out.text(json.dumps(cells, ensure_ascii=False, separators=(",", ":")) + "\n")
                count += 1
                self._progress.one(f"Writing {_said(table)}")
        self._counts[table.name] = count

    def _write_csv(self, table: Table, rows: Iterator[Row]) -> None:
        with self._archive.member(csv_name(table)) as out:
            for number, line in enumerate(csv_of(table, rows, self._names)):
                out.text(line)
                if number:
                    self._progress.one(f"Writing {_said(table)} as a spreadsheet")

    def _write_notes(self) -> None:
        table = Base.metadata.tables["notes"]
        for row in self._rows(table):
            name = self._names.file("notes", row["id"])
            assert name is not None  # every note has one
            self._archive.put(name, row["text"].encode())
            self._progress.tell("Writing notes")

    def _write_files(self, table: Table) -> None:
        hidden = self._hidden.get(table.name, frozenset())
        for row_id, name in self._names.files[table.name].items():
            if row_id in hidden:
                continue
            content = file_of(self._connection, table, self._practice_id, row_id)
            is_original = table.name == RawFile.__tablename__
            self._archive.put(name, zlib.decompress(content) if is_original else content)
            self._progress.tell(f"Writing {_said(table)}")

    def _manifest(self, export_id: str, revision: str, now: datetime) -> dict[str, Any]:
        practice = Base.metadata.tables[Practice.__tablename__]
        query = select(practice.c.public_id, practice.c.name, practice.c.npi).where(practice.c.id == self._practice_id)
        return {
            "format": FORMAT,
            "schema": SCHEMA,
            "revision": revision,
            "export_id": export_id,
            "made_at": now.isoformat(),
            "practice": dict(self._connection.execute(query).mappings().one()),
            "conventions": {
                "money": "columns ending in _cents are whole cents (integers); _dollars in CSV is the same in dollars",
                "dates": "ISO 8601; moments are UTC",
                "files": "a row's content is the name of a file of this archive",
            },
            "rows": self._counts,
            "protected_left_out": {name: len(ids) for name, ids in self._hidden.items()},
            "left_out": dict(LEFT_BEHIND),
        }


class _Progress:
    """Counts rows and tells of every few hundred."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def one(self, doing: str) -> None:
        self._done += 1
        if self._done % _TELL_EVERY == 0:
            self.tell(doing)

    def tell(self, doing: str) -> None:
        self._report(min(self._done, self._total), self._total, doing)


def _jsoned(to_json: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else to_json(value)


def _numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _numbers_in(each)
    elif isinstance(value, int):
        yield value


def _said(table: Table) -> str:
    return table.name.replace("_", " ")
