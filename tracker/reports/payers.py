"""Panel 6: which payers deny, which give in, which are slow."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.median import middle
from tracker.models import Payer
from tracker.reports.figures import LEAST_DECIDED, LEAST_LINES, Rate
from tracker.reports.months import Month
from tracker.reports.tallies import DecidedTally, DenialTally, LineTally


@dataclass(frozen=True, slots=True)
class PayerFigures:
    """One payer: its denials and rate in one month, its decided appeals and denials by month over all months asked."""

    public_id: str
    name: str
    denials: int
    cents: int
    rate: Rate
    appealed: Rate
    overturned: Rate
    median_days: int | None
    by_month: tuple[int, ...]


@dataclass(slots=True)
class _Sums:
    denials: int = 0
    cents: int = 0
    denied_lines: int = 0
    lines: int = 0
    appealed: int = 0
    won: int = 0
    decided: int = 0
    days: Counter[int] = field(default_factory=Counter)
    by_month: dict[Month, int] = field(default_factory=lambda: defaultdict(int))


def payer_figures(
    session: Session,
    month: Month,
    months: Sequence[Month],
    denials: Iterable[DenialTally],
    lines: Iterable[LineTally],
    decided: Iterable[DecidedTally],
    appealed: Mapping[int, int] | None = None,
) -> tuple[PayerFigures, ...]:
    """Return one row per payer with anything to show, most dollars denied in ``month`` first.

    ``appealed`` counts the month's denials that were appealed so far, by payer.
    """
    sums = _sums(month, denials, lines, decided)
    for payer_id, count in (appealed or {}).items():
        sums[payer_id].appealed = count
    payers = session.execute(select(Payer.id, Payer.public_id, Payer.name).where(Payer.id.in_(sums)))
    rows = [_figures(public_id, name, sums[payer_id], months) for payer_id, public_id, name in payers]
    return tuple(sorted(rows, key=lambda row: (-row.cents, -row.denials, row.name)))


def _sums(
    month: Month, denials: Iterable[DenialTally], lines: Iterable[LineTally], decided: Iterable[DecidedTally]
) -> dict[int, _Sums]:
    sums: dict[int, _Sums] = defaultdict(_Sums)
    for tally in denials:
        payer = sums[tally.payer_id]
        payer.by_month[Month.of(tally.day)] += tally.denials
        if Month.of(tally.day) == month:
            payer.denials += tally.denials
            payer.cents += tally.cents
            payer.denied_lines += tally.at_first_answer
    for answered in lines:
        if Month.of(answered.day) == month:
            sums[answered.payer_id].lines += answered.lines
    for appeals in decided:
        payer = sums[appeals.payer_id]
        payer.decided += appeals.appeals
        payer.won += appeals.won
        if appeals.days is not None:
            payer.days[appeals.days] += appeals.appeals
    return sums


def _figures(public_id: str, name: str, sums: _Sums, months: Sequence[Month]) -> PayerFigures:
    return PayerFigures(
        public_id=public_id,
        name=name,
        denials=sums.denials,
        cents=sums.cents,
        rate=Rate(sums.denied_lines, sums.lines, LEAST_LINES),
        appealed=Rate(sums.appealed, sums.denials, LEAST_LINES),
        overturned=Rate(sums.won, sums.decided, LEAST_DECIDED),
        median_days=middle(sums.days)[0] if sums.decided >= LEAST_DECIDED and sums.days else None,
        by_month=tuple(sums.by_month[month] for month in months),
    )


_SORTS: Mapping[str, Callable[[PayerFigures], float | None]] = {
    "denials": lambda row: row.denials,
    "denied": lambda row: row.cents,
    "rate": lambda row: row.rate.share,
    "appealed": lambda row: row.appealed.share,
    "overturned": lambda row: row.overturned.share,
    "days": lambda row: row.median_days,
}
SORTS = ("payer", *_SORTS)
"""The columns that payers can be sorted by; a minus in front turns the order around."""


def sorted_payers(payers: Sequence[PayerFigures], sort: str) -> tuple[PayerFigures, ...]:
    """Return the rows sorted by a column of ``SORTS``; those without a number are last, equal ones by name."""
    by_name = sorted(payers, key=lambda row: row.name.casefold())
    column, backwards = sort.removeprefix("-"), sort.startswith("-")
    if column == "payer":
        return tuple(reversed(by_name) if backwards else by_name)
    value = _SORTS[column]
    sign = -1 if backwards else 1
    return tuple(sorted(by_name, key=lambda row: (value(row) is None, sign * (value(row) or 0))))


def payers_heading(month: Month, payers: Sequence[PayerFigures]) -> str:
    """Return which payers deny most of their lines, from fixed sentences with checks."""
    rated = sorted((row for row in payers if row.rate.share is not None), key=lambda row: -(row.rate.share or 0))
    if not payers:
        return f"No payer answered in {month.name}"
    if not rated:
        return f"No payer has {LEAST_LINES} lines in {month.name}, so no rate yet"
    top = [f"{row.name} {row.rate.text()}" for row in rated[:2] if row.rate.part]
    if not top:
        return f"No lines denied at their first answer in {month.name}"
    if len(rated) == 1:
        return f"Denial rate in {month.name}: {top[0]}"
    return f"Highest denial {'rate' if len(top) == 1 else 'rates'} in {month.name}: {', '.join(top)}"
