"""The ids under which a program finds what rows of the queue are about."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.models import Claim, Denial, Patient, Payer, User


class DenialRefs(NamedTuple):
    """A denial with the public ids of its claim, patient, payer and owner (empty for nobody)."""

    denial: Denial
    claim: str
    patient: str
    payer: str
    owner: str


def denial_refs(session: Session, ids: Sequence[int]) -> dict[int, DenialRefs]:
    """Return the ids that belong to denials, by the row id of the denial."""
    query = (
        select(Denial, Claim.public_id, Patient.public_id, Payer.public_id, User.public_id)
        .join(Claim, and_(Claim.practice_id == Denial.practice_id, Claim.id == Denial.claim_id))
        .join(Patient, and_(Patient.practice_id == Denial.practice_id, Patient.id == Denial.patient_id))
        .join(Payer, Payer.id == Denial.payer_id)
        .outerjoin(User, User.id == Denial.owner_id)
        .where(Denial.id.in_(ids))
    )
    return {
        denial.id: DenialRefs(denial, claim, patient, payer, owner or "")
        for denial, claim, patient, payer, owner in session.execute(query)
    }
