"""Denied lines that payers decided on appeal: how many, how many for the practice, and the rows behind each number."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.appeal_figures import DECISIONS, FOR_US
from tracker.domain.median import middle
from tracker.models import Denial, Outcome, Payer
from tracker.month_counts import is_counted
from tracker.reports.figures import LEAST_DECIDED, Rate, line_rate, overturn_rate
from tracker.reports.months import Month
from tracker.reports.tallies import (
    Asked,
    Cohort,
    cohort,
    counted,
    decided_appeals,
    denials_by_day,
    lines_by_day,
)

_MOST_REASONS = 5


def last_year(today: date) -> Asked:
    """Return the twelve months that end with the one ``today`` lies in."""
    last = Month.of(today)
    return Asked(last.shifted(-11), last)


def was_decided(today: date | None = None, *, for_us: bool = False) -> ColumnElement[bool]:
    """Return the condition that a payer decided an appeal about a denial, with ``for_us`` fully or partly for the practice.

    With ``today`` only decisions of the last twelve months count. A request for more information is no decision.
    """
    found = select(Outcome.denial_id).where(Outcome.result.in_(FOR_US if for_us else DECISIONS))
    if today is not None:
        found = found.where(Outcome.decided_on >= last_year(today).first.first_day)
    return Denial.id.in_(found)


def decided_rate(session: Session, *which: ColumnElement[bool], today: date | None = None) -> Rate:
    """Return how many of the decided denials that ``which`` holds were overturned, fully or partly."""

    def count(condition: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Denial).where(is_counted(), condition, *which)) or 0

    return Rate(count(was_decided(today, for_us=True)), count(was_decided(today)), LEAST_DECIDED)


def history_of(session: Session, denial: Denial) -> Rate:
    """Return what was decided of the practice's denials by the same payer for the same reason."""
    same = Denial.payer_id == denial.payer_id, Denial.group_code == denial.group_code, Denial.carc == denial.carc
    return decided_rate(session, Denial.practice_id == denial.practice_id, *same)


class ReasonCount(NamedTuple):
    """Denials of one reason code like CO-50."""

    code: str
    denials: int
    cents: int


@dataclass(frozen=True, slots=True)
class PayerYear:
    """A payer's last twelve months: ``decided`` by the day of decision, everything else by the day of first denial."""

    asked: Asked
    denied: Cohort
    first_answers: Rate
    decided: Rate
    median_days: int | None
    reasons: tuple[ReasonCount, ...]


def payer_year(session: Session, payer: Payer, today: date) -> PayerYear:
    """Return a payer's last twelve months; no median under ten decided appeals."""
    year = last_year(today)
    asked = Asked(year.first, year.last, (payer.id,))
    appeals = decided_appeals(session, asked)
    days = Counter[int]()
    for tally in appeals:
        if tally.days is not None:
            days[tally.days] += tally.appeals
    return PayerYear(
        asked=asked,
        denied=cohort(session, asked),
        first_answers=line_rate(
            sum(tally.at_first_answer for tally in denials_by_day(session, asked)),
            sum(tally.lines for tally in lines_by_day(session, asked)),
        ),
        decided=decided_rate(session, Denial.payer_id == payer.id, today=today),
        median_days=middle(days)[0] if days and overturn_rate(appeals).share is not None else None,
        reasons=tuple(_reasons(session, asked)),
    )


def _reasons(session: Session, asked: Asked) -> Sequence[ReasonCount]:
    """Return the reason codes with the most dollars; a denial without a code has no row to link to."""
    cents = func.sum(Denial.amount_cents)
    query = (
        select(Denial.group_code, Denial.carc, func.count(), cents)
        .where(*counted(asked), Denial.carc != "", Denial.group_code != "")
        .group_by(Denial.group_code, Denial.carc)
        .order_by(cents.desc(), Denial.group_code, Denial.carc)
        .limit(_MOST_REASONS)
    )
    return [ReasonCount(f"{group}-{carc}", count, int(total)) for group, carc, count, total in session.execute(query)]
