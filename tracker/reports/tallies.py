"""Counts and sums that every figure of the insights page is folded from.

The unit is a denied line at its first denial, its month the remittance date of that denial (``Denial.denied_on``).
What turned out to be no denial (by its root cause, or because a person closed it so) is never counted. Denials and lines
by day and by month come from the counts kept with every change (``tracker/day_counts.py``, ``tracker/month_counts.py``).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, exists, func, not_, select
from sqlalchemy.orm import Session

from tracker.appeal_figures import READS_FIGURES
from tracker.domain.ages import Age, age
from tracker.models import Appeal, DayCount, Denial, DenialCourse, MonthCount
from tracker.month_counts import APPEALED, SUMS, is_counted
from tracker.reports.basis import Basis, amount, kept_cents
from tracker.reports.months import Month, months_between


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
    """Denials of one payer first denied on one day, or in the month that begins with the day.

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
    """Lines of one payer first adjudicated on one day (or in a month): the denominator of the initial denial rate."""

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


class DecidedTally(NamedTuple):
    """Appeals that one payer decided ``days`` after their sending (None without a date of it); ``won`` of them for us."""

    payer_id: int
    days: int | None
    appeals: int
    won: int


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


@dataclass(frozen=True, slots=True)
class MonthTallies:
    """What the months asked for add up to by payer, as they are kept: asked once for all that is folded from it.

    ``denied_cents`` of its rows are amounts on the basis asked for.
    """

    rows: tuple[tuple[Month, int, Mapping[str, int]], ...]

    @property
    def denials(self) -> list[DenialTally]:
        """Denials by month and payer."""
        return [
            DenialTally(month.first_day, payer, sums["denials"], sums["denied_cents"], sums["at_first_answer"])
            for month, payer, sums in self.rows
            if sums["denials"]
        ]

    @property
    def lines(self) -> list[LineTally]:
        """Lines by month and payer."""
        return [
            LineTally(month.first_day, payer, sums["lines"]) for month, payer, sums in self.rows if sums["lines"]
        ]  # fmt: skip

    def appealed(self, of: Month) -> dict[int, int]:
        """Return how many denials of a month were appealed so far, by payer; nothing for one without any."""
        return {payer: sums[APPEALED] for month, payer, sums in self.rows if month == of and sums[APPEALED]}

    def without_rate(self) -> int:
        """Return how many denials no contracted rate is for."""
        return sum(sums["denials"] - sums["rated"] for _, _, sums in self.rows)

    def cohort(self, last: Month) -> Cohort:
        """Return what the payers paid on the denials of the months to ``last``, after the denial."""
        names = ("denials", "denied_cents", "paid_denials", "recovered_cents")
        return Cohort(*(sum(sums[name] for month, _, sums in self.rows if month <= last) for name in names))


def tallies_by_month(session: Session, asked: Asked) -> MonthTallies:
    """Return what is kept of the months asked for, by payer."""
    sums: list[Any] = [cast(func.sum(getattr(MonthCount, name)), BigInteger) for name in SUMS]
    query = _of_payers(select(MonthCount.month, MonthCount.payer_id, *sums), asked)
    rows = []
    for first, payer_id, *numbers in session.execute(query.group_by(MonthCount.month, MonthCount.payer_id)):
        found = dict(zip(SUMS, numbers, strict=True))
        if asked.basis is Basis.EXPECTED:
            found["denied_cents"] -= found["below_cents"]
        rows.append((Month.of(first), payer_id, found))
    return MonthTallies(tuple(rows))


def _of_payers(query: Select[Any], asked: Asked) -> Select[Any]:
    """Narrow a query of kept months to those asked for, each payer by itself."""
    payers = MonthCount.payer_id.in_(asked.payer_ids) if asked.payer_ids else MonthCount.payer_id.is_not(None)
    return query.where(MonthCount.month.between(asked.first.first_day, asked.last.first_day), payers)


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
    """Return the condition that an appeal about the denial was sent and not withdrawn."""
    mine = DenialCourse.practice_id == Denial.practice_id, DenialCourse.denial_id == Denial.id
    return exists().where(*mine, DenialCourse.appealed_on.is_not(None))


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
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    query = _of_payers(select(MonthCount.payer_id, MonthCount.reasons, MonthCount.below), asked)
    for payer_id, reasons, below in session.execute(query):
        less = below.get("reasons", {}) if asked.basis is Basis.EXPECTED else {}
        for reason, (denials, cents, at_first_answer) in reasons.items():
            sums = found[payer_id, reason]
            sums[0] += denials
            sums[1] += cents - less.get(reason, 0)
            sums[2] += at_first_answer
    return [ReasonTally(*key, *sums) for key, sums in found.items()]


def cohort(session: Session, asked: Asked) -> Cohort:
    """Return what the payers paid on the denials of the months asked for, after the denial."""
    sums = (DayCount.denials, kept_cents(asked.basis), DayCount.paid_denials, DayCount.recovered_cents)
    row = session.execute(select(*map(func.sum, sums)).where(*_kept(asked))).one()
    return Cohort(*(int(value or 0) for value in row))


def decided_appeals(session: Session, asked: Asked) -> list[DecidedTally]:
    """Return the appeals decided within the months asked for, each by its (last) decision.

    A partial win counts for us; a request for more information is not a decision. An appeal of several denials is
    one appeal. What is kept with each appeal (``tracker/appeal_figures.py``) says so.
    """
    keys = Appeal.payer_id, Appeal.decision_days
    won = cast(func.sum(case((Appeal.decided_for_us.is_(True), 1), else_=0)), BigInteger)
    query = select(*keys, func.count(), won).where(
        Appeal.decided_on.between(asked.first.first_day, asked.last.last_day), *_by(asked.payer_ids)
    )
    found = session.execute(query.group_by(*keys).execution_options(**{READS_FIGURES: True}))
    return [DecidedTally._make(row) for row in found]


def _by(payer_ids: tuple[int, ...]) -> tuple[ColumnElement[bool], ...]:
    return (Appeal.payer_id.in_(payer_ids),) if payer_ids else ()


def pending_appeals(session: Session, payer_ids: tuple[int, ...]) -> int:
    """Return how many appeals have been sent and not decided yet."""
    query = select(func.count()).select_from(Appeal).where(Appeal.status == "sent", *_by(payer_ids))
    return session.execute(query).scalar_one()
