"""Adding clinical notes: the text as the EMR printed it, kept once, linked to its claims."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.protection import Protection, is_protected
from tracker.models import Event, Note, Patient
from tracker.models.protection import regardless
from tracker.reading.protection import signs_of_protection
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


class LooksProtected(NoteError):  # noqa: N818  # something to choose, not a fault
    """Raised when a note's own words speak of a protected kind and nobody chose one."""

    def __init__(self, words: str) -> None:
        super().__init__(f"The note says “{words}”. Choose what it is; nothing was saved yet")


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to add. ``discipline`` is PT, OT, SLP or empty when the document does not belong to one.

    ``protection`` is a Protection a person chose, or empty: ordinary, as long as the text says nothing else.
    """

    text: str
    service_date: date | None
    kind: str = "daily"
    discipline: str = ""
    author: str = ""
    protection: str = ""


class AddedNote(NamedTuple):
    """A note with the claims of its day; ``is_new`` is false when the same text was there already."""

    note: Note
    is_new: bool
    claim_ids: list[int]


def added_words(added: AddedNote) -> str:
    """Return what adding a note came to, in words."""
    if not added.is_new:
        return "That note is already here."
    if is_protected(added.note.protection):
        return "Note added, protected. Only people with leave can read it, and no cause is looked for in it."
    return "Note added. The likely causes were looked for again."


def clean_text(text: str) -> str:
    """Return a note's text with plain line ends and without NUL and trailing blanks; the words stay as they are."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def add_note(session: Session, patient: Patient, new: NewNote, now: datetime, user_id: int | None) -> AddedNote:
    """Keep a note of a patient and link it to the claims it fits; the same text of the same day is kept once.

    A protected note is used for a claim only where a person says so. Raises NoteError when there is no text, or when the
    same text is there as a note of another kind, LooksProtected.
    """
    text = clean_text(new.text)
    if not text.strip():
        raise NoteError("Paste the note's text or choose a file")
    protection = _protection(new.protection, text)
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    note = _same(session, patient, new.service_date, text_hash)
    if note is not None and note.protection != protection:
        raise NoteError("The same text of that day is already here as another kind of note. Change the kind there")
    is_new = note is None
    if note is None:
        note = Note(
            practice_id=patient.practice_id,
            patient_id=patient.id,
            service_date=new.service_date,
            kind=new.kind,
            discipline=new.discipline,
            author=new.author,
            protection=protection,
            text=text,
            text_hash=text_hash,
            added_at=now,
            added_by_id=user_id,
        )
        session.add(note)
        session.flush()
        session.add(_event(note, now, user_id))
    by_itself = note.service_date is not None and not is_protected(note.protection)
    claim_ids = link_note(session, note) if by_itself else []
    session.flush()
    return AddedNote(note, is_new, claim_ids)


def is_here(session: Session, patient: Patient, service_date: date | None, text: str) -> bool:
    """Whether a patient has a note of this very text and day."""
    text_hash = hashlib.sha256(clean_text(text).encode()).hexdigest()
    return _same(session, patient, service_date, text_hash) is not None


def _protection(chosen: str, text: str) -> Protection:
    sign = signs_of_protection(text) if not chosen else None
    if sign is not None:
        raise LooksProtected(sign.words)
    return Protection(chosen or Protection.ORDINARY)


def _same(session: Session, patient: Patient, service_date: date | None, text_hash: str) -> Note | None:
    query = select(Note).where(
        Note.practice_id == patient.practice_id,
        Note.patient_id == patient.id,
        Note.service_date.is_(None) if service_date is None else Note.service_date == service_date,
        Note.text_hash == text_hash,
    )
    return session.scalar(regardless(query))


def _event(note: Note, now: datetime, user_id: int | None) -> Event:
    return Event(
        practice_id=note.practice_id,
        at=now,
        user_id=user_id,
        kind="note_added",
        subject_kind="patient",
        subject_id=note.patient_id,
        details={"note": note.public_id, "kind": note.kind, "protection": note.protection},
    )
