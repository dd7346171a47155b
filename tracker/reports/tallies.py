"""Counts and sums that every figure of the insights page is folded from.

The unit is a denied line at its first denial, its month the remittance date of that denial (``Denial.denied_on``).
What turned out to be no denial (by its root cause, or because a person closed it so) is never counted. Denials and lines
by day come from the counts kept with every change (``tracker/day_counts.py``); months are folded in Python.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, exists, func, not_, select
from sqlalchemy.orm import Session

from tracker.domain.ages import Age, age
from tracker.models import Appeal, AppealDenial, ClaimLine, DayCount, Denial, Outcome
from tracker.month_counts import is_counted
from tracker.reports.basis import Basis, amount, kept_cents
from tracker.reports.months import Month, months_between

NO_REASON = "none"
FOR_US = ("overturned", "partly")
DECISIONS = (*FOR_US, "upheld", "dismissed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for: months from ``first`` to ``last``, of some payers (empty means all), on which basis."""

    first: Month
    last: Month
    payer_ids: tuple[int, ...] = ()
    basis: Basis = Basis.BILLED

    @property
    def months(self) -> tuple[Month, ...]:
        """All months asked for, in time order."""
        return months_between(self.first, self.last)

    def only(self, month: Month) -> "Asked":
        """The same question for a single month."""
        return Asked(month, month, self.payer_ids, self.basis)


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


class ReasonTally(NamedTuple):
    """Denials of one payer and reason code (like ``CO-50``; ``none`` without one)."""

    payer_id: int
    reason: str
    denials: int
    cents: int
    at_first_answer: int


class AgeTally(NamedTuple):
    """Open denials by days since the first denial."""

    age: Age
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


