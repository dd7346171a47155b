"""How long there is to act: clock rules, the two dates a clock has, and how near they are.

Day 0 is the trigger (the notice's date), day 1 the day after. Two dates come out: ``safe`` counts from the notice
without any presumption of late receipt and steps back to a business day; ``legal`` adds the presumption and rolls
forward where the rule says so. Queues sort by ``safe``; nothing is called missed before ``legal`` has passed.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.business_days import add_business_days, business_day_on_or_after, business_day_on_or_before

# Why a rule is not sure, by its confidence; what stands at its source is sure.
CONFIDENCE_WORDS = {
    "mixed": "only partly seen at its source",
    "knowledge": "from practice, no source seen",
    "weak": "retold by others",
    "old": "an old copy",
    "conflicting": "sources disagree",
}


class MonthEnd(StrEnum):
    """What a count of months does when the month has no such day."""

    LAST_DAY = "last_day"  # contracts
    FIRST_OF_NEXT = "first_of_next"  # external review: 45 CFR 147.136(d)(2)(i)


# How reference data and people write that a limit counts from the date of service.
_SERVICE = re.compile(r"\b(dates? of service|service dates?|DOS)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One way of counting. One of ``days``, ``business_days`` and ``months`` is set.

    ``receipt_days`` are presumed between the notice's date and its receipt. ``rolls`` says that a last day on a
    weekend or federal holiday moves to the next business day. ``filed_when`` is ``received``, ``postmarked`` or
    ``submitted``. ``answer_days`` (or ``answer_business_days``) are the days in which the payer decides, None where no
    source says so. ``from_denial`` says that a level above the first counts from the denial, not from the decision below.
    ``safe_days`` are set where sources disagree: the fewest that one gives, which the safe date counts in place of the length.
    ``payer_file`` is the name of the file of reference data that holds the rule. ``confidence`` is ``source``, ``knowledge``, ``old``, ``conflicting`` or ``assumed``.
    """

    id: str
    payer_kinds: tuple[str, ...]
    purpose: str
    level: int
    step: str
    payer: str
    counted_from: str
    days: int | None
    months: int | None
    receipt_days: int
    rolls: bool
    month_end: MonthEnd
    filed_when: str
    answer_time: str
    note: str
    source: str
    checked_on: date
    confidence: str
    business_days: int | None = None
    answer_days: int | None = None
    answer_business_days: int | None = None
    from_denial: bool = False
    safe_days: int | None = None
    payer_file: str = ""
    effective_from: date | None = None
    effective_to: date | None = None

    @property
    def length(self) -> str:
        """Return the length in words: ``120 days``, ``45 business days``, ``4 months``."""
        lengths = (self.days, "day"), (self.business_days, "business day"), (self.months, "month")
        count, unit = next(length for length in lengths if length[0] is not None)
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"

    @property
    def counts_receipt(self) -> bool:
        """Whether the time runs from the receipt of the notice, so that a proven receipt moves the last day."""
        return self.receipt_days > 0 or "receipt" in self.counted_from.lower()

    @property
    def counts_service(self) -> bool:
        """Whether the time runs from the date of service, whatever notice came later."""
        return _SERVICE.search(self.counted_from) is not None

    def in_force(self, day: date) -> bool:
        """Whether the rule holds for a notice of ``day``."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


class Clock(NamedTuple):
    """The two dates of one deadline, and how they were counted, in words.

    ``basis`` says it to the payer, short and for the legal date alone: with every day that was added to the length.
    """

    safe: date
    legal: date
    words: str
    basis: str
    rule: ClockRule


class Bucket(StrEnum):
    """How near a deadline is, as the queue groups it."""

    OVERDUE = "overdue"
    WEEK = "0-7"
    TWO_WEEKS = "8-14"
    MONTH = "15-30"
    LATER = "31+"
    NONE = "none"

    @property
    def label(self) -> str:
        """Return the words a screen shows."""
        return _BUCKET_LABELS[self]


_BUCKET_LABELS = {
    Bucket.OVERDUE: "Overdue",
    Bucket.WEEK: "1 to 7 days",
    Bucket.TWO_WEEKS: "8 to 14 days",
    Bucket.MONTH: "15 to 30 days",
    Bucket.LATER: "31 days or more",
    Bucket.NONE: "No deadline",
}


def clock(
    rule: ClockRule,
    trigger: date,
    *,
    received_on: date | None = None,
    extension_days: int = 0,
    closed: frozenset[date] = frozenset(),
) -> Clock:
    """Return the clock that ``rule`` starts on ``trigger``, the date of the notice (or of the service).

    A proven receipt (``received_on``) replaces the presumption; where the rule counts from the notice it moves nothing.
    ``extension_days`` are days the payer granted, ``closed`` days offices close besides weekends and federal holidays.
    Raises ValueError when the receipt is before the notice.
    """
    if received_on is not None and received_on < trigger:
        raise ValueError(f"received on {received_on}, before the notice of {trigger}")
    receipt = received_on if rule.counts_receipt else None
    extension = timedelta(days=extension_days)
    shortest = _last_day(rule, trigger, closed) if rule.safe_days is None else trigger + timedelta(days=rule.safe_days)
    counted_to = shortest + extension
    start = trigger + timedelta(days=rule.receipt_days) if receipt is None else receipt
    last = _last_day(rule, start, closed) + extension
    legal = business_day_on_or_after(last, closed) if rule.rolls else last
    safe = business_day_on_or_before(counted_to, closed)
    words = _words(rule, trigger, receipt, extension_days, last, legal)
    return Clock(safe, legal, words, _basis(rule, receipt, extension_days, legal != last), rule)


def _last_day(rule: ClockRule, start: date, closed: frozenset[date]) -> date:
    if rule.days is not None:
        return start + timedelta(days=rule.days)
    if rule.business_days is not None:
        return add_business_days(start, rule.business_days, closed)
    return add_months(start, rule.months or 0, rule.month_end)


def add_months(start: date, months: int, month_end: MonthEnd = MonthEnd.LAST_DAY) -> date:
    """Return the same day ``months`` later; a month without that day gives what ``month_end`` says."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    if start.day <= last:
        return date(year, month0 + 1, start.day)
    end = date(year, month0 + 1, last)
    return end if month_end is MonthEnd.LAST_DAY else end + timedelta(days=1)


