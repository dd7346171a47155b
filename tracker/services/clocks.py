"""Which rule sets a denial's "File by" clock, and from which day."""

from datetime import date
from typing import NamedTuple

from tracker.domain.deadlines import Clock, ClockRule, clock, own_rule
from tracker.knowledge import Knowledge
from tracker.models import PayerProfile


class Start(NamedTuple):
    """What starts a denial's first clock. ``barred_by`` is the remark that rules an appeal out, or empty."""

    payer_kind: str
    denied_on: date
    service_date: date | None
    barred_by: str = ""


def file_by(knowledge: Knowledge, start: Start, profile: PayerProfile | None) -> Clock | None:
    """Return the "File by" clock of a denial, or None where no limit is known.

    An appeal counts from the remittance (x12.md rule 35). Where a remark bars the appeal (MA130: send a new claim) the
    limit for claims counts from the date of service instead. A practice's own days for the payer win.
    """
    if start.barred_by:
        rule, trigger = _filing_rule(knowledge, start, profile), start.service_date
    else:
        rule, trigger = _appeal_rule(knowledge, start, profile), start.denied_on
    if rule is None or trigger is None:
        return None
    return clock(rule, trigger, closed=knowledge.closed_days)


def _appeal_rule(knowledge: Knowledge, start: Start, profile: PayerProfile | None) -> ClockRule | None:
    if profile is not None and profile.appeal_days is not None:
        return own_rule(profile.appeal_days, start.denied_on)
    return knowledge.clock_rule(start.payer_kind, on=start.denied_on)


def _filing_rule(knowledge: Knowledge, start: Start, profile: PayerProfile | None) -> ClockRule | None:
    if profile is not None and profile.filing_days is not None:
        return own_rule(profile.filing_days, start.denied_on)
    return knowledge.filing_rule(start.payer_kind)
