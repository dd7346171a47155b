"""What a practice knows of a payer: where appeals go, and its own limits in place of the usual ones."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.models import Denial, Payer, PayerProfile
from tracker.services.barring import appeal_barred_by
from tracker.services.clocks import Start, file_by
from tracker.services.coverage import EditConflict
from tracker.services.diagnosing import diagnose_claims

FIGURES = ("counting_method", "requires_discipline_modifier", "filing_days", "appeal_days", "habits")


def profile_of(session: Session, practice_id: int, payer_id: int) -> PayerProfile | None:
    """Return a practice's own figures for a payer, if it set any."""
    return session.scalar(
        select(PayerProfile).where(PayerProfile.practice_id == practice_id, PayerProfile.payer_id == payer_id)
    )


def set_figures(  # one practice's figures for one payer
    session: Session,
    practice_id: int,
    payer: Payer,
    seen_version: int | None,
    values: Mapping[str, Any],
    knowledge: Knowledge,
    today: date,
) -> int:
    """Set a practice's figures for a payer; clocks and likely causes of its open denials follow.

    Returns how many clocks moved; dates set by hand stay. Raises EditConflict when somebody else was quicker.
    """
    profile = profile_of(session, practice_id, payer.id)
    if (profile.version if profile else None) != seen_version:
        raise EditConflict
    wanted = {name: values[name] for name in FIGURES}
    if profile is None:
        if not any(value not in (None, {}) for value in wanted.values()):
            return 0
        profile = PayerProfile(practice_id=practice_id, payer_id=payer.id)
        session.add(profile)
    changed = [name for name, value in wanted.items() if getattr(profile, name) != value]
    for name in changed:
        setattr(profile, name, wanted[name])
    session.flush()
    return _follow(session, payer, profile, knowledge, today) if changed else 0


def _follow(session: Session, payer: Payer, profile: PayerProfile, knowledge: Knowledge, today: date) -> int:
    own = (Denial.practice_id == profile.practice_id, Denial.payer_id == payer.id, Denial.is_open)
    moved = 0
    denials = session.scalars(select(Denial).where(*own)).all()
    for denial in denials:
        if denial.clock_rule == "by_hand" or denial.clock != "file_by":
            continue
        barred = appeal_barred_by(denial, knowledge) or ""
        due = file_by(knowledge, Start(payer.kind, denial.denied_on, denial.service_date, barred), profile)
        dates = (due.safe, due.legal) if due else (None, None)
        if dates != (denial.file_by_safe, denial.file_by_legal):
            denial.file_by_safe, denial.file_by_legal = dates
            denial.clock_rule = due.rule.id if due else ""
            moved += 1
    session.flush()
    claims = sorted({denial.claim_id for denial in denials})
    diagnose_claims(session, profile.practice_id, claims, knowledge, today)
    return moved
