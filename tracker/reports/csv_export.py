"""CSV that a spreadsheet opens as text and numbers, never as formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from tracker.domain.money import plain_amount
from tracker.domain.sheet import Cell, Column, Kind, Sheet

# A cell that starts like this is taken for a formula by spreadsheets (security.md C-37); plain numbers are not.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_BYTE_ORDER_MARK = "\ufeff"  # tells Excel that the text is UTF-8


def safe_cell(value: Any) -> str:
    """Return a value as a CSV cell: ISO dates, nothing for None, and no text that starts a formula."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_lines(about: Iterable[tuple[str, str]], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a file: what it is about (filters, run time, definitions), a blank line, heads, rows."""
    yield _BYTE_ORDER_MARK
    for name, value in about:
        yield _line((name, value))
    yield _line(())
    yield _line(columns)
    for row in rows:
        yield _line(row)


def csv_of(sheets: Iterable[Sheet]) -> Iterator[str]:
    """Yield the lines of a file with these tables, one below the other: ISO dates, plain dollars, shares from 0 to 1."""
    yield _BYTE_ORDER_MARK
    for place, sheet in enumerate(sheets):
        if place:
            yield _line(())
        yield from (_line(pair) for pair in (("Table", sheet.title), *sheet.about))
        yield _line(())
        yield _line([column.name for column in sheet.columns])
        for row in sheet.rows:
            yield _line([_plain(column, cell) for column, cell in zip(sheet.columns, row, strict=True)])


def _plain(column: Column, cell: Cell) -> Cell:
    if isinstance(cell, int) and column.kind is Kind.CENTS:
        return plain_amount(cell)
    return f"{cell:.4f}" if isinstance(cell, float) and column.kind is Kind.SHARE else cell


def csv_row(cells: Sequence[Any], *, first: bool = False) -> str:
    """Return one line of a file that has no lines above its heads; the first one says that it is UTF-8."""
    return (_BYTE_ORDER_MARK if first else "") + _line(cells)


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
