"""Adding clinical notes: the text as the EMR printed it, kept once, linked to its claims."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Event, Note, Patient
from tracker.services.linking import link_note

KINDS = {
    "daily": "Daily note",
    "evaluation": "Evaluation",
    "re_evaluation": "Re-evaluation",
    "plan_of_care": "Plan of care",
    "progress_report": "Progress report",
    "discharge": "Discharge summary",
    "flowsheet": "Flowsheet",
    "order": "Order or referral",
    "other": "Other document",
}


class NoteError(ValueError):
    """Raised when a note cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to add. ``discipline`` is PT, OT, SLP or empty when the document does not belong to one."""

    text: str
    service_date: date | None
    kind: str = "daily"
    discipline: str = ""
    author: str = ""


class AddedNote(NamedTuple):
    """A note with the claims of its day; ``is_new`` is false when the same text was there already."""

    note: Note
    is_new: bool
    claim_ids: list[int]


def clean_text(text: str) -> str:
    """Return a note's text with plain line ends and without NUL and trailing blanks; the words stay as they are."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def add_note(session: Session, patient: Patient, new: NewNote, now: datetime, user_id: int | None) -> AddedNote:
    """Keep a note of a patient and link it to the claims it fits; the same text of the same day is kept once.

    Raises NoteError when there is no text.
    """
    text = clean_text(new.text)
    if not text.strip():
        raise NoteError("Paste the note's text or choose a file")
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    note = _same(session, patient, new.service_date, text_hash)
    is_new = note is None
    if note is None:
        note = Note(
            practice_id=patient.practice_id,
            patient_id=patient.id,
            service_date=new.service_date,
            kind=new.kind,
            discipline=new.discipline,
            author=new.author,
            text=text,
            text_hash=text_hash,
            added_at=now,
            added_by_id=user_id,
        )
        session.add(note)
        session.flush()
        session.add(_event(note, now, user_id))
    claim_ids = link_note(session, note) if note.service_date else []
    session.flush()
    return AddedNote(note, is_new, claim_ids)


def _same(session: Session, patient: Patient, service_date: date | None, text_hash: str) -> Note | None:
    return session.scalar(
        select(Note).where(
            Note.practice_id == patient.practice_id,
            Note.patient_id == patient.id,
            Note.service_date.is_(None) if service_date is None else Note.service_date == service_date,
            Note.text_hash == text_hash,
        )
    )


def _event(note: Note, now: datetime, user_id: int | None) -> Event:
    return Event(
        practice_id=note.practice_id,
        at=now,
        user_id=user_id,
        kind="note_added",
        subject_kind="patient",
        subject_id=note.patient_id,
        details={"note": note.public_id, "kind": note.kind},
    )
