"""Panel 3: where is it concentrated? Payers by reason codes, of one month: counts, dollars or rates.

The largest payers and reasons have rows and columns of their own, the rest is summed up as Other, so that the cells add up
to the month. Every cell knows which payers and codes it is made of: its link lists exactly those denials.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.money import whole_dollars
from tracker.models import Payer
from tracker.month_counts import NO_REASON
from tracker.reports.figures import LEAST_LINES, Rate
from tracker.reports.months import Month
from tracker.reports.tallies import LineTally, ReasonTally

MOST_PAYERS = 10  # ux.md 3.3
MOST_REASONS = 8
SHADES = 5
LEAST_COLORED = 5  # ux.md 3.1: no color under 5 in rate mode
OTHER = "Other"

_Key = TypeVar("_Key")


class HeatMode(StrEnum):
    """What the cells say."""

    COUNT = "count"
    DOLLARS = "dollars"
    RATE = "rate"


class Sums(NamedTuple):
    """What the denials of a cell add up to; ``denied_lines`` were denied by the first answer to them."""

    denials: int = 0
    cents: int = 0
    denied_lines: int = 0

    def plus(self, tally: ReasonTally) -> "Sums":
        """Return the sums with one more tally."""
        return Sums(self.denials + tally.denials, self.cents + tally.cents, self.denied_lines + tally.at_first_answer)


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column: its name, and what it is made of (public ids of payers, or reason codes)."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its sums, the lines first answered by its payers, and its shade (0: none, to ``SHADES``: most)."""

    sums: Sums
    lines: int
    mode: HeatMode
    shade: int = 0

    @property
    def rate(self) -> Rate:
        """Lines denied for the reason by their first answer, of all lines the payers first answered in the month."""
        return Rate(self.sums.denied_lines, self.lines, LEAST_LINES)

    @property
    def denials(self) -> int:
        """The denials that the cell's number counts, and its link lists."""
        return self.sums.denied_lines if self.mode is HeatMode.RATE else self.sums.denials

    @property
    def is_too_small(self) -> bool:
        """Whether there are too few lines for the rate that is asked for."""
        return self.mode is HeatMode.RATE and self.rate.share is None

    @property
    def value(self) -> float:
        """What the shade stands for; nothing where a rate is of too few."""
        if self.mode is HeatMode.RATE:
            return (self.rate.share or 0) if self.sums.denied_lines >= LEAST_COLORED else 0
        return self.sums.cents if self.mode is HeatMode.DOLLARS else self.sums.denials

    @property
    def text(self) -> str:
        """The number in the cell; zero is a zero."""
        if self.mode is HeatMode.RATE:
            return self.rate.text()
        return whole_dollars(self.sums.cents) if self.mode is HeatMode.DOLLARS else f"{self.sums.denials:,}"


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Payers by reasons of one month, each row with one cell a column."""

    month: Month
    mode: HeatMode
    columns: tuple[Line, ...]
    rows: tuple[tuple[Line, tuple[Cell, ...]], ...]

    @property
    def cells(self) -> Iterable[tuple[Line, Line, Cell]]:
        """Every cell with its payer and its reason."""
        for payer, cells in self.rows:
            for reason, cell in zip(self.columns, cells, strict=True):
                yield payer, reason, cell


def heatmap(
    session: Session, month: Month, mode: HeatMode, tallies: Sequence[ReasonTally], lines: Iterable[LineTally]
) -> Heatmap:
    """Lay out the tallies of one month; ``lines`` of other months are left out of the rates."""
    answered = Counter[int]()
    for tally in lines:
        if Month.of(tally.day) == month:
            answered[tally.payer_id] += tally.lines
    by_payer, by_reason = Counter[int](), Counter[str]()
    for reason_tally in tallies:
        weight = reason_tally.cents if mode is HeatMode.DOLLARS else reason_tally.denials
        by_payer[reason_tally.payer_id] += weight
        by_reason[reason_tally.reason] += weight
    query = select(Payer.id, Payer.public_id, Payer.name).where(Payer.id.in_(by_payer))
    known = {payer_id: (public_id, name) for payer_id, public_id, name in session.execute(query)}
    payers = _largest(by_payer, MOST_PAYERS, {payer_id: name for payer_id, (_, name) in known.items()})
    reasons = _largest(by_reason, MOST_REASONS, dict(zip(by_reason, by_reason, strict=True)))
    return Heatmap(
        month,
        mode,
        tuple(
            Line(_name(group, {code: "No code" if code == NO_REASON else code for code in group}), group)
            for group in reasons
        ),
        tuple(
            (
                Line(
                    _name(group, {payer_id: name for payer_id, (_, name) in known.items()}),
                    tuple(known[payer_id][0] for payer_id in group),
                ),
                cells,
            )
            for group, cells in zip(payers, _cells(mode, payers, reasons, tallies, answered), strict=True)
        ),
    )


def _largest(weights: Mapping[_Key, int], most: int, names: Mapping[_Key, str]) -> list[tuple[_Key, ...]]:
    """Return the heaviest alone, the rest together; by name where they weigh the same."""
    ranked = sorted(weights, key=lambda key: (-weights[key], names[key]))
    groups: list[tuple[_Key, ...]] = [(key,) for key in ranked[:most]]
    return [*groups, tuple(ranked[most:])] if ranked[most:] else groups


def _name(group: tuple[_Key, ...], names: Mapping[_Key, str]) -> str:
    return names[group[0]] if len(group) == 1 else OTHER


def _cells(
    mode: HeatMode,
    payers: Sequence[tuple[int, ...]],
    reasons: Sequence[tuple[str, ...]],
    tallies: Iterable[ReasonTally],
    answered: Counter[int],
) -> list[tuple[Cell, ...]]:
    row_of = {payer_id: place for place, group in enumerate(payers) for payer_id in group}
    column_of = {reason: place for place, group in enumerate(reasons) for reason in group}
    sums = [[Sums() for _ in reasons] for _ in payers]
    for tally in tallies:
        row, column = row_of[tally.payer_id], column_of[tally.reason]
        sums[row][column] = sums[row][column].plus(tally)
    lines = [sum(answered[payer_id] for payer_id in group) for group in payers]
    plain = [[Cell(each, count, mode) for each in row] for row, count in zip(sums, lines, strict=True)]
    most = max((cell.value for row in plain for cell in row), default=0)
    return [tuple(Cell(cell.sums, cell.lines, mode, shade(cell.value, most)) for cell in row) for row in plain]


def shade(value: float, most: float) -> int:
    """Return the step of the ramp: 0 for nothing, ``SHADES`` for the most."""
    return max(1, min(SHADES, int(SHADES * value / most + 0.5))) if value > 0 else 0


_HEADS: Mapping[HeatMode, str] = {
    HeatMode.COUNT: "Most common pair",
    HeatMode.DOLLARS: "Most dollars",
    HeatMode.RATE: "Highest rate",
}


def heatmap_heading(found: Heatmap) -> str:
    """Return what the table says, from fixed sentences with checks: a pair is named from 5 denials on, and alone."""
    name = found.month.name
    if not found.rows:
        return f"No denials in {name}"
    named = [each for each in found.cells if len(each[0].parts) == len(each[1].parts) == 1]
    ranked = sorted(named, key=lambda each: -each[2].value)
    first = ranked[0] if ranked else None
    tied = len(ranked) > 1 and ranked[1][2].value == ranked[0][2].value
    if first is None or tied or first[2].denials < LEAST_COLORED or not first[2].value:
        return f"No payer and reason stand out in {name}"
    payer, reason, cell = first
    amount = f"{cell.denials:,} denials" if found.mode is HeatMode.COUNT else cell.text
    return f"{_HEADS[found.mode]} in {name}: {payer.name} with {reason.name}, {amount}"
