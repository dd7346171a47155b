"""Reads the data files as rows whose cells are asked for by type; what is wrong is named with file and line."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any


class KnowledgeError(Exception):
    """Raised when a data file is wrong; the message names the file, the line and what would be right."""


class _TabSeparated(csv.excel_tab):
    """Tabs between cells; a quotation mark is only a character."""

    quoting = csv.QUOTE_NONE


class Row:
    """One row of a data file."""

    __slots__ = ("_cells", "file", "line")

    def __init__(self, file: str, line: int, cells: Mapping[str, Any]) -> None:
        self.file, self.line, self._cells = file, line, cells

    def wrong(self, why: str) -> KnowledgeError:
        """Return the error that says what is wrong with this row."""
        return KnowledgeError(f"{self.file}, line {self.line}: {why}")

    def optional(self, name: str) -> str:
        """Return the text of a cell that may be empty or absent."""
        value = self._cells.get(name, "")
        if not isinstance(value, str):
            raise self.wrong(f"{name} must be text, it is {value!r}")
        return value

    def text(self, name: str) -> str:
        """Return the text of a cell that may not be empty."""
        value = self.optional(name)
        if not value.strip():
            raise self.wrong(f"{name} is empty")
        return value

    def one_of(self, name: str, allowed: frozenset[str]) -> str:
        """Return a cell whose text is one of ``allowed``."""
        value = self.optional(name)
        if value not in allowed:
            raise self.wrong(f"{name} is {value!r}, it must be one of {', '.join(sorted(allowed))}")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of a cell that holds several, or the strings of a list."""
        value = self._cells.get(name, "")
        return tuple(value.split()) if isinstance(value, str) else tuple(map(str, value))

    def flag(self, name: str) -> bool:
        """Return a yes-or-no cell: ``y`` or ``n`` in tables, true or false in TOML."""
        value = self._cells.get(name)
        if isinstance(value, bool):
            return value
        if value not in {"y", "n"}:
            raise self.wrong(f"{name} is {value!r}, it must be y or n")
        return bool(value == "y")

    def whole(self, name: str) -> int:
        """Return a whole number, not negative."""
        value = self._cells.get(name, "")
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(f"{name} is {value!r}, it must be a whole number")
        return value

    def optional_whole(self, name: str) -> int | None:
        """Return a whole number, or None for an empty cell."""
        return None if self._cells.get(name, "") == "" else self.whole(name)

    def optional_day(self, name: str) -> date | None:
        """Return a date, or None for an empty cell."""
        value = self._cells.get(name, "")
        if value == "":
            return None
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(f"{name} is {value!r}, it must be a date like 2026-11-22") from None

    def day(self, name: str) -> date:
        """Return a date that must be there."""
        value = self.optional_day(name)
        if value is None:
            raise self.wrong(f"{name} is empty")
        return value

    def table(self, name: str) -> Mapping[str, Any]:
        """Return a table inside a TOML entry, empty when absent."""
        value = self._cells.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{name} must be a table")
        return value

    def names(self) -> tuple[str, ...]:
        """Return the names of the cells."""
        return tuple(self._cells)


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """Yield the rows of a .tsv or .csv file whose header must be exactly ``columns``.

    Raises KnowledgeError for another header or a row of another length.
    """
    with path.open(encoding="utf-8", newline="") as file:
        dialect = _TabSeparated if path.suffix == ".tsv" else csv.excel
        lines = csv.reader(file, dialect)
        if (header := tuple(next(lines, ()))) != columns:
            raise KnowledgeError(f"{_name(path)}, line 1: the columns are {header}, they must be {columns}")
        for cells in lines:
            if len(cells) != len(columns):
                raise KnowledgeError(
                    f"{_name(path)}, line {lines.line_num}: {len(cells)} cells for {len(columns)} columns"
                )
            yield Row(_name(path), lines.line_num, dict(zip(columns, cells, strict=True)))


def read_entries(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield the tables of a TOML file with their names, ``[[name]]`` entries one by one, each with its line.

    Tables inside an entry are part of it. Raises KnowledgeError when the file is not TOML.
    """
    text = path.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{_name(path)}: {error}") from None
    lines = _header_lines(text)
    for name, value in content.items():
        if not isinstance(value, dict | list):
            raise KnowledgeError(f"{_name(path)}: {name} stands outside of an entry")
        for number, cells in enumerate(value if isinstance(value, list) else [value]):
            places = lines.get(name, [1])
            yield name, Row(_name(path), places[min(number, len(places) - 1)], cells)


def _header_lines(text: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("["):
            found.setdefault(line.split("#")[0].strip('[]" '), []).append(number)
    return found
