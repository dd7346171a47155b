"""Weekends and US federal holidays, for any year.

For deadlines both the holiday itself and the day it is observed count as closed: the shift to Friday or Monday is a
leave rule (5 USC 6103(b)), but federal offices close on it.
"""

from datetime import MAXYEAR, date, timedelta
from functools import cache

_SATURDAY, _SUNDAY = 5, 6
_MONDAY, _THURSDAY = 0, 3

# 5 USC 6103(a); the later two since the years Public Law 98-144 and 117-17 took effect.
_KING_SINCE = 1986
_JUNETEENTH_SINCE = 2021


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())


def federal_holidays(year: int) -> dict[date, str]:
    """Return the legal public holidays of ``year`` by their own dates (5 USC 6103(a)), with their names."""
    holidays = {
        date(year, 1, 1): "New Year's Day",
        _nth_weekday(year, 2, _MONDAY, 3): "Washington's Birthday",
        _last_monday_of_may(year): "Memorial Day",
        date(year, 7, 4): "Independence Day",
        _nth_weekday(year, 9, _MONDAY, 1): "Labor Day",
        _nth_weekday(year, 10, _MONDAY, 2): "Columbus Day",
        date(year, 11, 11): "Veterans Day",
        _nth_weekday(year, 11, _THURSDAY, 4): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
    if year >= _KING_SINCE:
        holidays[_nth_weekday(year, 1, _MONDAY, 3)] = "Birthday of Martin Luther King, Jr."
    if year >= _JUNETEENTH_SINCE:
        holidays[date(year, 6, 19)] = "Juneteenth"
    return holidays


def observed(holiday: date) -> date:
    """Return the day a holiday is observed: Friday for a Saturday, Monday for a Sunday (5 USC 6103(b))."""
    if holiday.weekday() == _SATURDAY:
        return holiday - timedelta(days=1)
    if holiday.weekday() == _SUNDAY:
        return holiday + timedelta(days=1)
    return holiday


@cache
def _closed_days(year: int) -> frozenset[date]:
    """Holidays and the days they are observed on; next New Year's Day may be observed this December."""
    days = {
        day
        for each in (year, min(year + 1, MAXYEAR))
        for holiday in federal_holidays(each)
        for day in (holiday, observed(holiday))
    }
    return frozenset(day for day in days if day.year == year)


def is_business_day(day: date, closed: frozenset[date] = frozenset()) -> bool:
    """Whether offices are open: no weekend, no federal holiday, not one of ``closed``."""
    return day.weekday() < _SATURDAY and day not in _closed_days(day.year) and day not in closed


def business_day_on_or_after(day: date, closed: frozenset[date] = frozenset()) -> date:
    """Return ``day`` or the first business day after it."""
    while not is_business_day(day, closed):
        day += timedelta(days=1)
    return day


def business_day_on_or_before(day: date, closed: frozenset[date] = frozenset()) -> date:
    """Return ``day`` or the last business day before it."""
    while not is_business_day(day, closed):
        day -= timedelta(days=1)
    return day


def add_business_days(start: date, count: int, closed: frozenset[date] = frozenset()) -> date:
    """Return the day that is ``count`` business days after ``start``; ``start`` itself is day 0, whatever it is."""
    day = start
    for _ in range(count):
        day = business_day_on_or_after(day + timedelta(days=1), closed)
    return day
