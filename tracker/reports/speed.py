"""Panel 7: how fast are we? Days from the first denial to the first act, to filing and to the end, by month.

What has not happened yet counts as "still open" with the days it has waited so far (the product-limit estimate of Kaplan
and Meier, 1958): left out, the slow ones would be missing and the median look too good.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.month_counts import SPANS
from tracker.reports.courses import MonthCourse
from tracker.reports.months import Month

LABELS = {"acted": "First action", "filed": "Appeal or corrected claim", "closed": "Resolution"}
LEAST = 10
_MEDIAN, _NINE_IN_TEN = 50, 90


@dataclass(frozen=True, slots=True)
class Span:
    """One month's days to one event: None where fewer than ten denials are there or the share is not reached yet.

    ``slow`` are the denials that took, or have waited, longer than ``ninetieth`` days.
    """

    name: str
    done: int
    still_open: int
    median: int | None
    ninetieth: int | None
    slow: int

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few denials for a median."""
        return self.done + self.still_open < LEAST


@dataclass(frozen=True, slots=True)
class MonthSpeed:
    """The spans of one month's denials."""

    month: Month
    spans: tuple[Span, ...]


def speed(courses: Sequence[MonthCourse], today: date) -> tuple[MonthSpeed, ...]:
    """Return the months with denials, newest first."""
    found = [
        MonthSpeed(course.month, tuple(_span(course, name, today) for name in SPANS))
        for course in courses
        if course.of().denials
    ]
    return tuple(reversed(found))


def _span(course: MonthCourse, name: str, today: date) -> Span:
    first = course.month.first_day
    done = course.days[name]
    waited = Counter({(today - first.replace(day=day)).days: n for day, n in course.days[f"{name}_open"].items()})
    median, ninetieth = day_reached(done, waited, _MEDIAN), day_reached(done, waited, _NINE_IN_TEN)
    too_few = done.total() + waited.total() < LEAST
    slow = 0
    if ninetieth is not None and not too_few:
        slow = sum(count for days in (done, waited) for day, count in days.items() if day > ninetieth)
    return Span(
        name, done.total(), waited.total(), None if too_few else median, None if too_few else ninetieth, slow
    )  # fmt: skip


def day_reached(done: Mapping[int, int], waited: Mapping[int, int], percent: int) -> int | None:
    """Return the first day by which ``percent`` of 100 have happened; None when that is not known yet.

    ``done`` counts events by their day, ``waited`` those that have not happened after so many days.
    """
    left, at_risk = 1.0, sum(done.values()) + sum(waited.values())
    for day in sorted({*done, *waited}):
        events = done.get(day, 0)
        if events:
            left *= 1 - events / at_risk
            if left <= 1 - percent / 100 + 1e-9:
                return day
        at_risk -= events + waited.get(day, 0)
    return None


def speed_heading(found: Sequence[MonthSpeed], last: Month) -> str:
    """Return how fast the last complete month was acted on, from fixed sentences with checks."""
    spans = next((each.spans for each in found if each.month == last), None)
    if spans is None or spans[0].is_too_few:
        return f"Too few denials in {last.name} for a median"
    if spans[0].median is None:
        return f"More than half of the denials of {last.name} still wait for a first action"
    days = "1 day" if spans[0].median == 1 else f"{spans[0].median} days"
    return f"Half of the denials of {last.name} were acted on within {days}"
