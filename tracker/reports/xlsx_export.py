"""Tables as a workbook: words stay words, days and amounts are real ones, nothing in a cell is a formula or a link."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tracker.domain.sheet import Cell, Column, Kind, Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000  # a worksheet has 1,048,576
_MOST_SIGNS = 32_000  # a cell has 32,767
_LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.CENTS: "#,##0.00",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "General",
    Kind.SHARE: "0.0%",
    Kind.TEXT: "@",
}
_WIDTHS = {Kind.TEXT: 22, Kind.DATE: 12, Kind.CENTS: 12, Kind.COUNT: 10, Kind.NUMBER: 10, Kind.SHARE: 10}
# What reads it is a person's spreadsheet: no text becomes a formula, a link or a number there.
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}  # fmt: skip


class TooManyRows(Exception):  # noqa: N818  # says what happened
    """Raised when a table has more rows than a worksheet takes."""


def xlsx_of(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook with a worksheet for each table. Raises TooManyRows, so that none is cut in silence."""
    import xlsxwriter  # its import takes a moment that a start has better uses for

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        formats = {kind: book.add_format({"num_format": how}) for kind, how in _FORMATS.items()}
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _fill(book.add_worksheet(_name(sheet.title)), sheet, formats, bold)
    return file.getvalue()


def _name(title: str) -> str:
    return _NOT_IN_A_NAME.sub(" ", title)[:_LONGEST_NAME].strip()


def _fill(page: Any, sheet: Sheet, formats: dict[Kind, Any], bold: Any) -> None:
    if len(sheet.rows) > MOST_ROWS:
        raise TooManyRows
    for line, (name, words) in enumerate((("Table", sheet.title), *sheet.about)):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, words)
    head = len(sheet.about) + 2
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _WIDTHS[column.kind])
        page.write_string(head, place, column.name, bold)
    for line, row in enumerate(sheet.rows, head + 1):
        _write_row(page, line, sheet.columns, row, formats)
    page.freeze_panes(head + 1, 0)
    page.autofilter(head, 0, max(head + len(sheet.rows), head), len(sheet.columns) - 1)
    page.repeat_rows(head)
    page.set_landscape()


def _write_row(page: Any, line: int, columns: Sequence[Column], row: Sequence[Cell], formats: dict[Kind, Any]) -> None:
    for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
        if cell is None or cell == "":
            continue
        if isinstance(cell, date):
            page.write_datetime(line, place, cell, formats[Kind.DATE])
        elif isinstance(cell, str):
            page.write_string(line, place, cell[:_MOST_SIGNS], formats[Kind.TEXT])
        else:
            page.write_number(line, place, cell / 100 if column.kind is Kind.CENTS else cell, formats[column.kind])