def _basis(rule: ClockRule, received_on: date | None, extension_days: int, rolled: bool) -> str:
    parts = [f"{rule.length} from {rule.counted_from}"]
    if received_on is not None:
        parts.append(f"received on {_day_in_full(received_on)}")
    elif rule.receipt_days:
        parts.append(f"with {rule.receipt_days} days presumed for receipt")
    if extension_days:
        parts.append(f"and {_more_days(extension_days)} that you granted")
    return f"{', '.join(parts)}; rolled to a business day" if rolled else ", ".join(parts)


def _words(
    rule: ClockRule, trigger: date, received_on: date | None, extension_days: int, last: date, legal: date
) -> str:
    parts = [f"{rule.length} from {rule.counted_from}, {_day(trigger)}"]
    if received_on is not None:
        parts.append(f"counted from its receipt on {_day(received_on)}")
    elif rule.receipt_days:
        parts.append(f"with {rule.receipt_days} days presumed for receipt")
    if extension_days:
        parts.append(f"and {_more_days(extension_days)} that the payer granted")
    text = f"{', '.join(parts)}: the last day is {_day(legal)}"
    if legal != last:
        text = f"{text} ({_day(last)} is no business day)"
    shorter = (
        "" if rule.safe_days is None else f" Another source gives {rule.safe_days} days, which the safe date counts."
    )
    return f"{text}.{shorter}"


def _more_days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'} more"


def _day(day: date) -> str:
    return f"{day:%a, %b} {day.day}, {day.year}"


def _day_in_full(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


# Days to take off the last day so that something arrives in time, by the way it is sent.
TRANSIT_DAYS = {"portal": 0, "fax": 1, "certified_mail": 5, "mail": 7}


def send_by(due: Clock, method: str, closed: frozenset[date] = frozenset()) -> date:
    """Return the last business day to send something so that it counts as filed by the safe date.

    ``method`` is a key of TRANSIT_DAYS. Where a postmark or the sending itself counts, no days are taken off.
    """
    transit = TRANSIT_DAYS[method] if due.rule.filed_when == "received" else 0
    return business_day_on_or_before(due.safe - timedelta(days=transit), closed)


def answer_due(rule: ClockRule, sent_on: date, closed: frozenset[date] = frozenset()) -> date | None:
    """Return the day a payer has to answer by what was sent on ``sent_on``, or None where no source says so."""
    if rule.answer_days is not None:
        return sent_on + timedelta(days=rule.answer_days)
    if rule.answer_business_days is not None:
        return add_business_days(sent_on, rule.answer_business_days, closed)
    return None


def days_left(due: date, today: date) -> int:
    """Return the days from ``today`` to ``due``: 0 on the day itself, negative after it."""
    return (due - today).days


def bucket(due: date | None, today: date) -> Bucket:
    """Return how near ``due`` is on ``today``."""
    if due is None:
        return Bucket.NONE
    left = days_left(due, today)
    if left < 0:
        return Bucket.OVERDUE
    return next(
        (found for limit, found in ((7, Bucket.WEEK), (14, Bucket.TWO_WEEKS), (30, Bucket.MONTH)) if left <= limit),
        Bucket.LATER,
    )
