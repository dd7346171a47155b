"""Lengths of time in a note: stretches of the clock, minutes in figures and in words, each with its place."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tracker.reading.clock import BARE_RANGE, CLOCK_RANGE, ClockRange, clock_range, number_before
from tracker.reading.services import MOST_PLACES

_MINUTES = re.compile(r"[0-9][0-9]{0,2}(?:(?P<unit>(?:[ ]?-[ ]?|[ ])?(?:minutes?|mins?|min)\b\.?)|['’′](?![\d'’′]))")
_ZERO_HOURS = re.compile(r"0:([0-5]\d)(?![\d:])")
_PART_OF_HOUR = re.compile(r"(?:three[- ]quarters|quarter) of an hour\b|half an hour\b|half[- ]hour\b")
_PARTS = {"t": 45, "q": 15, "h": 30}
_SPELLED = re.compile(r"min(?:ute)?s?\b")
_NO_CLOCK_BEFORE, _NO_BARE_BEFORE, _NO_COUNT_BEFORE = ":/.", "-/#$.,", ".,:/$#"


class Time(NamedTuple):
    """One length of time as written: kind ``clock``, ``bare_clock``, ``minutes``, ``prime`` or ``number``."""

    kind: str
    minutes: int
    start: int
    end: int
    clock: ClockRange | None = None


def find_times(low: str) -> list[Time]:
    """Return the lengths of time in their order; bare numbers are looked at only where a service stands before."""
    found = list(islice(_clocks(low), MOST_PLACES))
    taken = [(time.start, time.end) for time in found]
    others = (
        *islice(_counted(low), MOST_PLACES),
        *islice(_spelled(low), MOST_PLACES),
        *islice(_parts_of_hour(low), MOST_PLACES),
    )
    found += [time for time in others if not _within(taken, time.start)]
    found.sort(key=lambda time: time.start)
    return found


def _within(places: Sequence[tuple[int, int]], place: int) -> bool:
    at = bisect_right(places, (place, len(places) + place)) - 1
    return at >= 0 and places[at][0] <= place < places[at][1]


def _clocks(low: str) -> Iterator[Time]:
    for match in CLOCK_RANGE.finditer(low):
        if _stands_free(low, match.start(), _NO_CLOCK_BEFORE) and (clock := clock_range(*match.groups())) is not None:
            yield Time("clock", clock.minutes, *match.span(), clock)
    for match in BARE_RANGE.finditer(low):
        hour1, minute1, hour2, minute2 = match.groups()
        if _stands_free(low, match.start(), _NO_BARE_BEFORE) and (
            clock := clock_range(hour1, minute1, None, hour2, minute2, None)
        ):
            yield Time("bare_clock", clock.minutes, *match.span(), clock)


def _stands_free(low: str, start: int, bad: str) -> bool:
    """Whether neither a digit nor one of ``bad`` stands before a number; dot leaders may."""
    if start == 0 or low.endswith("..", max(start - 2, 0), start):
        return True
    return not (low[start - 1].isdigit() or low[start - 1] in bad)


def _counted(low: str) -> Iterator[Time]:
    for match in _MINUTES.finditer(low):
        start = match.start()
        if not _stands_free(low, start, _NO_COUNT_BEFORE):
            continue
        if match["unit"] is None:
            yield Time("prime", int(match[0][:-1]), start, match.end())
        elif not _is_part_of_span(low, start):
            yield Time("minutes", int(match[0][: -len(match["unit"])]), start, match.end())
    for match in _ZERO_HOURS.finditer(low):
        if _stands_free(low, match.start(), _NO_COUNT_BEFORE):
            yield Time("minutes", int(match[1]), *match.span())


def _spelled(low: str) -> Iterator[Time]:
    """Yield minutes whose number is written in words."""
    for match in _SPELLED.finditer(low):
        end = match.start() - 1
        if low[end : end + 1] in {" ", "-"} and low[end - 1 : end].isalpha() and (number := number_before(low, end)):
            yield Time("minutes", number[0], number[1], match.end())


def _parts_of_hour(low: str) -> Iterator[Time]:
    """Yield quarters and halves of an hour."""
    for match in _PART_OF_HOUR.finditer(low) if "hour" in low else ():
        if match.start() == 0 or not low[match.start() - 1].isalnum():
            yield Time("minutes", _PARTS[match[0][0]], *match.span())


def _is_part_of_span(low: str, start: int) -> bool:
    """Whether the number is the end of something like 10-15 min."""
    return start >= 2 and low[start - 1] in "-–" and low[start - 2].isdigit()
