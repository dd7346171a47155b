"""Reads the data files as rows whose cells are asked for by type; what is wrong is named with file and line.

A cell that is wrong is noted in the list the readers share and something harmless of its type is given back, so that
one run names every problem of all files. Who reads a folder refuses it when anything was noted.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

Problems = list[str]


class KnowledgeError(Exception):
    """Raised when data files are wrong; the message names file, line and what would be right, one problem a line."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Return the problems one by one."""
        return tuple(str(self).splitlines())


def refuse(problems: Problems) -> None:
    """Raise KnowledgeError with all problems, if there are any."""
    if problems:
        raise KnowledgeError("\n".join(problems))


class _TabSeparated(csv.excel_tab):
    """Tabs between cells; a quotation mark is only a character."""

    quoting = csv.QUOTE_NONE


class Row:
    """One row of a table, or one entry of a TOML file; ``lines`` gives the line of each key of an entry."""

    __slots__ = ("_cells", "_lines", "_problems", "file", "line")

    def __init__(
        self,
        file: str,
        line: int,
        cells: Mapping[str, Any],
        problems: Problems,
        lines: Mapping[str, int] | None = None,
    ) -> None:
        self.file, self.line, self._cells, self._problems, self._lines = file, line, cells, problems, lines or {}

    def wrong(self, why: str, name: str = "") -> None:
        """Note what is wrong with this row, at the line of its key ``name`` where that is known."""
        self._problems.append(f"{self.file}, line {self._lines.get(name, self.line)}: {why}")

    def part(self, name: str) -> "Row":
        """Return the table ``name`` of an entry as a row of its own."""
        cells = {"file": "", **self.table(name)}
        return Row(self.file, self._lines.get(name, self.line), cells, self._problems)

    def optional(self, name: str) -> str:
        """Return the text of a cell that may be empty or absent."""
        value = self._cells.get(name, "")
        if not isinstance(value, str):
            self.wrong(f"{name} must be text, it is {value!r}", name)
            return ""
        return value

    def text(self, name: str) -> str:
        """Return the text of a cell that may not be empty."""
        value = self._cells.get(name, "")
        if isinstance(value, str) and not value.strip():
            self.wrong(f"{name} is empty", name)
        return self.optional(name)

    def one_of(self, name: str, allowed: frozenset[str]) -> str:
        """Return a cell whose text is one of ``allowed``."""
        value = self._cells.get(name, "")
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"{name} is {value!r}, it must be one of {', '.join(sorted(allowed))}", name)
            return min(allowed)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of a cell that holds several, or the strings of a list."""
        value = self._cells.get(name, "")
        if not isinstance(value, str | list):
            self.wrong(f"{name} must be a list of words, it is {value!r}", name)
            return ()
        return tuple(value.split()) if isinstance(value, str) else tuple(map(str, value))

    def flag(self, name: str) -> bool:
        """Return a yes-or-no cell: ``y`` or ``n`` in tables, true or false in TOML."""
        value = self._cells.get(name)
        if isinstance(value, bool):
            return value
        if value not in ("y", "n"):
            self.wrong(f"{name} is {value!r}, it must be y or n", name)
        return bool(value == "y")

    def optional_flag(self, name: str) -> bool | None:
        """Return a yes-or-no cell, or None for an empty one."""
        return None if self._cells.get(name, "") == "" else self.flag(name)

    def whole(self, name: str) -> int:
        """Return a whole number, not negative."""
        value = self._cells.get(name, "")
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.wrong(f"{name} is {value!r}, it must be a whole number", name)
            return 0
        return value

    def optional_whole(self, name: str) -> int | None:
        """Return a whole number, or None for an empty cell."""
        return None if self._cells.get(name, "") == "" else self.whole(name)

    def optional_day(self, name: str) -> date | None:
        """Return a date, or None for an empty cell."""
        value = self._cells.get(name, "")
        if value == "" or isinstance(value, date):
            return value or None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(f"{name} is {value!r}, it must be a date like 2026-11-22", name)
            return date.min

    def day(self, name: str) -> date:
        """Return a date that must be there."""
        value = self.optional_day(name)
        if value is None:
            self.wrong(f"{name} is empty", name)
        return value or date.min

    def table(self, name: str) -> Mapping[str, Any]:
        """Return a table inside a TOML entry, empty when absent."""
        value = self._cells.get(name, {})
        if not isinstance(value, dict):
            self.wrong(f"{name} must be a table", name)
            return {}
        return value

    def entries(self, name: str) -> list[dict[str, Any]]:
        """Return a list of tables inside a TOML entry, empty when absent."""
        value = self._cells.get(name, [])
        if not _are_tables(value):
            self.wrong(f"{name} must be a list of tables", name)
            return []
        return list(value)

    def has(self, name: str) -> bool:
        """Whether the row has a cell ``name``."""
        return name in self._cells

    def names(self) -> tuple[str, ...]:
        """Return the names of the cells."""
        return tuple(self._cells)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def file_name(path: Path) -> str:
    """Return a file's name as problems say it, with its folder."""
    return f"{path.parent.name}/{path.name}"


