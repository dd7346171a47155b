"""How long people worked on something, measured from the moments at which they saved."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.domain.median import middle

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


def median_minutes(appeals: Mapping[int, int]) -> int | None:
    """Return the median in whole minutes of the appeals that were measured, given by their minutes; None when none was."""
    measured = {minutes: count for minutes, count in appeals.items() if minutes > 0 and count}
    return round(sum(middle(measured)) / 2) if measured else None
