"""The notes of a patient, newest first."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import Note, Patient


def notes_of_patient(session: Session, patient: Patient, skip: int, most: int) -> tuple[Sequence[Note], int]:
    """Return ``most`` notes of a patient after the first ``skip``, and how many there are."""
    own = Note.practice_id == patient.practice_id, Note.patient_id == patient.id
    order = Note.service_date.desc(), Note.id.desc()
    notes = session.scalars(select(Note).where(*own).order_by(*order).offset(skip).limit(most)).all()
    return notes, session.scalar(select(func.count()).select_from(Note).where(*own)) or 0