def text_of(path: Path, problems: Problems) -> str | None:
    """Return a file's text, or None (noted) when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problems.append(f"{file_name(path)}: the file cannot be opened ({error.strerror})")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(f"{file_name(path)}, line {line}: the text is not UTF-8")
    return None


def read_table(path: Path, columns: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    """Yield the rows of a .tsv or .csv file whose header must be exactly ``columns``.

    A file with another header has no rows; a row of another length is left out. Both are noted.
    """
    text = text_of(path, problems)
    if text is None:
        return
    dialect = _TabSeparated if path.suffix == ".tsv" else csv.excel
    lines = csv.reader(text.splitlines(keepends=True), dialect)
    if (header := tuple(next(lines, ()))) != columns:
        problems.append(f"{file_name(path)}, line 1: the columns are {header}, they must be {columns}")
        return
    for cells in lines:
        if len(cells) == len(columns):
            named = dict(zip(columns, cells, strict=True))
            yield Row(file_name(path), lines.line_num, named, problems)
        else:
            why = f"{len(cells)} cells for {len(columns)} columns"
            problems.append(f"{file_name(path)}, line {lines.line_num}: {why}")


def read_toml(path: Path, problems: Problems) -> tuple[str, dict[str, Any]] | None:
    """Return a TOML file's text and content, or None (noted) when it is none."""
    text = text_of(path, problems)
    if text is None:
        return None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{file_name(path)}: {error}")
        return None


def read_whole(path: Path, problems: Problems) -> Row | None:
    """Return a TOML file as one entry, or None (noted) when it is no TOML."""
    found = read_toml(path, problems)
    if found is None:
        return None
    text, content = found
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        lines.setdefault(_key_of(line), number)
    return Row(file_name(path), 1, content, problems, lines)


def _key_of(line: str) -> str:
    """Return the key a line of TOML sets or the name of the table it starts."""
    return line.partition("#")[0].strip('[]" ') if line.startswith("[") else line.partition("=")[0].strip()


def read_entries(path: Path, problems: Problems) -> Iterator[tuple[str, Row]]:
    """Yield the tables of a TOML file with their names, ``[[name]]`` entries one by one, each with its line.

    Tables inside an entry are part of it. What is no TOML, and what stands outside of an entry, is noted.
    """
    found = read_toml(path, problems)
    if found is None:
        return
    text, content = found
    places = _places(text)
    for name, value in content.items():
        if not (isinstance(value, dict) or _are_tables(value)):
            problems.append(f"{file_name(path)}: {name} stands outside of an entry")
            continue
        known = places.get(name, [])
        for number, cells in enumerate(value if isinstance(value, list) else [value]):
            line, lines = known[number] if number < len(known) else (1, {})
            yield name, Row(file_name(path), line, cells, problems, lines)


def _places(text: str) -> dict[str, list[tuple[int, dict[str, int]]]]:
    """Return where each entry's header stands and the lines of its keys."""
    found: dict[str, list[tuple[int, dict[str, int]]]] = {}
    keys: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("["):
            keys = {}
            found.setdefault(_key_of(line), []).append((number, keys))
        else:
            keys.setdefault(_key_of(line), number)
    return found
