"""What a practice knows of a payer: its own limits and habits in place of the usual ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.own_limits import OwnLimit, kept_limit, limit_key
from tracker.knowledge import Knowledge
from tracker.models import Denial, Payer, PayerProfile
from tracker.services.clock_moves import ClockMove, CountedBy, clock_moves, move_clocks
from tracker.services.clocks import own_limit, profile_of, usual_rule
from tracker.services.coverage import EditConflict
from tracker.services.diagnosing import diagnose_claims
from tracker.services.takebacks import move_disputes

PACKET_LIMITS = ("packet_files", "packet_file_mb", "packet_total_mb", "packet_file_pages")
FIGURES = ("counting_method", "requires_discipline_modifier", "named", "limits", "habits", *PACKET_LIMITS)
_EMPTY: tuple[object, ...] = (None, "", {})


def with_limit(profile: PayerProfile | None, purpose: str, level: int, limit: OwnLimit | None) -> dict[str, Any]:
    """Return the values that set one limit of a profile, or take it away with None; the others stay."""
    limits = dict(profile.limits) if profile is not None else {}
    limits.pop(limit_key(purpose, level), None)
    if limit is not None:
        limits[limit_key(purpose, level)] = kept_limit(limit)
    return {"limits": limits}


def checked(
    knowledge: Knowledge,
    payer: Payer,
    profile: PayerProfile | None,
    purpose: str,
    level: int,
    today: date,
    user_id: int,
) -> dict[str, Any]:
    """Return the values that say a person looked at the limit that counts today and found it right.

    Raises LookupError where no limit is known: there is nothing to check.
    """
    own = own_limit(profile, purpose, level)
    if own is None or not own.is_own:
        usual = usual_rule(knowledge, payer.kind, profile, purpose, level, today)
        if usual is None:
            raise LookupError(limit_key(purpose, level))
        own = OwnLimit(None, "days", "", "", "", None, None, usual.id)
    seen = replace(own, checked_on=today, checked_by=user_id)
    return with_limit(profile, purpose, level, seen)


def moves_of_change(
    session: Session, practice_id: int, payer: Payer, values: Mapping[str, Any], knowledge: Knowledge
) -> Sequence[ClockMove]:
    """Return the deadlines that a change of a practice's figures would move; nothing is changed."""
    profile = profile_of(session, practice_id, payer.id)
    now = {name: getattr(profile, name) for name in FIGURES} if profile is not None else {"named": "", "limits": {}}
    then = PayerProfile(**{**now, **values})
    return clock_moves(session, practice_id, payer, CountedBy(payer, profile), CountedBy(payer, then), knowledge)


def set_figures(  # one practice's figures for one payer
    session: Session,
    practice_id: int,
    payer: Payer,
    seen_version: int | None,
    values: Mapping[str, Any],
    knowledge: Knowledge,
    today: date,
) -> int:
    """Set some of a practice's figures for a payer; clocks, likely causes and dates of open takebacks follow.

    Returns how many clocks of denials moved; dates set by hand stay. Raises EditConflict when somebody else was quicker.
    """
    profile = profile_of(session, practice_id, payer.id)
    if (profile.version if profile else None) != seen_version:
        raise EditConflict
    if profile is None:
        if all(value in _EMPTY for value in values.values()):
            return 0
        profile = PayerProfile(practice_id=practice_id, payer_id=payer.id)
        session.add(profile)
        session.flush()
    changed = [name for name in FIGURES if name in values and getattr(profile, name) != values[name]]
    moves = moves_of_change(session, practice_id, payer, values, knowledge) if changed else ()
    for name in changed:
        setattr(profile, name, values[name])
    session.flush()
    move_clocks(session, moves)
    if changed:
        move_disputes(session, practice_id, payer, profile, knowledge)
        own = Denial.practice_id == practice_id, Denial.payer_id == payer.id, Denial.is_open
        claims = session.scalars(select(Denial.claim_id).where(*own).distinct().order_by(Denial.claim_id)).all()
        diagnose_claims(session, practice_id, claims, knowledge, today)
    return len(moves)
