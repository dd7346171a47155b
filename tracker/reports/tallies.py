"""Counts and sums that every figure of the insights page is folded from.

The unit is a denied line at its first denial, its month the remittance date of that denial (``Denial.denied_on``).
What turned out to be no denial (by its root cause, or because a person closed it so) is never counted. The queries group by day and
payer, so that they stay inside the covering indexes on either database; months are folded in Python.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from tracker.models import Appeal, ClaimLine, Denial, Outcome
from tracker.reports.months import Month, months_between

NOT_A_DENIAL = "adj_not_a_denial"
CLOSED_AS_NO_DENIAL = "not_a_denial"
_FOR_US = ("overturned", "partly")
_DECISIONS = (*_FOR_US, "upheld", "dismissed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for: months from ``first`` to ``last``, of some payers (empty means all)."""

    first: Month
    last: Month
    payer_ids: tuple[int, ...] = ()

    @property
    def months(self) -> tuple[Month, ...]:
        """All months asked for, in time order."""
        return months_between(self.first, self.last)

    def only(self, month: Month) -> "Asked":
        """The same question for a single month."""
        return Asked(month, month, self.payer_ids)


class DenialTally(NamedTuple):
    """Denials of one payer first denied on one day.

    ``at_first_answer`` counts those whose line was denied by the payer's first answer to it: the numerator of the
    initial denial rate. Denials logged by hand without a remittance, and lines paid first and denied later, are not
    among them.
    """

    day: date
    payer_id: int
    denials: int
    cents: int
    at_first_answer: int


class LineTally(NamedTuple):
    """Lines of one payer first adjudicated on one day: the denominator of the initial denial rate."""

    day: date
    payer_id: int
    lines: int


class CauseTally(NamedTuple):
    """Denials of one root cause (empty: not classified yet)."""

    root_cause: str
    denials: int
    cents: int


class DecidedAppeal(NamedTuple):
    """An appeal the payer decided; ``days`` from sending to the (last) decision, None when no date of sending."""

    payer_id: int
    for_us: bool
    days: int | None


class Cohort(NamedTuple):
    """What came of the denials of some months: all of them, and those the payer has paid something on since."""

    denials: int
    cents: int
    paid_denials: int
    recovered_cents: int


def is_counted() -> ColumnElement[bool]:
    """Return the condition that makes a denial count at all."""
    return and_(Denial.root_cause != NOT_A_DENIAL, Denial.close_reason != CLOSED_AS_NO_DENIAL)


def counted(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that make a denial count for ``asked``."""
    conditions = [Denial.denied_on.between(asked.first.first_day, asked.last.last_day), is_counted()]
    if asked.payer_ids:
        conditions.append(Denial.payer_id.in_(asked.payer_ids))
    return tuple(conditions)


def denials_by_day(session: Session, asked: Asked) -> list[DenialTally]:
    """Return denials by day of first denial and payer."""
    line = and_(ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id)
    first = func.sum(case((ClaimLine.first_remit_on == Denial.denied_on, 1), else_=0))
    rows = session.execute(
        select(Denial.denied_on, Denial.payer_id, func.count(), func.sum(Denial.amount_cents), first)
        .outerjoin(ClaimLine, line)
        .where(*counted(asked))
        .group_by(Denial.practice_id, Denial.denied_on, Denial.payer_id)
    )
    return [DenialTally(day, payer_id, count, int(cents), int(early)) for day, payer_id, count, cents, early in rows]


def lines_by_day(session: Session, asked: Asked) -> list[LineTally]:
    """Return lines by day of their first answer and payer."""
    query = (
        select(ClaimLine.first_remit_on, ClaimLine.payer_id, func.count())
        .where(ClaimLine.first_remit_on.between(asked.first.first_day, asked.last.last_day))
        .group_by(ClaimLine.practice_id, ClaimLine.first_remit_on, ClaimLine.payer_id)
    )
    if asked.payer_ids:
        query = query.where(ClaimLine.payer_id.in_(asked.payer_ids))
    return [LineTally(day, payer_id, lines) for day, payer_id, lines in session.execute(query) if day is not None]


def denials_by_cause(session: Session, asked: Asked) -> list[CauseTally]:
    """Return denials by root cause: the one a person chose, else the first suggestion."""
    rows = session.execute(
        select(Denial.root_cause, func.count(), func.sum(Denial.amount_cents))
        .where(*counted(asked))
        .group_by(Denial.root_cause)
    )
    return [CauseTally(cause, count, int(cents)) for cause, count, cents in rows]


def cohort(session: Session, asked: Asked) -> Cohort:
    """Return what the payers paid on the denials of the months asked for, after the denial."""
    paid = func.sum(case((Denial.recovered_cents > 0, 1), else_=0))
    row = session.execute(
        select(func.count(), func.sum(Denial.amount_cents), paid, func.sum(Denial.recovered_cents)).where(
            *counted(asked)
        )
    ).one()
    return Cohort(*(int(value or 0) for value in row))


def decided_appeals(session: Session, asked: Asked) -> list[DecidedAppeal]:
    """Return the appeals decided within the months asked for, each by its last decision.

    A partial win counts for us; a request for more information is not a decision. An appeal of several denials is
    one appeal.
    """
    decided_on = func.max(Outcome.decided_on)
    for_us = func.max(case((Outcome.result.in_(_FOR_US), 1), else_=0))
    query = (
        select(Appeal.payer_id, Appeal.sent_on, decided_on, for_us)
        .join(Outcome, and_(Outcome.practice_id == Appeal.practice_id, Outcome.appeal_id == Appeal.id))
        .where(Appeal.status == "decided", Outcome.result.in_(_DECISIONS))
        .group_by(Appeal.practice_id, Appeal.id, Appeal.payer_id, Appeal.sent_on)
        .having(decided_on.between(asked.first.first_day, asked.last.last_day))
    )
    if asked.payer_ids:
        query = query.where(Appeal.payer_id.in_(asked.payer_ids))
    return [
        DecidedAppeal(payer_id, bool(won), (decided - sent).days if sent else None)
        for payer_id, sent, decided, won in session.execute(query)
    ]


def pending_appeals(session: Session, payer_ids: Iterable[int]) -> int:
    """Return how many appeals have been sent and not decided yet."""
    query = select(func.count()).select_from(Appeal).where(Appeal.status == "sent")
    chosen = tuple(payer_ids)
    if chosen:
        query = query.where(Appeal.payer_id.in_(chosen))
    return session.execute(query).scalar_one()