def counted(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that make a denial count for ``asked``."""
    conditions = [Denial.denied_on.between(asked.first.first_day, asked.last.last_day), is_counted()]
    if asked.payer_ids:
        conditions.append(Denial.payer_id.in_(asked.payer_ids))
    return tuple(conditions)


def denials_by_day(session: Session, asked: Asked) -> list[DenialTally]:
    """Return denials by day of first denial and payer."""
    columns = (DayCount.denials, kept_cents(asked.basis), DayCount.at_first_answer)
    return [DenialTally(*row) for row in session.execute(_by_day(asked, columns).where(DayCount.denials > 0))]


def lines_by_day(session: Session, asked: Asked) -> list[LineTally]:
    """Return lines by day of their first answer and payer."""
    return [LineTally(*row) for row in session.execute(_by_day(asked, (DayCount.lines,)).where(DayCount.lines > 0))]


def _by_day(asked: Asked, columns: tuple[Any, ...]) -> Select[Any]:
    sums = (cast(func.sum(column), BigInteger) for column in columns)
    cells: list[Any] = [DayCount.day, DayCount.payer_id, *sums]
    return select(*cells).where(*_kept(asked)).group_by(DayCount.day, DayCount.payer_id)


def _kept(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    between = DayCount.day.between(asked.first.first_day, asked.last.last_day)
    return (between, DayCount.payer_id.in_(asked.payer_ids)) if asked.payer_ids else (between,)


def is_confirmed() -> ColumnElement[bool]:
    """Return the condition that a person chose the root cause; else it is a suggestion, or there is none."""
    return Denial.cause_chosen_by_id.is_not(None)


def was_appealed() -> ColumnElement[bool]:
    """Return the condition that an appeal about the denial was sent."""
    appeal = and_(Appeal.practice_id == AppealDenial.practice_id, Appeal.id == AppealDenial.appeal_id)
    of_it = (AppealDenial.practice_id == Denial.practice_id, AppealDenial.denial_id == Denial.id)
    return exists(
        select(1).join_from(AppealDenial, Appeal, appeal).where(*of_it, Appeal.status.in_(("sent", "decided")))
    )


def appealed_by_payer(session: Session, asked: Asked) -> dict[int, int]:
    """Return how many of the denials were appealed so far, by payer."""
    query = select(Denial.payer_id, func.count()).where(*counted(asked), was_appealed()).group_by(Denial.payer_id)
    return dict(session.execute(query).all())


def open_by_age(
    session: Session, payer_ids: tuple[int, ...], today: date, basis: Basis = Basis.BILLED
) -> list[AgeTally]:
    """Return the open denials by days since the first denial as of ``today``; every age is there."""
    conditions = [Denial.is_open.is_(True), *([Denial.payer_id.in_(payer_ids)] if payer_ids else [])]
    query = select(Denial.denied_on, func.count(), func.sum(amount(basis))).where(*conditions)
    sums = {one: [0, 0] for one in Age}
    for day, denials, cents in session.execute(query.group_by(Denial.denied_on)):
        sums[age(day, today)][0] += denials
        sums[age(day, today)][1] += int(cents)
    return [AgeTally(one, denials, cents) for one, (denials, cents) in sums.items()]


def denials_by_cause(session: Session, asked: Asked, *, confirmed: bool | None = None) -> list[CauseTally]:
    """Return denials by root cause: the one a person chose, else the first suggestion.

    With ``confirmed`` only those whose cause a person chose (True), or only the others (False).
    """
    which = () if confirmed is None else ((is_confirmed() if confirmed else not_(is_confirmed())),)
    rows = session.execute(
        select(Denial.root_cause, func.count(), func.sum(amount(asked.basis)))
        .where(*counted(asked), *which)
        .group_by(Denial.root_cause)
    )
    return [CauseTally(cause, count, int(cents)) for cause, count, cents in rows]


def denials_by_reason(session: Session, asked: Asked) -> list[ReasonTally]:
    """Return denials by payer and reason code; those at the first answer as ``denials_by_day`` counts them."""
    line = and_(ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id)
    at_first_answer = func.sum(case((ClaimLine.first_remit_on == Denial.denied_on, 1), else_=0))
    keys = Denial.payer_id, Denial.group_code, Denial.carc
    found: dict[tuple[int, str], ReasonTally] = {}
    query = select(*keys, func.count(), func.sum(amount(asked.basis)), at_first_answer)
    for payer_id, group, carc, *counts in session.execute(
        query.outerjoin(ClaimLine, line).where(*counted(asked)).group_by(*keys)
    ):
        reason = f"{group}-{carc}" if carc else NO_REASON
        before = found.get((payer_id, reason), ReasonTally(payer_id, reason, 0, 0, 0))
        found[payer_id, reason] = ReasonTally(
            payer_id, reason, *(a + int(b) for a, b in zip(before[2:], counts, strict=True))
        )
    return list(found.values())


def cohort(session: Session, asked: Asked) -> Cohort:
    """Return what the payers paid on the denials of the months asked for, after the denial."""
    sums = (DayCount.denials, kept_cents(asked.basis), DayCount.paid_denials, DayCount.recovered_cents)
    row = session.execute(select(*map(func.sum, sums)).where(*_kept(asked))).one()
    return Cohort(*(int(value or 0) for value in row))


def without_rate(session: Session, asked: Asked) -> int:
    """Return how many denials of the months asked for no contracted rate is for."""
    query = select(func.sum(DayCount.denials - DayCount.rated)).where(*_kept(asked))
    return int(session.scalar(query) or 0)


def decided_appeals(session: Session, asked: Asked) -> list[DecidedAppeal]:
    """Return the appeals decided within the months asked for, each by its last decision.

    A partial win counts for us; a request for more information is not a decision. An appeal of several denials is
    one appeal.
    """
    decided_on = func.max(Outcome.decided_on)
    for_us = func.max(case((Outcome.result.in_(FOR_US), 1), else_=0))
    query = (
        select(Appeal.payer_id, Appeal.sent_on, decided_on, for_us)
        .join(Outcome, and_(Outcome.practice_id == Appeal.practice_id, Outcome.appeal_id == Appeal.id))
        .where(Appeal.status == "decided", Outcome.result.in_(DECISIONS))
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
