"""How soon denials are overturned: by month of first denial, the share won within 30, 60, 90 and 120 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.month_counts import OVERTURNED
from tracker.reports.courses import MonthCourse
from tracker.reports.figures import LEAST_LINES, Rate
from tracker.reports.months import Month

AGES = (30, 60, 90, 120)


@dataclass(frozen=True, slots=True)
class CohortCurve:
    """One month's denials: how many were overturned within each of AGES; None where that day is still to come."""

    month: Month
    is_open: bool
    denials: int
    won: tuple[int | None, ...]

    @property
    def rates(self) -> tuple[Rate | None, ...]:
        """The shares of the month's denials; without a share under twenty denials."""
        return tuple(None if won is None else Rate(won, self.denials, LEAST_LINES) for won in self.won)


@dataclass(frozen=True, slots=True)
class OverturnCurve:
    """The months, and what those that are finished in full come to together (None without any)."""

    months: tuple[CohortCurve, ...]
    finished: CohortCurve | None

    @property
    def finished_months(self) -> tuple[str, ...]:
        """The months that ``finished`` sums up, as addresses carry them."""
        return tuple(cohort.month.code for cohort in self.months if _is_finished(cohort))


def overturn_curve(courses: Sequence[MonthCourse], today: date) -> OverturnCurve:
    """Return the curve of each month with denials; an age counts once the month's last denial has reached it."""
    months = tuple(_curve(course, today) for course in courses if course.of().denials)
    done = [cohort for cohort in months if _is_finished(cohort)]
    if not done:
        return OverturnCurve(months, None)
    won = tuple(sum(cohort.won[at] or 0 for cohort in done) for at in range(len(AGES)))
    return OverturnCurve(months, CohortCurve(done[0].month, False, sum(cohort.denials for cohort in done), won))


def _is_finished(cohort: CohortCurve) -> bool:
    return not cohort.is_open and None not in cohort.won


def _curve(course: MonthCourse, today: date) -> CohortCurve:
    age, days = (today - course.month.last_day).days, course.days[OVERTURNED]
    won = tuple(
        sum(count for day, count in days.items() if day <= reached) if age >= reached else None for reached in AGES
    )
    return CohortCurve(course.month, course.is_open(today), course.of().denials, won)


def curve_heading(found: OverturnCurve) -> str:
    """Return what the curve says, from fixed sentences with checks."""
    if found.finished is None:
        return "No month is finished yet: outcomes are still to come"
    last = found.finished.rates[-1]
    if last is None or last.share is None:
        return "Too few denials in finished months to show a share"
    return f"{last.text(0)} of denials in finished months were overturned within {AGES[-1]} days"
