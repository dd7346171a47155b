"""Reads what holds per kind of payer: defaults, yearly Medicare amounts, closed days."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from tracker.domain.payer_habits import COUNTING_METHODS, HABITS, Habit
from tracker.knowledge.entries import Cited, Figure, PayerDefaults, RootCause
from tracker.knowledge.rows import Problems, Row, file_name, read_entries
from tracker.knowledge.tables import CONFIDENCES, PAYER_KINDS, by_code

_FIELDS = (
    "counting_method", "requires_discipline_modifier", "uses_kx", "filing_days", "nonpayable_codes", *HABITS,
)  # fmt: skip
_STARTS_AT = frozenset({"therapist", "front desk", "biller", "payer", "patient"})


def read_root_causes(path: Path, problems: Problems) -> Mapping[str, RootCause]:
    """Return the root causes, in the order of the file."""
    return by_code((row, _root_cause(code, row)) for code, row in read_entries(path, problems))


def _root_cause(code: str, row: Row) -> RootCause:
    return RootCause(
        code,
        row.text("title"),
        row.text("group"),
        row.text("definition"),
        row.one_of("starts_at", _STARTS_AT),
        row.flag("avoidable"),
        row.text("source"),
    )


def read_payer_kinds(path: Path, problems: Problems) -> Mapping[str, PayerDefaults]:
    """Return the defaults per kind of payer; a kind of the case format that is missing is noted."""
    found = {}
    for kind, row in read_entries(path, problems):
        if kind not in PAYER_KINDS:
            row.wrong(f"{kind} is no payer kind; the kinds are {', '.join(sorted(PAYER_KINDS))}")
        found[kind] = _defaults(kind, row)
    if missing := PAYER_KINDS - found.keys():
        problems.append(f"{file_name(path)}: there is no entry for {', '.join(sorted(missing))}")
    return MappingProxyType(found)


def _defaults(kind: str, row: Row) -> PayerDefaults:
    for name in row.names():
        if name not in _FIELDS and name != "title":
            row.wrong(f"{name} is no field of a payer", name)
    parts = {name: row.part(name) for name in _FIELDS}
    return PayerDefaults(
        kind=kind,
        title=row.text("title"),
        counting_method=parts["counting_method"].one_of("value", frozenset(COUNTING_METHODS)),
        requires_discipline_modifier=parts["requires_discipline_modifier"].flag("value"),
        uses_kx=parts["uses_kx"].flag("value"),
        filing_days=parts["filing_days"].optional_whole("value"),
        nonpayable_codes=MappingProxyType(dict(parts["nonpayable_codes"].table("value"))),
        habits=MappingProxyType({name: _habit(habit, parts[name]) for name, habit in HABITS.items()}),
        cited=MappingProxyType({name: _cited(part) for name, part in parts.items()}),
    )


def _habit(habit: Habit, part: Row) -> bool | int | None:
    return part.optional_flag("value") if habit.is_flag else part.optional_whole("value")


def _cited(part: Row) -> Cited:
    return Cited(part.text("source"), part.one_of("confidence", CONFIDENCES), part.day("checked_on"))


class MedicareFigures:
    """Yearly amounts, and days federal offices close by order."""

    def __init__(self, figures: Mapping[tuple[str, int, str], Figure], closed_days: frozenset[date]) -> None:
        self._figures, self.closed_days = figures, closed_days

    def find(self, name: str, year: int, pool: str) -> Figure | None:
        """Return the figure of a year, or None when it is not known."""
        return self._figures.get((name, year, pool))

    def all(self) -> Iterator[tuple[str, Figure]]:
        """Yield every figure with its name."""
        for (name, _, _), figure in self._figures.items():
            yield name, figure


def read_medicare(path: Path, problems: Problems) -> MedicareFigures:
    """Return the yearly figures (``[[kx_threshold]]``, ``[[amount_in_controversy]]``...) and the ``[[closed_day]]`` entries."""
    figures: dict[tuple[str, int, str], Figure] = {}
    closed = set()
    for name, row in read_entries(path, problems):
        source, checked_on = row.text("source"), row.day("checked_on")
        if name == "closed_day":
            closed.add(row.day("day"))
            continue
        first = row.whole("from_year")
        for year in range(first, (row.optional_whole("to_year") or first) + 1):
            for pool in row.words("pools"):
                figures[name, year, pool] = Figure(row.whole("dollars") * 100, year, pool, source, checked_on)
    return MedicareFigures(figures, frozenset(closed))
