"""What the patient's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Claim, Denial, Note, Patient, Payer, Practice
from tracker.services.protected_notes import hidden_of_patient, patient_notes

_MOST = 200


@dataclass(frozen=True, slots=True)
class PatientPage:
    """A patient's claims, denials and notes, newest first, at most 200 of each; ``hidden_notes`` are not shown."""

    practice: Practice
    claims: Sequence[tuple[Claim, str]]
    denials: Sequence[Denial]
    notes: Sequence[Note]
    hidden_notes: int


def patient_page(session: Session, patient: Patient) -> PatientPage:
    """Return what is known of a patient; claims come with their payer's name."""
    claims = session.execute(
        select(Claim, Payer.name)
        .join(Payer, Payer.id == Claim.payer_id)
        .where(Claim.practice_id == patient.practice_id, Claim.patient_id == patient.id)
        .order_by(Claim.service_from.desc(), Claim.id.desc())
        .limit(_MOST)
    ).all()
    denials = session.scalars(
        select(Denial)
        .where(Denial.practice_id == patient.practice_id, Denial.patient_id == patient.id)
        .order_by(Denial.is_open.desc(), Denial.due_on, Denial.id.desc())
        .limit(_MOST)
    ).all()
    notes = patient_notes(session, patient.practice_id, patient.id, _MOST)
    hidden = hidden_of_patient(session, patient.practice_id, patient.id)
    return PatientPage(session.get_one(Practice, patient.practice_id), claims, denials, notes, hidden)
