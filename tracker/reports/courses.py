"""What became of the denials of some months: folded from the counts by month that are kept with every change."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from tracker.domain.denial_course import Step
from tracker.models import Denial, DenialCourse, MonthCount
from tracker.month_counts import MonthCounts, days_of, together
from tracker.reports.basis import Basis
from tracker.reports.months import Month
from tracker.reports.tallies import Asked, CauseTally

_MATURE_DAYS = 180  # ux.md 3.1: a cohort is open until 90 % of what was filed is decided or 180 days have passed
_MATURE_SHARE = 90
DECIDED = (Step.REFUSED, Step.OVERTURNED, Step.CORRECTED)
GAINED = (Step.OVERTURNED, Step.CORRECTED)
FILED = (Step.WAITING, Step.ENDED, *DECIDED)


class StepSums(NamedTuple):
    """Denials at one step of their course, and those of them the payer has paid something on since."""

    denials: int = 0
    cents: int = 0
    paid_denials: int = 0
    paid_cents: int = 0
    recovered_cents: int = 0

    @classmethod
    def together(cls, parts: Iterable[Iterable[int]]) -> "StepSums":
        """Return all parts added up."""
        return cls(*map(sum, zip(*parts, strict=True)))


class CauseSums(NamedTuple):
    """Denials of one root cause; ``times_denied`` counts every denial of their lines, ``repeated`` those denied again."""

    denials: int = 0
    cents: int = 0
    times_denied: int = 0
    repeated: int = 0

    @classmethod
    def together(cls, parts: Iterable[Iterable[int]]) -> "CauseSums":
        """Return all parts added up."""
        return cls(*map(sum, zip(*parts, strict=True)))


@dataclass(slots=True)
class MonthCourse:
    """The denials of one month: by step, by root cause, and after how many days what happened to them."""

    month: Month
    steps: defaultdict[Step, StepSums] = field(default_factory=lambda: defaultdict(StepSums))
    causes: defaultdict[str, CauseSums] = field(default_factory=lambda: defaultdict(CauseSums))
    days: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def of(self, *steps: Step) -> StepSums:
        """Return the denials at any of the steps; without any, all of the month."""
        return StepSums.together(sums for step, sums in self.steps.items() if not steps or step in steps)

    def is_open(self, today: date) -> bool:
        """Whether outcomes of the month are still to come (ux.md 3.1): then they are hatched and not compared."""
        if (today - self.month.last_day).days >= _MATURE_DAYS:
            return False
        filed, decided = self.of(*FILED).denials, self.of(*DECIDED).denials
        return not filed or decided * 100 < filed * _MATURE_SHARE


def month_courses(session: Session, asked: Asked, *, with_days: bool = True) -> tuple[MonthCourse, ...]:
    """Return each month asked for, in time order; one without denials is empty. Days are the larger part to read."""
    columns: list[Any] = [MonthCount.month, MonthCount.causes, MonthCount.steps, MonthCount.below]
    query = _asked(select(*columns, *([MonthCount.days] if with_days else [])), asked)
    by_month: defaultdict[Month, list[MonthCounts]] = defaultdict(list)
    for first, causes, steps, below, *days in session.execute(query):
        counts = MonthCounts({}, {}, causes, steps, days_of(days[0]) if days else {}, below)
        by_month[Month.of(first)].append(counts)
    return tuple(_course(month, together(by_month[month]), asked.basis) for month in asked.months)


def _course(month: Month, counts: MonthCounts, basis: Basis) -> MonthCourse:
    course = MonthCourse(month)
    course.steps.update({Step(name): StepSums(*sums) for name, sums in counts.steps.items()})
    course.causes.update({name: CauseSums(*sums) for name, sums in counts.causes.items()})
    course.days.update({name: Counter(days) for name, days in counts.days.items()})
    if basis is Basis.EXPECTED:
        _take_off(course, counts.below)
    return course


def _take_off(course: MonthCourse, below: dict[str, dict[str, int]]) -> None:
    """Take off by how much what is expected lies under what was denied."""
    for cause, cents in below.get("causes", {}).items():
        course.causes[cause] = CauseSums.together((course.causes[cause], CauseSums(cents=-cents)))
    for step, cents in below.get("steps", {}).items():
        course.steps[Step(step)] = StepSums.together((course.steps[Step(step)], StepSums(cents=-cents)))
    for step, cents in below.get("paid", {}).items():
        course.steps[Step(step)] = StepSums.together((course.steps[Step(step)], StepSums(paid_cents=-cents)))


def _asked(query: Select[Any], asked: Asked) -> Select[Any]:
    query = query.where(MonthCount.month.between(asked.first.first_day, asked.last.first_day))
    payers = MonthCount.payer_id.in_(asked.payer_ids) if asked.payer_ids else MonthCount.payer_id.is_(None)
    return query.where(payers)


def causes_of(courses: Iterable[MonthCourse]) -> list[CauseTally]:
    """Return the denials of months by root cause."""
    parts: defaultdict[str, list[CauseSums]] = defaultdict(list)
    for course in courses:
        for cause, sums in course.causes.items():
            parts[cause].append(sums)
    sums_of = {cause: CauseSums.together(own) for cause, own in parts.items()}
    return [CauseTally(cause, sums.denials, sums.cents) for cause, sums in sums_of.items()]


# ---- the same as conditions, for the lists behind the numbers ----


def has_course(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a denial has a course of which these hold."""
    mine = DenialCourse.practice_id == Denial.practice_id, DenialCourse.denial_id == Denial.id
    return exists().where(*mine, *conditions)


_acted = has_course(DenialCourse.acted_on.is_not(None))
_filed = has_course(DenialCourse.appealed_on.is_not(None) | DenialCourse.corrected_on.is_not(None))
_won = has_course(DenialCourse.overturned_on.is_not(None))
_corrected = and_(~_won, has_course(DenialCourse.corrected_on.is_not(None)), Denial.recovered_cents > 0)
_answered = _won | _corrected | and_(_filed, has_course(DenialCourse.decided_on.is_not(None)))
_money = Denial.recovered_cents > 0
# What an address calls them, and the condition. A stage and those that do not pass it make up the stage before.
OF_COURSE: dict[str, ColumnElement[bool]] = {
    "acted": _acted,
    "not-acted": ~_acted,
    "filed": _filed,
    "not-filed": _acted & ~_filed,
    "answered": _answered,
    "not-answered": _filed & ~_answered,
    "with-payer": and_(_filed, ~_answered, Denial.is_open.is_(True)),
    "gained": _won | _corrected,
    "refused": _answered & ~(_won | _corrected),
    "overturned": _won,
    "corrected-paid": _corrected,
    "money": and_(_won | _corrected, _money),
    "no-money": and_(_won, ~_money),
    "paid-otherwise": and_(_money, ~(_won | _corrected)),
    "denied-again": Denial.times_denied > 1,
}
