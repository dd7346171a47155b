"""The tables of an export as CSV that people open in a spreadsheet: names beside ids, dollars beside cents."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Table

from tracker.domain.money import plain_amount
from tracker.models.sealed import SealedJson
from tracker.reports.csv_export import csv_row
from tracker.reports.practice_names import PracticeNames
from tracker.reports.practice_rows import Row, is_file
from tracker.services.practice_tables import PAYERS, exported_columns, is_json

TITLES: Mapping[str, str] = {
    "imports": "imported_files",
    "raw_files": "imported_files_as_they_came",
    "claim_payments": "payments",
    "service_payments": "payments_of_lines",
    "denial_answers": "denial_chain",
    "events": "activity",
    "memberships": "roles",
    "provider_adjustments": "takebacks_and_provider_adjustments",
    "suggestions": "suggested_causes",
    "users": "people",
}
"""Names of CSV files where the table's own name says little."""

_CENTS = "_cents"
_NOT_FOR_PEOPLE = ("_hash", "_key")
_LONG_TEXTS = {("notes", "text"), ("template_editions", "body")}


class _Field(NamedTuple):
    head: str
    cell: Callable[[Row], Any]


def csv_name(table: Table) -> str:
    """Return the name of a table's CSV file in the archive."""
    return f"csv/{TITLES.get(table.name, table.name)}.csv"


def csv_of(table: Table, rows: Iterator[Row], names: PracticeNames) -> Iterator[str]:
    """Yield the lines of a table's CSV: a head, then its rows; no cell starts a formula."""
    fields = [*_fields(table, names), *_more(table, names)]
    yield csv_row([field.head for field in fields], first=True)
    for row in rows:
        yield csv_row([field.cell(row) for field in fields])


def _fields(table: Table, names: PracticeNames) -> Iterator[_Field]:
    for column in exported_columns(table):
        if not _is_left_out(table, column):
            yield from _fields_of(column, names)


def _is_left_out(table: Table, column: Column[Any]) -> bool:
    return (
        column.name in {"practice_id", "version"}
        or column.name.endswith(_NOT_FOR_PEOPLE)
        or is_file(table, column.name)
        or is_json(column)
        or (table.name, column.name) in _LONG_TEXTS
    )


def _fields_of(column: Column[Any], names: PracticeNames) -> Iterator[_Field]:
    name = column.name
    yield _Field(name, lambda row: _plain(row[name]))
    if name.endswith(_CENTS):
        bare = name.removesuffix(_CENTS)
        yield _Field(f"{bare}_dollars", lambda row: None if row[name] is None else plain_amount(row[name]))
    target = _target(column)
    if target is not None and target in names.by_table:
        yield _Field(name.removesuffix("_id"), lambda row: names.name(target, row[name]))


def _target(column: Column[Any]) -> str | None:
    """Return the table that a column's ids are of; the practice's own is no news."""
    targets = {key.column.table.name for key in column.foreign_keys} - {"practices"}
    return next(iter(targets), PAYERS if column.name == "payer_id" else None)


def _more(table: Table, names: PracticeNames) -> Iterator[_Field]:
    """Yield what a table has besides its columns: where a row's file lies, and an act's details."""
    if table.name in names.files:
        yield _Field("file", lambda row: names.file(table.name, row["id"]))
    if table.name == "events":
        yield _Field("subject", lambda row: names.name(f"{row['subject_kind']}s", row["subject_id"]))
        yield _Field("details", lambda row: _words(row["details"]))
    for column in table.c:
        if is_json(column) and not isinstance(column.type, SealedJson):
            yield _in_words(column.name)


def _in_words(name: str) -> _Field:
    return _Field(name, lambda row: _words(row[name]))


def _words(value: Any) -> str:
    """Return JSON as a person reads it in a cell."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return ("no", "yes")[value] if isinstance(value, bool) else value
