"""How long people worked on something, measured from the moments at which they saved."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

LONGEST_PAUSE = timedelta(minutes=5)


def minutes_spent(moments: Iterable[tuple[int, datetime]]) -> int:
    """Return the whole minutes of work, rounded up, of (person, moment) pairs in any order.

    The time between two moments of one person counts, but never more than five minutes of it: what is longer was a
    pause. People who work at the same time are added. A single moment is no measure and counts nothing.
    """
    by_person: dict[int, list[datetime]] = {}
    for person, moment in moments:
        by_person.setdefault(person, []).append(moment)
    worked = sum(
        (min(later - earlier, LONGEST_PAUSE) for own in by_person.values() for earlier, later in pairwise(sorted(own))),
        timedelta(),
    )
    return -(-worked // timedelta(minutes=1))


def median_minutes(minutes: Sequence[int]) -> int | None:
    """Return the median, rounded to whole minutes, of the appeals that were measured; None when none was."""
    measured = [each for each in minutes if each > 0]
    return round(median(measured)) if measured else None
