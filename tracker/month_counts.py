"""Counts by month of first denial and payer: what became of the denials, and after how many days.

Kept by the machinery of ``tracker/day_counts.py``: a month with a change is counted anew, all of it.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.orm import Session

from tracker import denial_courses
from tracker.domain.denial_course import Course, step
from tracker.models import Denial, DenialCourse, MonthCount
from tracker.models.base import take_ids

NOT_A_DENIAL = "adj_not_a_denial"
CLOSED_AS_NO_DENIAL = "not_a_denial"
SPANS = ("acted", "filed", "closed")
OVERTURNED = "overturned"


def is_counted() -> ColumnElement[bool]:
    """Return the condition that makes a denial count at all."""
    return and_(Denial.root_cause != NOT_A_DENIAL, Denial.close_reason != CLOSED_AS_NO_DENIAL)


class MonthCounts(NamedTuple):
    """The counts of one month and payer.

    ``causes``: root cause to denials, denied cents, times denied, and denials denied more than once.
    ``steps``: a step of ``domain.denial_course`` to denials, denied cents, those of them with money since, their denied
    cents, and the cents recovered.
    ``days``: what happened (acted, filed, closed, overturned) to days after the first denial to denials; and, with
    ``_open`` behind the name, the days of the month of those it may still happen to.
    ``below``: by how many cents what contracted rates let expect lies under what was denied, where it does: under
    ``causes`` by root cause, under ``steps`` and ``paid`` by step, of all and of those with money since.
    """

    causes: dict[str, list[int]]
    steps: dict[str, list[int]]
    days: dict[str, dict[str, int]]
    below: dict[str, dict[str, int]]


Counted = dict[tuple[date, int], MonthCounts]
"""Counts by month (its first day) and payer id; none where nothing is counted."""


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
        {"practice_id": practice_id, "id": row_id, "month": month, "payer_id": payer_id, **counts._asdict()}
        for row_id, ((month, payer_id), counts) in zip(take_ids(len(counted)), counted.items(), strict=True)
    ]
    if rows:
        connection.execute(insert(MonthCount), rows)


def count(session: Session, practice_id: int, months: Collection[date] | None = None) -> Counted:
    """Return the counts of a practice's months (None: of all) as its denials and their courses say."""
    found: dict[tuple[date, int], MonthCounts] = {}
    for month in [None] if months is None else sorted(months):
        for row in session.connection().execute(_query(practice_id, month)):
            key = month_of(row.denied_on), row.payer_id
            counts = found.get(key)
            if counts is None:
                counts = found[key] = MonthCounts({}, {}, defaultdict(dict), defaultdict(dict))
            _add(counts, row)
    return {key: counts._replace(days=dict(counts.days), below=dict(counts.below)) for key, counts in found.items()}


def kept(session: Session, practice_id: int) -> Counted:
    """Return the counts of a practice as they are kept."""
    columns = (getattr(MonthCount, name) for name in MonthCounts._fields)
    query = select(MonthCount.month, MonthCount.payer_id, *columns).where(MonthCount.practice_id == practice_id)
    return {
        (month, payer_id): MonthCounts(causes, steps, days, below or {})
        for month, payer_id, causes, steps, days, below in session.execute(query)
    }


def _query(practice_id: int, month: date | None) -> Any:
    own = and_(DenialCourse.practice_id == Denial.practice_id, DenialCourse.denial_id == Denial.id)
    within = () if month is None else (Denial.denied_on.between(month, last_day(month)),)
    return (
        select(
            Denial.denied_on, Denial.payer_id, Denial.root_cause, Denial.amount_cents, Denial.times_denied,
            Denial.recovered_cents, Denial.is_open, Denial.closed_on, Denial.expected_cents, *(getattr(DenialCourse, name) for name in Course._fields),
        )
        .outerjoin(DenialCourse, own)
        .where(Denial.practice_id == practice_id, is_counted(), *within)
    )  # fmt: skip


def _add(counts: MonthCounts, row: Any) -> None:
    cents, recovered = row.amount_cents, row.recovered_cents
    _sum(counts.causes, row.root_cause, (1, cents, row.times_denied, int(row.times_denied > 1)))
    course = Course(row.acted_on, row.appealed_on, row.corrected_on, row.decided_on, row.overturned_on)
    paid = recovered > 0
    at = str(step(course, recovered, is_closed=not row.is_open))
    _sum(counts.steps, at, (1, cents, int(paid), cents if paid else 0, recovered))
    below = 0 if row.expected_cents is None else cents - row.expected_cents
    if below:
        for name, key in (("causes", row.root_cause), ("steps", at), *([("paid", at)] if paid else [])):
            sums = counts.below[name]
            sums[key] = sums.get(key, 0) + below
    events = {"acted": course.acted_on, "filed": course.filed_on, "closed": None if row.is_open else row.closed_on}
    for name, on in events.items():
        if on is not None:
            _tick(counts.days[name], (on - row.denied_on).days)
        elif row.is_open:
            _tick(counts.days[f"{name}_open"], row.denied_on.day)
    if course.overturned_on is not None:
        _tick(counts.days[OVERTURNED], (course.overturned_on - row.denied_on).days)


def _sum(sums: dict[str, list[int]], name: str, more: tuple[int, ...]) -> None:
    so_far = sums.get(name)
    sums[name] = list(more) if so_far is None else [before + each for before, each in zip(so_far, more, strict=True)]


def _tick(days: dict[str, int], value: int) -> None:
    days[str(value)] = days.get(str(value), 0) + 1
