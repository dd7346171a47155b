"""A list as a program exports it: rows of texts under their headers."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.importers.errors import ImportProblem

MAX_COLUMNS = 100
_DELIMITERS = ",;\t|"
_SAVE = "Save the list as CSV or XLSX, then add it here."


class Row(NamedTuple):
    """One row: its number in the file, from 1, and its texts, one for each header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Headers and the rows below them; empty rows are left out."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def csv_rows(data: bytes) -> list[tuple[int, list[str]]]:
    """Return number and cells of every row of a CSV file; commas, semicolons, tabs and bars part the cells.

    Raises ImportProblem for what is no text or cannot be taken apart.
    """
    text = _text(data)
    start = text[:20_000]
    delimiter = max(_DELIMITERS, key=start.count)
    try:
        return [
            (number, row)
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1)
        ]
    except csv.Error:
        raise ImportProblem("File", "The file is not a list: a quotation mark in it is never closed.", _SAVE) from None


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise ImportProblem("File", "The file is neither CSV nor XLSX.", _SAVE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def table_of(rows: Iterable[tuple[int, Sequence[str]]], at: int) -> Table:
    """Return the table whose headers stand in row number ``at``; what stands above is a title."""
    kept = [(number, [_cell(text) for text in cells[:MAX_COLUMNS]]) for number, cells in rows]
    headers = next(cells for number, cells in kept if number == at)
    width = max(len(headers), *(len(cells) for number, cells in kept if number >= at))
    below = [Row(number, _wide(cells, width)) for number, cells in kept if number > at and any(cells)]
    return Table(_wide(headers, width), tuple(below))


def _cell(text: str) -> str:
    """Return a cell without blanks around it; ``="00123"`` is how CSV files keep zeros in front."""
    text = " ".join(text.split())
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1]
    return text


def _wide(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))
