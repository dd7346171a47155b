"""What payers allowed for the lines of claims, from the answers that stand."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from tracker.models import Adjustment, Claim, ClaimLine, ClaimPayment, ServicePayment

# Reversals take an answer back; 23 (forwarded) and 25 (predetermination) answer nothing (x12.md rule 10).
_NO_ANSWER = ("22", "23", "25")
# What a payer allowed beyond what it paid: deductible, coinsurance, copay (PR) and sequestration (CO-253).
ALLOWED_TOO = ("1", "2", "3", "253")
_CLAIMS_AT_ONCE = 5000


class AllowedRow(NamedTuple):
    """What a payer allowed for one line of a patient, in cents."""

    patient_id: int
    service_date: date | None
    modifiers: str
    claim_id: int
    allowed: int
    line_id: int


def standing() -> ColumnElement[bool]:
    """Return the condition for an answer of the payer that still stands."""
    return and_(ClaimPayment.reversed_by_id.is_(None), ClaimPayment.status.not_in(_NO_ANSWER))


def allowed_amounts(session: Session, practice_id: int, claim_ids: Sequence[int]) -> Iterator[AllowedRow]:
    """Yield what was allowed for the claims' lines.

    Where the payer sent no allowed amount it is what it paid with the patient's share and sequestration.
    """
    for start in range(0, len(claim_ids), _CLAIMS_AT_ONCE):
        yield from _allowed(session, practice_id, claim_ids[start : start + _CLAIMS_AT_ONCE])


def _allowed(session: Session, practice_id: int, claim_ids: Sequence[int]) -> Iterator[AllowedRow]:
    of_claims = (ClaimPayment.practice_id == practice_id, ClaimPayment.claim_id.in_(claim_ids), standing())
    rows = session.execute(
        select(
            Claim.patient_id, ClaimLine.service_date, ClaimLine.modifiers, ClaimLine.claim_id,
            ClaimLine.id.label("line_id"), ServicePayment.id, ServicePayment.allowed_cents, ServicePayment.paid_cents,
        )
        .select_from(ClaimPayment)
        .join(Claim, _same(ClaimPayment.claim_id, ClaimPayment.practice_id, Claim))
        .join(ServicePayment, _parts_of(ServicePayment))
        .join(ClaimLine, _same(ServicePayment.claim_line_id, ServicePayment.practice_id, ClaimLine))
        .where(*of_claims)
    ).all()  # fmt: skip
    beyond: dict[int, int] = {}
    if any(row.allowed_cents is None for row in rows):
        query = (
            select(Adjustment.service_payment_id, func.sum(Adjustment.amount_cents))
            .select_from(ClaimPayment)
            .join(Adjustment, _parts_of(Adjustment))
            .where(*of_claims, Adjustment.carc.in_(ALLOWED_TOO))
            .group_by(Adjustment.service_payment_id)
        )
        beyond = {row[0]: row[1] for row in session.execute(query) if row[0] is not None}
    for row in rows:
        yield _row(row, beyond)


def _row(row: Any, beyond: dict[int, int]) -> AllowedRow:
    allowed = row.allowed_cents
    if allowed is None:
        allowed = row.paid_cents + int(beyond.get(row.id, 0))
    return AllowedRow(row.patient_id, row.service_date, row.modifiers, row.claim_id, allowed, row.line_id)


def _parts_of(model: Any) -> ColumnElement[bool]:
    """Join what belongs to a claim payment."""
    condition: ColumnElement[bool] = and_(
        model.practice_id == ClaimPayment.practice_id, model.claim_payment_id == ClaimPayment.id
    )
    return condition


def _same(column: Any, practice: Any, model: Any) -> ColumnElement[bool]:
    """Join a key column to the row of the same practice it names."""
    condition: ColumnElement[bool] = and_(model.practice_id == practice, model.id == column)
    return condition
