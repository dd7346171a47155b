"""Pairs of codes not paid together (NCCI) and units a day (MUE), by quarter and setting."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from tracker.knowledge.entries import EndedEdit, Mue, NcciEdit, Source
from tracker.knowledge.rows import Problems, Row, read_table
from tracker.knowledge.tables import Sources, quarter_files, quarter_of, source_of

NCCI_COLUMNS = ("column1", "column2", "practitioner", "facility", "rationale", "ended", "source")
MUE_COLUMNS = ("code", "practitioner", "practitioner_mai", "facility", "facility_mai", "source")
SETTINGS = ("practitioner", "facility")

_Table = TypeVar("_Table")
_Key = TypeVar("_Key", bound=Hashable)


class Quarters(Generic[_Table]):
    """One table per quarter."""

    def __init__(self, tables: Mapping[str, _Table]) -> None:
        self._tables = tables
        self._names = sorted(tables)

    def on(self, day: date) -> tuple[_Table, str, bool]:
        """Return the table that holds on ``day``, its quarter, and whether that is the day's own quarter.

        A quarter that is not loaded gives the latest one before it; days before all of them the earliest.
        """
        wanted = quarter_of(day)
        name = self._names[max(bisect_right(self._names, wanted) - 1, 0)]
        return self._tables[name], name, name == wanted


class _Pair(NamedTuple):
    indicators: Mapping[str, int]
    rationale: str
    ended: tuple[tuple[date, int], ...]
    source: Source


class _Limit(NamedTuple):
    units: Mapping[str, tuple[int, int]]
    source: Source


class Edits:
    """All loaded NCCI pairs and MUEs."""

    def __init__(
        self, pairs: Quarters[Mapping[tuple[str, str], _Pair]], limits: Quarters[Mapping[str, _Limit]]
    ) -> None:
        self._pairs, self._limits = pairs, limits

    def pair(self, code1: str, code2: str, on: date, setting: str) -> NcciEdit | None:
        """Return the edit between two codes in force on a day, in whichever order it stands."""
        table, quarter, exact = self._pairs.on(on)
        for column1, column2 in ((code1, code2), (code2, code1)):
            found = table.get((column1, column2))
            if found is not None and setting in found.indicators:
                indicator = found.indicators[setting]
                return NcciEdit(column1, column2, indicator, found.rationale, quarter, exact, found.source)
        return None

    def ended_pair(self, code1: str, code2: str, on: date, setting: str) -> EndedEdit | None:
        """Return what is known of a pair that is no edit on a day but once was one."""
        if self.pair(code1, code2, on, setting) is not None:
            return None
        table, quarter, exact = self._pairs.on(on)
        for column1, column2 in ((code1, code2), (code2, code1)):
            found = table.get((column1, column2))
            if found is not None and found.ended:
                return EndedEdit(column1, column2, found.ended, quarter, exact, found.source)
        return None

    def limit(self, code: str, on: date, setting: str) -> Mue | None:
        """Return the most units of a code a day."""
        table, quarter, exact = self._limits.on(on)
        found = table.get(code)
        if found is None:
            return None
        units, mai = found.units[setting]
        return Mue(code, units, mai, quarter, exact, found.source)


def read_edits(folder: Path, sources: Sources, problems: Problems) -> Edits:
    """Return the pairs and limits of ``folder``/ncci and ``folder``/mue."""
    pairs = {
        quarter: _once((row, _pair(row, sources)) for row in read_table(path, NCCI_COLUMNS, problems))
        for quarter, path in quarter_files(folder / "ncci", problems).items()
    }
    limits = {
        quarter: _once((row, _limit(row, sources)) for row in read_table(path, MUE_COLUMNS, problems))
        for quarter, path in quarter_files(folder / "mue", problems).items()
    }
    return Edits(Quarters(pairs), Quarters(limits))


def _once(rows: Iterable[tuple[Row, tuple[_Key, _Table]]]) -> dict[_Key, _Table]:
    """Return the entries by their key; one that stands twice is noted."""
    found: dict[_Key, _Table] = {}
    for row, (key, entry) in rows:
        if key in found:
            row.wrong(f"{' with '.join(key) if isinstance(key, tuple) else key} stands twice")
        found[key] = entry
    return found


def _pair(row: Row, sources: Sources) -> tuple[tuple[str, str], _Pair]:
    indicators = {
        setting: int(row.one_of(setting, frozenset({"0", "1"}))) for setting in SETTINGS if row.optional(setting)
    }
    pair = _Pair(indicators, row.optional("rationale"), _ended(row), source_of(row, sources))
    return (row.text("column1"), row.text("column2")), pair


def _ended(row: Row) -> tuple[tuple[date, int], ...]:
    """Read ``2019-12-31:1 2020-10-01:9``: last day and indicator of each row that has ended."""
    ended = []
    for word in row.words("ended"):
        day, _, indicator = word.rpartition(":")
        try:
            ended.append((date.fromisoformat(day), int(indicator)))
        except ValueError:
            row.wrong(f"ended has {word!r}, it must be a date and an indicator like 2019-12-31:1")
    return tuple(ended)


def _limit(row: Row, sources: Sources) -> tuple[str, _Limit]:
    units = {setting: (row.whole(setting), row.whole(f"{setting}_mai")) for setting in SETTINGS}
    return row.text("code"), _Limit(units, source_of(row, sources))
