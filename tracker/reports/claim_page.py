"""What the claim's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.diagnosis import LineDiagnosis
from tracker.diagnosis.diagnosing import adjusted_lines
from tracker.domain.case import Case
from tracker.knowledge import Knowledge
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
    RecordsRequest,
    Remittance,
    Submission,
)
from tracker.services.cases import case_from_rows
from tracker.services.protected_notes import protected_of_claim
from tracker.services.records_requests import requests_of
from tracker.services.rule_switches import rules_off


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim with its answers (claim payment and its remittance), denials by line number, notes and receipts.

    ``provider_level`` is money that a payer took or gave with this claim as its reference (the pair and its
    remittance): it belongs to the provider and is no denial (x12.md rules 40 and 41). ``adjusted`` says of lines, by
    number, why their adjustments are no denial, or that the amount is wrong.
    """

    case: Case
    adjusted: Mapping[int, LineDiagnosis]
    payer: Payer
    practice: Practice
    provider: Provider | None
    payments: Sequence[Any]
    provider_level: Sequence[Any]
    denials: Sequence[Denial]
    notes: Sequence[Note]
    hidden_notes: int
    submissions: Sequence[Submission]
    requests: Sequence[RecordsRequest]


def claim_page(session: Session, claim: Claim, knowledge: Knowledge, today: date) -> ClaimPage:
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
    protected, hidden = protected_of_claim(session, own, claim.id)
    case = case_from_rows(session, own, claim.id, today)
    return ClaimPage(
        case=case,
        adjusted=adjusted_lines(case, knowledge, rules_off(session, own)),
        payer=session.get_one(Payer, claim.payer_id),
        practice=session.get_one(Practice, own),
        provider=session.get(Provider, (own, claim.rendering_provider_id)) if claim.rendering_provider_id else None,
        payments=payments,
        provider_level=_provider_level(session, claim),
        denials=session.scalars(denials).all(),
        notes=[*session.scalars(notes), *protected],
        hidden_notes=hidden,
        submissions=session.scalars(receipts.order_by(Submission.sent_on)).all(),
        requests=requests_of(session, own, claim.id),
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
