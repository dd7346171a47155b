"""Figures with their definitions: a rate that knows its numerator and denominator, and the tiles of the insights page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.models import Denial, ImportFile
from tracker.models.denial import ACTED_ON
from tracker.month_counts import is_counted
from tracker.reports.basis import Basis, amount
from tracker.reports.tallies import Cohort, DecidedTally

LEAST_LINES = 20  # ux.md 3.1: under this many lines, counts and no rate
_Z = 1.959964  # of the normal distribution, two-sided 95 %
LEAST_DECIDED = 10  # ux.md 3.1: the same for decided appeals


class Rate(NamedTuple):
    """A share of counted things; ``share`` is None when there are too few for a fair rate."""

    part: int
    whole: int
    least: int

    @property
    def share(self) -> float | None:
        """The rate between 0 and 1, or None under the least number."""
        return self.part / self.whole if self.whole >= self.least else None

    @property
    def range(self) -> tuple[float, float] | None:
        """Where the rate lies with 95 % confidence (Wilson, 1927), or None under the least number."""
        if self.share is None:
            return None
        spread = _Z**2 / self.whole
        middle = (self.share + spread / 2) / (1 + spread)
        half = _Z / (1 + spread) * sqrt(self.share * (1 - self.share) / self.whole + spread / self.whole / 4)
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def range_text(self) -> str:
        """The range in words, like ``95%: 6.9% to 10.5%``; empty without a rate."""
        return f"95%: {self.range[0]:.1%} to {self.range[1]:.1%}" if self.range else ""

    def text(self, digits: int = 1) -> str:
        """The rate as a percentage, or ``n/a``."""
        return "n/a" if self.share is None else percent(self.part, self.whole, digits)


def percent(part: int, whole: int, digits: int = 1) -> str:
    """Return ``part`` of ``whole`` as a percentage, rounded half up by integer arithmetic: ``8.6%``."""
    scale = 10**digits
    tenths = (abs(part) * 200 * scale + whole) // (2 * whole) if whole else 0
    sign = "-" if part < 0 and tenths else ""
    return f"{sign}{tenths // scale}.{tenths % scale:0{digits}d}%" if digits else f"{sign}{tenths}%"


def line_rate(denied_lines: int, lines: int) -> Rate:
    """Return the initial denial rate: lines denied by their first answer, of all lines first answered then."""
    return Rate(denied_lines, lines, LEAST_LINES)


def overturn_rate(decided: Sequence[DecidedTally]) -> Rate:
    """Return the share of decided appeals decided fully or partly for the practice; pending ones are not in it."""
    won = sum(tally.won for tally in decided)
    return Rate(won, sum(tally.appeals for tally in decided), LEAST_DECIDED)


@dataclass(frozen=True, slots=True)
class Missed:
    """Open denials whose last legal day to file has passed with nothing sent and nothing decided."""

    denials: int
    cents: int


def is_missed(today: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a missed deadline: past the legal date, open, neither appealed nor corrected."""
    return (
        Denial.is_open.is_(True),
        Denial.clock == "file_by",
        Denial.file_by_legal < today,
        Denial.status.not_in(ACTED_ON),
        is_counted(),
    )


def missed_deadlines(session: Session, payer_ids: tuple[int, ...], today: date, basis: Basis = Basis.BILLED) -> Missed:
    """Return the missed deadlines as of ``today``."""
    query = select(func.count(), func.sum(amount(basis))).where(*is_missed(today))
    if payer_ids:
        query = query.where(Denial.payer_id.in_(payer_ids))
    count, cents = session.execute(query).one()
    return Missed(count, int(cents or 0))


def recovered_share(cohort: Cohort) -> str:
    """Return the recovered part of a cohort's denied dollars: ``32%``."""
    return percent(cohort.recovered_cents, cohort.cents, 0) if cohort.cents else "n/a"


def data_through(session: Session) -> date | None:
    """Return the day (of this computer's time zone) the last 835 was brought in and kept, None without one."""
    latest = session.scalar(
        select(func.max(ImportFile.stored_at)).where(ImportFile.file_format == "835", ImportFile.state == "stored")
    )
    return latest.astimezone().date() if latest else None
