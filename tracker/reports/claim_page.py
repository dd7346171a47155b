"""What the claim's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.case import Case
from tracker.models import (
    Claim,
    ClaimPayment,
    Denial,
    Note,
    NoteLink,
    Payer,
    Practice,
    Provider,
    ProviderAdjustment,
    Remittance,
    Submission,
)
from tracker.services.cases import case_from_rows


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim with its answers (claim payment and its remittance), denials by line number, notes and receipts.

    ``provider_level`` is money that a payer took or gave with this claim as its reference (the pair and its
    remittance): it belongs to the provider and is no denial (x12.md rules 40 and 41).
    """

    case: Case
    payer: Payer
    practice: Practice
    provider: Provider | None
    payments: Sequence[Any]
    provider_level: Sequence[Any]
    denials: Sequence[Denial]
    notes: Sequence[Note]
    submissions: Sequence[Submission]


def claim_page(session: Session, claim: Claim, today: date) -> ClaimPage:
    """Return what is known of a claim."""
    own = claim.practice_id
    payments = session.execute(
        select(ClaimPayment, Remittance)
        .join(Remittance, and_(Remittance.practice_id == own, Remittance.id == ClaimPayment.remittance_id))
        .where(ClaimPayment.practice_id == own, ClaimPayment.claim_id == claim.id)
        .order_by(Remittance.payment_date, ClaimPayment.id)
    ).all()
    denials = select(Denial).where(Denial.practice_id == own, Denial.claim_id == claim.id).order_by(Denial.number)
    notes = (
        select(Note)
        .join(NoteLink, and_(NoteLink.practice_id == own, NoteLink.note_id == Note.id))
        .where(Note.practice_id == own, NoteLink.claim_id == claim.id, NoteLink.removed.is_(False))
        .order_by(Note.service_date, Note.id)
    )
    receipts = select(Submission).where(Submission.practice_id == own, Submission.claim_id == claim.id)
    return ClaimPage(
        case=case_from_rows(session, own, claim.id, today),
        payer=session.get_one(Payer, claim.payer_id),
        practice=session.get_one(Practice, own),
        provider=session.get(Provider, (own, claim.rendering_provider_id)) if claim.rendering_provider_id else None,
        payments=payments,
        provider_level=_provider_level(session, claim),
        denials=session.scalars(denials).all(),
        notes=session.scalars(notes).all(),
        submissions=session.scalars(receipts.order_by(Submission.sent_on)).all(),
    )


def _provider_level(session: Session, claim: Claim) -> Sequence[Any]:
    query = (
        select(ProviderAdjustment, Remittance)
        .join(
            Remittance,
            and_(Remittance.practice_id == claim.practice_id, Remittance.id == ProviderAdjustment.remittance_id),
        )
        .where(ProviderAdjustment.practice_id == claim.practice_id, ProviderAdjustment.claim_id == claim.id)
    )
    return session.execute(query.order_by(Remittance.payment_date, ProviderAdjustment.id)).all()
