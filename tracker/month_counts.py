"""Counts by month of first denial and payer: how many, for which reasons, what became of them, and after how many days.

Kept by the machinery of ``tracker/day_counts.py``: a month with a change is counted anew, all of it. Its days are counted
before it, so that a month's sums are those of its days. Every month has one row more, of all payers together: a page that
asks for all of them reads that one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BigInteger, ColumnElement, and_, cast, delete, func, insert, select
from sqlalchemy.orm import Session

from tracker import denial_courses
from tracker.domain.denial_course import Course, step
from tracker.models import ClaimLine, DayCount, Denial, DenialCourse, MonthCount
from tracker.models.base import take_ids

_Key = TypeVar("_Key", str, int)

NOT_A_DENIAL = "adj_not_a_denial"
CLOSED_AS_NO_DENIAL = "not_a_denial"
SPANS = ("acted", "filed", "closed")
OVERTURNED = "overturned"
APPEALED = "appealed"
NO_REASON = "none"
# The columns of a day's counts that a month's sums are of.
SUMMED = tuple(
    column.key for column in DayCount.__table__.columns if column.key not in {"practice_id", "id", "day", "payer_id"}
)
SUMS = (*SUMMED, APPEALED)


def is_counted() -> ColumnElement[bool]:
    """Return the condition that makes a denial count at all."""
    return and_(Denial.root_cause != NOT_A_DENIAL, Denial.close_reason != CLOSED_AS_NO_DENIAL)


class MonthCounts(NamedTuple):
    """The counts of one month and payer.

    ``sums``: what the columns of its days' counts come to by their names, and how many denials were ``appealed``; each
    is a column of the table.
    ``reasons``: reason code (like CO-50; ``none`` without one) to denials, denied cents, and those at the first answer.
    ``causes``: root cause to denials, denied cents, times denied, and denials denied more than once.
    ``steps``: a step of ``domain.denial_course`` to denials, denied cents, those of them with money since, their denied
    cents, and the cents recovered.
    ``days``: what happened (acted, filed, closed, overturned) to days after the first denial to denials; and, with
    ``_open`` behind the name, the days of the month of those it may still happen to.
    ``below``: by how many cents what contracted rates let expect lies under what was denied, where it does: under
    ``reasons`` by reason code, under ``causes`` by root cause, under ``steps`` and ``paid`` by step, of all and of those
    with money since.
    """

    sums: dict[str, int]
    reasons: dict[str, list[int]]
    causes: dict[str, list[int]]
    steps: dict[str, list[int]]
    days: dict[str, dict[int, int]]
    below: dict[str, dict[str, int]]


Counted = dict[tuple[date, int | None], MonthCounts]
"""Counts by month (its first day) and payer id (None: all payers together); none where nothing is counted."""


def month_of(day: date) -> date:
    """Return the first day of the month a day lies in."""
    return day.replace(day=1)


def last_day(month: date) -> date:
    """Return the last day of a month that is given by its first."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def recount(session: Session, practice_id: int, months: Collection[date]) -> None:
    """Count months of a practice anew, in this transaction; months never counted have their courses derived first."""
    connection = session.connection()
    mine = (MonthCount.practice_id == practice_id, MonthCount.month.in_(months))
    known = set(connection.scalars(select(MonthCount.month).where(*mine).distinct()))
    new = [(month, last_day(month)) for month in sorted(set(months) - known)]
    denial_courses.keep(session, practice_id, denial_courses.denials_of_months(session, practice_id, new))
    connection.execute(delete(MonthCount).where(*mine))
    counted = count(session, practice_id, months)
    rows = [
        {"practice_id": practice_id, "id": row_id, "month": month, "payer_id": payer_id, **_as_row(counts)}
        for row_id, ((month, payer_id), counts) in zip(take_ids(len(counted)), counted.items(), strict=True)
    ]
    if rows:
        connection.execute(insert(MonthCount), rows)


def _as_row(counts: MonthCounts) -> dict[str, Any]:
    """Return the columns that keep counts. Days stand as two lists, which are read faster than names of numbers."""
    days = {name: [list(numbers), list(numbers.values())] for name, numbers in counts.days.items()}
    fields = {"reasons": counts.reasons, "causes": counts.causes, "steps": counts.steps, "below": counts.below}
    return {**counts.sums, **fields, "days": days}


def days_of(kept_days: dict[str, list[list[int]]]) -> dict[str, dict[int, int]]:
    """Return the days of counts out of the column that keeps them."""
    return {name: dict(zip(*lists, strict=True)) for name, lists in kept_days.items()}


def of_row(row: MonthCount) -> MonthCounts:
    """Return the counts that a row keeps."""
    sums = {name: getattr(row, name) for name in SUMS}
    return MonthCounts(sums, row.reasons, row.causes, row.steps, days_of(row.days), row.below)


