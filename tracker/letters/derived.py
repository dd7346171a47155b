"""What follows from the facts of a letter: totals, units by day, times that overlap, the end of an exception."""

import calendar
from collections.abc import Sequence
from datetime import date
from itertools import combinations, groupby
from typing import NamedTuple

from tracker.domain.units import count_units
from tracker.letters.facts import FilingEvent, FilingFacts, LetterFacts, MinuteRow
from tracker.letters.words import clock_time, date_range, long_date

_MONTHS_OF_EXTENSION = 6


class CodeCount(NamedTuple):
    """One timed code on one day: its minutes, the units billed and the units each method gives it."""

    code: str
    meaning: str
    minutes: int
    units_billed: int
    units_cms: int
    units_spm: int
    units_hybrid: int


class DayCount(NamedTuple):
    """The timed codes one claim bills on one day, with the day's totals and the places of the minutes in the notes."""

    day: date
    rows: tuple[CodeCount, ...]
    places: tuple[str, ...]
    minutes: int
    units_billed: int
    units_cms: int
    units_spm: int
    units_hybrid: int


def count_days(minutes: Sequence[MinuteRow]) -> tuple[DayCount, ...]:
    """Return units per day and code by each method; minutes of a code recorded in several intervals are added.

    Two claims of one day count apart: units are counted by claim.
    """
    visits = groupby(sorted(minutes, key=_visit), key=_visit)
    return tuple(_count_day(day, tuple(rows)) for (day, _), rows in visits)


def _visit(row: MinuteRow) -> tuple[date, int]:
    return row.service_date, row.claim


def _count_day(day: date, rows: tuple[MinuteRow, ...]) -> DayCount:
    minutes: dict[str, int] = {}
    for row in rows:
        minutes[row.code] = minutes.get(row.code, 0) + row.minutes
    first = {row.code: row for row in reversed(rows)}
    by_method = [count_units(method, minutes) for method in ("cms", "spm", "hybrid")]
    codes = tuple(
        CodeCount(code, first[code].meaning, each, first[code].units_billed, *(count.of(code) for count in by_method))
        for code, each in minutes.items()
    )
    billed = sum(code.units_billed for code in codes)
    places = tuple(dict.fromkeys(row.source for row in rows if row.source))
    return DayCount(day, codes, places, sum(minutes.values()), billed, *(count.units for count in by_method))


def unsupported_days(days: Sequence[DayCount], method: str) -> tuple[str, ...]:
    """Return in words the days or codes for which more units were billed than the minutes make by ``method``.

    None when ``method`` is empty: then nobody knows yet how the payer counts.
    """
    found = []
    for day in days if method else ():
        if method == "cms":
            # One clinician's choice of code is as good as another's; only the total is compared.
            rows = [("timed codes", day.units_billed, day.units_cms)]
        else:
            rows = [
                (row.code, row.units_billed, row.units_hybrid if method == "hybrid" else row.units_spm)
                for row in day.rows
            ]
        found += [
            f"{what} on {long_date(day.day)}: {billed} billed, {supported} supported"
            for what, billed, supported in rows
            if billed > supported
        ]
    return tuple(found)


def overlapping_times(minutes: Sequence[MinuteRow]) -> tuple[str, ...]:
    """Return a sentence for every two intervals of different codes on one day that share time."""
    return tuple(
        f"{_interval(one)} and {_interval(other)}"
        for one, other in combinations(minutes, 2)
        if one.code != other.code and one.service_date == other.service_date and _share_time(one, other)
    )


def _share_time(one: MinuteRow, other: MinuteRow) -> bool:
    if one.start is None or one.stop is None or other.start is None or other.stop is None:
        return False
    return one.start < other.stop and other.start < one.stop


def _interval(row: MinuteRow) -> str:
    assert row.start is not None
    assert row.stop is not None
    return f"{row.code} {clock_time(row.start)} to {clock_time(row.stop)}"


def exception_ends(began_on: date) -> date:
    """Return the last day of the sixth calendar month after the month of ``began_on`` (42 CFR 424.44(b)(5))."""
    month = began_on.month - 1 + _MONTHS_OF_EXTENSION
    year, month = began_on.year + month // 12, month % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def accepted_in_time(filing: FilingFacts | None, events: Sequence[FilingEvent], claims: int = 1) -> FilingEvent | None:
    """Return the first event by which the payer took the claim in, when it lies within the filing limit.

    Of several claims each needs one: then it is the last of these.
    """
    accepted = sorted((event for event in events if event.accepted), key=lambda event: event.on)
    firsts = list({event.claim: event for event in reversed(accepted)}.values())
    if len(firsts) < claims or filing is None or filing.last_day is None:
        return None
    last = max(firsts, key=lambda event: event.on)
    return last if last.on <= filing.last_day else None


def service_dates(facts: LetterFacts) -> str:
    """Return the dates of service of the denied lines in words; empty when none is known."""
    return date_range(service_days(facts))


def service_days(facts: LetterFacts) -> list[date]:
    """Return the days of service of the denied lines in order, each once."""
    return sorted({line.service_date for line in facts.lines if line.service_date is not None})
