"""Which rule counts the time a denial has, and from which day."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.deadlines import Clock, ClockRule, clock
from tracker.domain.own_limits import OwnLimit, limit_key, own_rule, read_limit
from tracker.knowledge import Knowledge
from tracker.models import Payer, PayerProfile
from tracker.services.barring import is_late_medicare_claim


class Start(NamedTuple):
    """What starts a denial's first clock. ``barred_by`` is the remark that rules an appeal out, or empty.

    ``carc`` is the denial's reason code, ``received_on`` the proven receipt of the notice, ``extension_days`` what the
    payer granted.
    """

    payer_kind: str
    denied_on: date
    service_date: date | None
    barred_by: str = ""
    carc: str = ""
    received_on: date | None = None
    extension_days: int = 0


def profile_of(session: Session, practice_id: int, payer_id: int) -> PayerProfile | None:
    """Return a practice's own figures for a payer, if it set any."""
    return session.scalar(
        select(PayerProfile).where(PayerProfile.practice_id == practice_id, PayerProfile.payer_id == payer_id)
    )


def own_limit(profile: PayerProfile | None, purpose: str, level: int) -> OwnLimit | None:
    """Return what a practice set or checked of one limit, if anything."""
    kept = profile.limits.get(limit_key(purpose, level)) if profile is not None and profile.limits else None
    return read_limit(kept) if kept else None


def own_days(
    limits: Mapping[str, Any] | None, purpose: str, level: int, start: date, visit: date | None = None
) -> int | None:
    """Return the calendar days of a practice's own limit; months and business days are counted from ``start``.

    A limit that counts from the date of service has the days that ``start`` leaves of those from ``visit``.
    """
    kept = (limits or {}).get(limit_key(purpose, level))
    own = read_limit(kept) if kept else None
    if own is None or not own.is_own:
        return None
    rule = own_rule(purpose, level, own, None, start)
    if rule.counts_service and visit is not None:
        return max((clock(rule, visit).legal - start).days, 0)
    return (clock(rule, start).legal - start).days


def usual_rule(
    knowledge: Knowledge, payer_kind: str, profile: PayerProfile | None, purpose: str, level: int, on: date
) -> ClockRule | None:
    """Return the rule of the reference data: of the large payer the practice named, or else of the payer's kind."""
    named = (profile.named or "") if profile is not None else ""
    if purpose in ("claim_filing", "corrected_claim", "records"):
        return knowledge.filing_rule(payer_kind, on, named, purpose)
    return knowledge.clock_rule(payer_kind, level, on, named)


def rule_in_use(
    knowledge: Knowledge, payer_kind: str, profile: PayerProfile | None, purpose: str, level: int, on: date
) -> ClockRule | None:
    """Return the rule that counts for a practice on a day: its own limit, or else the usual rule; None for neither."""
    usual, own = usual_rule(knowledge, payer_kind, profile, purpose, level, on), own_limit(profile, purpose, level)
    return own_rule(purpose, level, own, usual, on) if own is not None and own.is_own else usual


def rule_after(  # what was decided, and where
    knowledge: Knowledge, payer_kind: str, profile: PayerProfile | None, level: int, on: date, *, dismissed: bool
) -> ClockRule | None:
    """Return the rule that counts after a refusal at ``level``: the next level's, or that of a dismissal's review.

    A dismissal that has a review of its own leaves less time than a decision (42 CFR 405.974(b) and 405.962).
    """
    named = (profile.named or "") if profile is not None else ""
    review = knowledge.dismissal_rule(payer_kind, level, on, named) if dismissed else None
    return review or rule_in_use(knowledge, payer_kind, profile, "appeal", level + 1, on)


def level_rule(
    session: Session, practice_id: int, payer_id: int, level: int, on: date, knowledge: Knowledge
) -> ClockRule | None:
    """Return the rule of an appeal at ``level`` to one of a practice's payers, or None where none is known."""
    payer = session.get_one(Payer, payer_id)
    profile = profile_of(session, practice_id, payer_id)
    return rule_in_use(knowledge, payer.kind, profile, "appeal", level, on)


def file_by(knowledge: Knowledge, start: Start, profile: PayerProfile | None) -> Clock | None:
    """Return the "File by" clock of a denial, or None where no limit is known or Medicare takes no appeal.

    An appeal counts from the remittance (x12.md rule 35), unless its rule counts from the date of service. Where a remark bars the appeal (MA130: send a new claim) the
    limit for claims counts from the date of service instead. A practice's own limits for the payer win.
    """
    if not start.barred_by and is_late_medicare_claim(start.payer_kind, start.carc):
        return None
    purpose, level = ("claim_filing", 0) if start.barred_by else ("appeal", 1)
    trigger = start.service_date if start.barred_by else start.denied_on
    if trigger is None:
        return None
    rule = rule_in_use(knowledge, start.payer_kind, profile, purpose, level, trigger)
    if rule is not None and rule.counts_service:
        return counted_from_service(rule, start.service_date, knowledge, start.extension_days)
    received_on = None if start.barred_by else start.received_on
    return counted(rule, trigger, knowledge, received_on, start.extension_days)


def counted_from_service(
    rule: ClockRule, service_date: date | None, knowledge: Knowledge, extension_days: int = 0
) -> Clock | None:
    """Return the clock of a rule that counts from the date of service; None where that day is not known.

    The notice comes later, so counting from it would give a day that is too late.
    """
    return counted(rule, service_date, knowledge, extension_days=extension_days) if service_date is not None else None


def counted(
    rule: ClockRule | None,
    trigger: date,
    knowledge: Knowledge,
    received_on: date | None = None,
    extension_days: int = 0,
) -> Clock | None:
    """Return the clock a rule starts on ``trigger``, with the days federal offices close; None without a rule."""
    if rule is None:
        return None
    return clock(rule, trigger, received_on=received_on, extension_days=extension_days, closed=knowledge.closed_days)
