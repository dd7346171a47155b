"""A denial's clock as its page shows it: the dates, how they were counted, and what moved them."""

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.domain.deadlines import CONFIDENCE_WORDS, send_by
from tracker.knowledge import Knowledge
from tracker.knowledge.ages import a_year_before
from tracker.models import Denial, Event, Payer
from tracker.services.barring import (
    LATE_CLAIM_LOOKED_ON,
    LATE_CLAIM_SOURCE,
    NO_TIME_FOR_LATE_CLAIMS,
    is_late_medicare_claim,
)
from tracker.services.clock_facts import facts_that_count
from tracker.services.clock_history import BY_HAND
from tracker.services.clock_moves import counted_clock
from tracker.services.clocks import own_limit, profile_of

# The ways of sending that need different times to arrive.
_WAYS = {"mail": "mail it", "certified_mail": "certified", "fax": "fax it", "portal": "portal"}

_ANY_STATE = "workers_comp"  # the file of the rules that count until a state is chosen


class Moved(NamedTuple):
    """Something that moved a date, in words, with the id of the paper that proves it (or empty)."""

    words: str
    file: str


class ClockView(NamedTuple):
    """The denial's clock. ``words`` say how the date was counted, ``source`` where the rule stands.

    ``looked_on`` is the day we looked at that source, ``doubt`` why the rule is not sure (or empty), ``checked_on`` the day
    somebody of the practice looked at it, ``is_old`` that the newest look is over a year old; ``ways`` are the last days to send something
    by each way, so that it arrives by the safe date. ``takes_receipt`` says that a proven receipt would count, ``asks_state`` that the days
    are the fewest known because nobody chose the state of a workers' compensation payer.
    """

    safe: date | None
    legal: date | None
    words: str
    source: str = ""
    confidence: str = ""
    note: str = ""
    doubt: str = ""
    looked_on: date | None = None
    checked_on: date | None = None
    is_old: bool = False
    ways: tuple[tuple[str, date], ...] = ()
    moved: tuple[Moved, ...] = ()
    takes_receipt: bool = False
    asks_state: bool = False


def clock_view(session: Session, denial: Denial, knowledge: Knowledge, today: date) -> ClockView:
    """Return the clock of a denial as its page shows it."""
    dates = denial.file_by_safe, denial.file_by_legal
    if denial.file_by_safe is None:
        return _without_date(session, denial, today)
    moved = tuple(_moved(event) for event in facts_that_count(session, denial))
    if denial.clock_rule == BY_HAND:
        words = "The date was set by hand" + (", and the payer granted more time." if moved else ".")
        return ClockView(*dates, words, confidence="source", moved=moved)
    due = counted_clock(session, denial, knowledge)
    if due is None:
        return ClockView(*dates, "")
    rule = due.rule
    as_set = due._replace(safe=denial.file_by_safe)
    own = own_limit(profile_of(session, denial.practice_id, denial.payer_id), rule.purpose, rule.level)
    checked_on = own.checked_on if own is not None and own.checks(rule) else None
    looked_on = rule.checked_on if rule.id in knowledge.clocks else None
    newest = max((day for day in (checked_on, looked_on) if day is not None), default=None)
    return ClockView(
        *dates,
        words=due.words if due.safe == denial.file_by_safe else f"{rule.length} from {rule.counted_from}.",
        source=rule.source,
        confidence=rule.confidence,
        note=rule.note,
        doubt=CONFIDENCE_WORDS.get(rule.confidence, ""),
        looked_on=looked_on,
        checked_on=checked_on,
        is_old=newest is not None and newest < a_year_before(today),
        ways=tuple((word, send_by(as_set, method, knowledge.closed_days)) for method, word in _WAYS.items()),
        moved=moved,
        takes_receipt=rule.counts_receipt,
        asks_state=rule.id in knowledge.clocks and rule.payer_file == _ANY_STATE,
    )


def _without_date(session: Session, denial: Denial, today: date) -> ClockView:
    """Return the clock of a denial that has no date, with the reason where it is one of the rules."""
    kind = session.get_one(Payer, denial.payer_id).kind
    if not denial.is_open or not is_late_medicare_claim(kind, denial.carc):
        return ClockView(None, None, "")
    return ClockView(
        None, None, f"{NO_TIME_FOR_LATE_CLAIMS}.", source=LATE_CLAIM_SOURCE, confidence="source",
        looked_on=LATE_CLAIM_LOOKED_ON, is_old=a_year_before(today) > LATE_CLAIM_LOOKED_ON,
    )  # fmt: skip


def _moved(event: Event) -> Moved:
    return Moved(f"{moved_words(event)}.", event.details.get("file", ""))


def moved_words(event: Event) -> str:
    """Return what an entry about an extension or a receipt says: how much, who said so, when, what proves it."""
    details, changes = event.details, event.details.get("changes", {})
    if event.kind == "receipt":
        proof = f": {details['proof']}" if details.get("proof") else ""
        return f"Receipt of the notice on {_day(changes['received_on'][1])} proven{proof}"
    days = changes["extension_days"][1]
    reference = f", reference {details['reference']}" if details.get("reference") else ""
    who = f"{details['by']} granted" if details.get("by") else "The payer granted"
    return f"{who} {days} {'day' if days == 1 else 'days'} more on {_day(details['on'])}{reference}"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%m/%d/%Y}"
