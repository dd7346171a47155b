"""A fee schedule: a list of contracted rates per payer and code, with the columns named."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tracker.domain.expected_amounts import Rate
from tracker.domain.money import MoneyError
from tracker.importers.backlog import column_letter, read_day
from tracker.importers.errors import ImportProblem
from tracker.importers.table import Row, Table, table_of
from tracker.importers.typed import DateError, read_amount

COLUMNS: Mapping[str, frozenset[str]] = {
    "payer": frozenset({"payer", "payername", "insurance"}),
    "code": frozenset({"code", "cpt", "cptcode", "hcpcs", "procedurecode"}),
    "modifier": frozenset({"modifier", "mod"}),
    "rate": frozenset({"rate", "contractedrate", "fee", "allowed", "allowedamount", "rateperunit"}),
    "from": frozenset({"from", "effectivefrom", "effectivedate", "startdate"}),
    "to": frozenset({"to", "effectiveto", "until", "enddate", "termdate"}),
}
"""The columns by the name an export gives them, with the headers by which each is known, in small letters and digits."""

_PASSED_OVER = frozenset({"practice"})  # an export says whose rates they are; a load asks
_WANTED = ("payer", "code", "rate", "from")
_LOOKED_AT = 20
_MOST_CENTS = 10_000_00
_CODE = re.compile(r"[0-9A-Z]{5}", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)


class LoadedRate(NamedTuple):
    """A rate as a row of the file tells it."""

    row: int
    payer: str
    code: str
    rate: Rate

    @property
    def key(self) -> tuple[str, str, str, date]:
        """What no two rates may have in common."""
        return self.payer, self.code, self.rate.modifier, self.rate.first


class RateProblem(NamedTuple):
    """What hinders a file: the row's number in it, the column in words, and what to do."""

    row: int
    column: str
    why: str


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """The rates of a file, payers under their own names; with any problem nothing of it may be loaded."""

    rates: tuple[LoadedRate, ...]
    problems: tuple[RateProblem, ...]


def read_fee_schedule(rows: Sequence[tuple[int, list[str]]], payers: Iterable[str]) -> FeeSchedule:
    """Return the rates of a list and what has to be mended in it; ``payers`` are the names that count as known.

    Raises ImportProblem when no row holds the headers, or none follows them.
    """
    at = next((number for number, cells in rows[:_LOOKED_AT] if _is_head(cells)), None)
    if at is None:
        raise ImportProblem(
            "File", "No row names the columns payer, code, rate and from.", "Put these headers in the first row."
        )
    table = table_of(rows, at)
    if not table.rows:
        raise ImportProblem("File", "The file holds headers but no rates below them.", "Add a row for each rate.")
    columns = {name: place for place, header in enumerate(table.headers) if (name := _column(header))}
    names = {" ".join(name.split()).casefold(): name for name in payers}
    unknown = [
        RateProblem(at, f"column {column_letter(place)} ({header[:40] or 'no header'})",
                    "This column is not known. Remove it, or name it payer, code, modifier, rate, from or to")
        for place, header in enumerate(table.headers)
        if _column(header) is None and _plain(header) not in _PASSED_OVER and (header or _is_used(table, place))
    ]  # fmt: skip
    readers = [_RowReader(row, columns, names) for row in table.rows]
    rates = [rate for reader in readers if (rate := reader.read()) is not None]
    problems = [*unknown, *(problem for reader in readers for problem in reader.problems), *_doubled(rates)]
    return FeeSchedule(tuple(rates), tuple(sorted(problems)))


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", header.lower())


def _column(header: str) -> str | None:
    return next((name for name, headers in COLUMNS.items() if _plain(header) in headers), None)


def _is_head(cells: Sequence[str]) -> bool:
    return set(_WANTED) <= {_column(cell) for cell in cells}


def _is_used(table: Table, place: int) -> bool:
    return any(row.cells[place] for row in table.rows)


def _doubled(rates: Iterable[LoadedRate]) -> Iterable[RateProblem]:
    first: dict[tuple[str, str, str, date], int] = {}
    for rate in rates:
        if first.setdefault(rate.key, rate.row) != rate.row:
            why = f"Row {first[rate.key]} has the same payer, code, modifier and first day. Keep one of them"
            yield RateProblem(rate.row, "code", why)


class _RowReader:
    """Reads the cells of one row; what cannot be read is kept as a problem."""

    def __init__(self, row: Row, columns: Mapping[str, int], payers: Mapping[str, str]) -> None:
        self._row, self._columns, self._payers = row, columns, payers
        self.problems: list[RateProblem] = []

    def read(self) -> LoadedRate | None:
        """Return the row's rate, None when a cell cannot be read."""
        payer, code, modifier, cents = self._payer(), self._code(), self._modifier(), self._cents()
        first, last = self._day("from"), self._day("to") if self._cell("to") else None
        if first and last and last < first:
            self._refuse("to", "The last day must not be before the first")
        if self.problems or first is None:
            return None
        return LoadedRate(self._row.number, payer, code, Rate(modifier, first, last, cents))

    def _cell(self, name: str) -> str:
        return self._row.cells[self._columns[name]] if name in self._columns else ""

    def _refuse(self, name: str, why: str) -> None:
        self.problems.append(RateProblem(self._row.number, name, why))

    def _payer(self) -> str:
        found = self._payers.get(self._cell("payer").casefold())
        if found is None:
            why = (
                "Enter the payer"
                if not self._cell("payer")
                else "No payer has this name. Write it as on the page Payers"
            )
            self._refuse("payer", why)
        return found or ""

    def _code(self) -> str:
        code = self._cell("code").upper()
        if not _CODE.fullmatch(code):
            self._refuse("code", "Enter a code of five letters and digits, like 97110")
        return code

    def _modifier(self) -> str:
        modifier = self._cell("modifier").upper()
        if modifier and not _MODIFIER.fullmatch(modifier):
            self._refuse("modifier", "Enter one modifier of two letters or digits, like CQ, or none")
        return modifier

    def _cents(self) -> int:
        try:
            cents = read_amount(self._cell("rate"))
        except MoneyError:
            cents = -1
        if not 0 <= cents <= _MOST_CENTS:
            self._refuse("rate", "Enter the dollars of one unit, like 31.40, up to 10,000")
        return cents

    def _day(self, name: str) -> date | None:
        try:
            return read_day(self._cell(name))
        except DateError:
            self._refuse(name, "Enter a date like 01/01/2026")
            return None