def count(session: Session, practice_id: int, months: Collection[date] | None = None) -> Counted:
    """Return the counts of a practice's months (None: of all) as its days, its denials and their courses say."""
    found: defaultdict[tuple[date, int], MonthCounts] = defaultdict(_nothing)
    for month in [None] if months is None else sorted(months):
        for day, payer_id, *sums in session.connection().execute(_days_query(practice_id, month)):
            counts = found[month_of(day), payer_id]
            _add_numbers(counts.sums, dict(zip(SUMMED, sums, strict=True)))
        for row in session.connection().execute(_query(practice_id, month)):
            _add(found[month_of(row.denied_on), row.payer_id], row)
    by_month: defaultdict[date, list[MonthCounts]] = defaultdict(list)
    for (first, _), counts in found.items():
        by_month[first].append(counts)
    return dict(found) | {(first, None): together(parts) for first, parts in by_month.items()}


def _nothing() -> MonthCounts:
    return MonthCounts(dict.fromkeys(SUMS, 0), {}, {}, {}, {}, {})


def together(parts: Iterable[MonthCounts]) -> MonthCounts:
    """Return the counts of several payers, or practices, as those of one."""
    whole = _nothing()
    for counts in parts:
        _add_numbers(whole.sums, counts.sums)
        for field in ("reasons", "causes", "steps"):
            for name, more in getattr(counts, field).items():
                _sum(getattr(whole, field), name, more)
        for field in ("days", "below"):
            for name, numbers in getattr(counts, field).items():
                _add_numbers(getattr(whole, field).setdefault(name, {}), numbers)
    return whole


def kept(session: Session, practice_id: int) -> Counted:
    """Return the counts of a practice as they are kept."""
    rows = session.scalars(select(MonthCount).where(MonthCount.practice_id == practice_id))
    return {(row.month, row.payer_id): of_row(row) for row in rows}


def _within(day: Any, month: date | None) -> tuple[ColumnElement[bool], ...]:
    return () if month is None else (day.between(month, last_day(month)),)


def _days_query(practice_id: int, month: date | None) -> Any:
    """The counts of a month's days as one row a payer, or (without a month) every one of them."""
    mine = (DayCount.practice_id == practice_id, *_within(DayCount.day, month))
    columns = [getattr(DayCount, name) for name in SUMMED]
    if month is None:
        return select(DayCount.day, DayCount.payer_id, *columns).where(*mine)
    sums = (cast(func.sum(column), BigInteger) for column in columns)
    return select(func.min(DayCount.day), DayCount.payer_id, *sums).where(*mine).group_by(DayCount.payer_id)


def _query(practice_id: int, month: date | None) -> Any:
    own = and_(DenialCourse.practice_id == Denial.practice_id, DenialCourse.denial_id == Denial.id)
    line = and_(ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id)
    return (
        select(
            Denial.denied_on, Denial.payer_id, Denial.group_code, Denial.carc, Denial.root_cause, Denial.amount_cents,
            Denial.times_denied, Denial.recovered_cents, Denial.is_open, Denial.closed_on, Denial.expected_cents,
            ClaimLine.first_remit_on, *(getattr(DenialCourse, name) for name in Course._fields),
        )
        .outerjoin(DenialCourse, own)
        .outerjoin(ClaimLine, line)
        .where(Denial.practice_id == practice_id, is_counted(), *_within(Denial.denied_on, month))
    )  # fmt: skip


def _add(counts: MonthCounts, row: Any) -> None:
    cents, recovered = row.amount_cents, row.recovered_cents
    reason = f"{row.group_code}-{row.carc}" if row.carc else NO_REASON
    _sum(counts.reasons, reason, (1, cents, int(row.first_remit_on == row.denied_on)))
    _sum(counts.causes, row.root_cause, (1, cents, row.times_denied, int(row.times_denied > 1)))
    course = Course(row.acted_on, row.appealed_on, row.corrected_on, row.decided_on, row.overturned_on)
    counts.sums[APPEALED] += course.appealed_on is not None
    paid = recovered > 0
    at = str(step(course, recovered, is_closed=not row.is_open))
    _sum(counts.steps, at, (1, cents, int(paid), cents if paid else 0, recovered))
    below = 0 if row.expected_cents is None else cents - row.expected_cents
    if below:
        of_step = [("steps", at), ("paid", at)] if paid else [("steps", at)]
        for name, key in (("reasons", reason), ("causes", row.root_cause), *of_step):
            _add_numbers(counts.below.setdefault(name, {}), {key: below})
    events = {"acted": course.acted_on, "filed": course.filed_on, "closed": None if row.is_open else row.closed_on}
    for name, on in events.items():
        if on is not None:
            _tick(counts.days, name, (on - row.denied_on).days)
        elif row.is_open:
            _tick(counts.days, f"{name}_open", row.denied_on.day)
    if course.overturned_on is not None:
        _tick(counts.days, OVERTURNED, (course.overturned_on - row.denied_on).days)


def _sum(sums: dict[str, list[int]], name: str, more: Iterable[int]) -> None:
    so_far = sums.get(name)
    sums[name] = list(more) if so_far is None else [before + each for before, each in zip(so_far, more, strict=True)]


def _add_numbers(sums: dict[_Key, int], more: Mapping[_Key, int]) -> None:
    for name, number in more.items():
        sums[name] = sums.get(name, 0) + number


def _tick(days: dict[str, dict[int, int]], name: str, value: int) -> None:
    counts = days.setdefault(name, {})
    counts[value] = counts.get(value, 0) + 1
