"""Deadlines counted a second way, day by day, from the words of the rules (denials-appeals.md 5.8): for comparison alone.

Nothing of ``tracker`` is used, so that a slip there cannot hide here.
"""

from datetime import date, timedelta
from functools import cache

ONE = timedelta(days=1)


def _is_holiday(day: date) -> bool:
    """5 USC 6103(a), each holiday as its words say."""
    month, number, weekday = day.month, day.day, day.strftime("%a")
    nth = (number + 6) // 7
    fixed = {(1, 1), (7, 4), (11, 11), (12, 25)} | ({(6, 19)} if day.year > 2020 else set())
    floating = {(2, "Mon", 3), (9, "Mon", 1), (10, "Mon", 2), (11, "Thu", 4)}
    floating |= {(1, "Mon", 3)} if day.year > 1985 else set()
    is_last_monday_of_may = month == 5 and weekday == "Mon" and (day + 7 * ONE).month == 6
    return (month, number) in fixed or (month, weekday, nth) in floating or is_last_monday_of_may


@cache
def is_closed(day: date) -> bool:
    """Weekends, holidays, and the Friday before or Monday after a holiday on a weekend."""
    weekday = day.strftime("%a")
    off_for_tomorrow = weekday == "Fri" and _is_holiday(day + ONE)
    off_for_yesterday = weekday == "Mon" and _is_holiday(day - ONE)
    return weekday in {"Sat", "Sun"} or _is_holiday(day) or off_for_tomorrow or off_for_yesterday


def _months_later(start: date, months: int, *, first_of_next: bool) -> date:
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    day = date(year, month, 1)
    while day.day < start.day and (day + ONE).month == month:
        day += ONE
    return day if day.day == start.day or not first_of_next else day + ONE


def _last_day(rule, start: date) -> date:
    if rule.months is not None:
        return _months_later(start, rule.months, first_of_next=rule.month_end == "first_of_next")
    if rule.days is not None:
        return date.fromordinal(start.toordinal() + rule.days)
    day, counted = start, 0
    while counted < rule.business_days:
        day += ONE
        counted += not is_closed(day)
    return day


def oracle(rule, trigger: date, receipt: date | None = None, more: int = 0) -> tuple[date, date]:
    """Return the safe and the legal date of a rule (anything with its fields)."""
    shortest = _last_day(rule, trigger) if rule.safe_days is None else trigger + rule.safe_days * ONE
    safe = shortest + more * ONE
    while is_closed(safe):
        safe -= ONE
    from_receipt = rule.receipt_days > 0 or "receipt" in rule.counted_from
    start = receipt if receipt is not None and from_receipt else trigger + rule.receipt_days * ONE
    legal = _last_day(rule, start) + more * ONE
    while rule.rolls and is_closed(legal):
        legal += ONE
    return safe, legal
