"""Notes out of a document of an EMR: whose each one is, as far as name and birth date tell, and keeping those chosen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from tracker.importers.document_note import DocumentNote
from tracker.importers.note_text import FoundNote
from tracker.knowledge import Knowledge
from tracker.models import Claim, ClaimLine, Patient
from tracker.reading.protection import signs_of_protection
from tracker.services.acting import Acting
from tracker.services.note_taking import take_note
from tracker.services.notes import NewNote, NoteError, is_here
from tracker.services.patient_keys import PatientKeys

# Words of a title that tell what kind of document it is, the narrower first; a "progress note" is a daily note.
_KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("re-eval", "re_evaluation"), ("reeval", "re_evaluation"), ("eval", "evaluation"),
    ("plan of care", "plan_of_care"), ("plan of treatment", "plan_of_care"), ("progress report", "progress_report"),
    ("discharge", "discharge"), ("flowsheet", "flowsheet"), ("flow sheet", "flowsheet"), ("order", "order"),
    ("referral", "order"),
)  # fmt: skip


class People(NamedTuple):
    """Who a note can be about. ``sure`` is the one patient of name and birth date; else a person chooses, or ``why`` not."""

    sure: Patient | None
    candidates: Sequence[Patient]
    why: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note of a document as it is shown before anything is kept; ``visits`` are claims of that day by patient id.

    ``sign`` are words of it that speak of a protected note, ``is_known`` says that the patient has this very note.
    """

    number: int
    found: FoundNote
    people: People
    visits: Mapping[int, Sequence[Claim]]
    kind: str
    sign: str
    is_known: bool

    @property
    def can_be_kept(self) -> bool:
        """Whether there is a text, somebody it can be about, and it is not here already."""
        return bool(self.found.text.strip()) and bool(self.people.candidates) and not self.is_known


class Chosen(NamedTuple):
    """What a person says of a note to keep; ``day`` only where the document has none."""

    number: int
    patient_id: str
    kind: str
    protection: str
    is_ordinary: bool
    day: date | None


class RowProblem(Exception):  # noqa: N818  # something to mend, not a fault
    """Raised when a chosen note cannot be kept; ``number`` says which."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


def people_for(session: Session, practice_id: int, about: DocumentNote) -> People:
    """Return the patients of a practice a note can be about, by name and birth date; nobody is guessed."""
    if not about.last_name:
        return People(None, (), "The document names no patient")
    key = PatientKeys(session, practice_id).name(about.last_name, about.first_name)
    ids = select(func.coalesce(Patient.merged_into_id, Patient.id)).where(
        Patient.practice_id == practice_id, Patient.name_key == key
    )
    query = select(Patient).where(Patient.practice_id == practice_id, Patient.id.in_(ids))
    named = session.scalars(query.order_by(Patient.id)).all()
    if not named:
        return People(None, (), "No patient of this name is here")
    if about.birth_date is None:
        return People(None, named, "The document has no date of birth. Choose who it is")
    return _born(named, about.birth_date)


def _born(named: Sequence[Patient], birth_date: date) -> People:
    same = [one for one in named if one.birth_date == birth_date]
    if same:
        sure = same[0] if len(same) == 1 else None
        return People(sure, same, "" if sure else "Several patients have this name and date of birth. Choose who it is")
    unknown = [one for one in named if one.birth_date is None]
    if unknown:
        return People(None, unknown, "No date of birth is on file for this name. Choose who it is")
    return People(None, (), "The patient of this name has another date of birth")


def note_rows(session: Session, practice_id: int, found: Sequence[FoundNote]) -> Sequence[NoteRow]:
    """Return the notes of a document with whom and which visit each would be linked to."""
    return [_row(session, practice_id, number, one) for number, one in enumerate(found, start=1)]


def _row(session: Session, practice_id: int, number: int, found: FoundNote) -> NoteRow:
    people, day = people_for(session, practice_id, found.about), found.about.visit_date
    visits = {one.id: _visits(session, one, day) for one in people.candidates}
    sign = signs_of_protection(found.text)
    known = people.sure is not None and is_here(session, people.sure, day, found.text)
    return NoteRow(number, found, people, visits, kind_of(found.about.title), sign.words if sign else "", known)


def _visits(session: Session, patient: Patient, day: date | None) -> Sequence[Claim]:
    if day is None:
        return ()
    on_lines = and_(ClaimLine.practice_id == Claim.practice_id, ClaimLine.claim_id == Claim.id)
    query = select(Claim).join(ClaimLine, on_lines).where(
        Claim.practice_id == patient.practice_id, Claim.patient_id == patient.id, ClaimLine.service_date == day
    )  # fmt: skip
    return session.scalars(query.distinct().order_by(Claim.id)).all()


def kind_of(title: str) -> str:
    """Return which kind of document a title tells of, a daily note where it tells none."""
    low = title.lower()
    return next((kind for words, kind in _KIND_WORDS if words in low), "daily")


def keep_notes(
    session: Session, rows: Sequence[NoteRow], chosen: Collection[Chosen], knowledge: Knowledge, acting: Acting
) -> int:
    """Keep the chosen notes, link each to the claims of its day, and look for causes again; return how many were new.

    Raises RowProblem for one that cannot be kept; then nothing may be.
    """
    by_number, new = {row.number: row for row in rows}, 0
    if not chosen:
        raise RowProblem(0, "Tick the notes to keep")
    for one in chosen:
        row = by_number.get(one.number)
        if row is None or not row.can_be_kept:
            raise RowProblem(one.number, "This note cannot be kept")
        patient = next((each for each in row.people.candidates if each.public_id == one.patient_id), None)
        if patient is None:
            raise RowProblem(one.number, "Choose the patient")
        day = row.found.about.visit_date or one.day
        if day is None:
            raise RowProblem(one.number, "Enter the date of the visit")
        if day > acting.today:
            raise RowProblem(one.number, "Date of the visit must be today or before")
        protection = "ordinary" if one.is_ordinary and not one.protection else one.protection
        note = NewNote(row.found.text, day, one.kind, "", row.found.about.author[:120], protection)
        try:
            added = take_note(session, patient, note, knowledge, acting.now, acting.today, acting.user_id)
        except NoteError as problem:
            raise RowProblem(one.number, str(problem)) from None
        new += added.is_new
    return new
