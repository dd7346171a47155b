"""The same patient stored twice: one stays, the other becomes a name under which files find the one that stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.models import (
    Appeal,
    Authorization,
    Claim,
    Denial,
    EligibilityCheck,
    Event,
    Note,
    NoteLink,
    Patient,
    PlanOfCare,
)
from tracker.models.protection import regardless
from tracker.services.coverage import claims_of_patient
from tracker.services.known_claims import chunks
from tracker.services.linking import link_claims

UNDO_DAYS = 30
MERGED, UNMERGED = "patients_merged", "patients_unmerged"
_MOVED: Mapping[str, Any] = {
    "claims": Claim, "denials": Denial, "appeals": Appeal, "notes": Note, "authorizations": Authorization,
    "coverage checks": EligibilityCheck, "plans of care": PlanOfCare,
}  # fmt: skip


class MergeRefused(Exception):  # noqa: N818  # says why, in plain words
    """Raised when two patients cannot be merged, or no more be parted; the message says why and what to do."""


def why_not(stays: Patient, goes: Patient) -> str:
    """Return why two patients cannot be merged, nothing when they can."""
    if stays.practice_id != goes.practice_id:
        return "They are of different practices, so they stay apart"
    if stays.id == goes.id or stays.merged_into_id or goes.merged_into_id:
        return "One of them is merged already"
    if stays.birth_date and goes.birth_date and stays.birth_date != goes.birth_date:
        return "Their dates of birth differ. If one is a slip, correct it on the patient's page first"
    return ""


def rows_of(session: Session, patient: Patient) -> Mapping[str, int]:
    """Return how many claims, denials and so on a patient has, those with any."""
    counts = {
        name: session.scalar(
            regardless(select(func.count()).select_from(model)).where(
                model.practice_id == patient.practice_id, model.patient_id == patient.id
            )
        )
        for name, model in _MOVED.items()
    }
    return {name: count for name, count in counts.items() if count}


def merge_patients(session: Session, stays: Patient, goes: Patient, now: datetime, user_id: int) -> Event:
    """Move all that ``goes`` has to ``stays`` and link the notes of both to the claims of both they fit.

    The next file that tells of either finds ``stays``. Raises MergeRefused.
    """
    if reason := why_not(stays, goes):
        raise MergeRefused(reason)
    moved = {name: _move(session, model, goes, stays.id, None) for name, model in _MOVED.items()}
    earlier = update(Patient).where(Patient.practice_id == goes.practice_id, Patient.merged_into_id == goes.id)
    session.execute(earlier.values(merged_into_id=stays.id))
    goes.merged_into_id = stays.id
    link_claims(session, stays.practice_id, claims_of_patient(session, stays.practice_id, stays.id))
    return _log(session, stays, MERGED, {"other": goes.id, "moved": moved}, now, user_id)


def last_merge(session: Session, patient: Patient, now: datetime) -> Event | None:
    """Return the newest merge into a patient that can still be undone."""
    query = select(Event).where(
        Event.practice_id == patient.practice_id, Event.subject_kind == "patient", Event.subject_id == patient.id,
        Event.kind == MERGED, Event.undone.is_(False), Event.at > now - timedelta(days=UNDO_DAYS),
    )  # fmt: skip
    return session.scalars(query.order_by(Event.at.desc(), Event.id.desc()).limit(1)).first()


def part_patients(session: Session, patient: Patient, merge: Event, now: datetime, user_id: int) -> Patient:
    """Give back what a merge moved, as far as it is still with ``patient``; return the other one. Raises MergeRefused."""
    if merge.undone or now - merge.at > timedelta(days=UNDO_DAYS):
        raise MergeRefused(f"A merge can be undone once, for {UNDO_DAYS} days")
    other = session.get_one(Patient, (patient.practice_id, merge.details["other"]))
    for name, ids in merge.details["moved"].items():
        for part in chunks(ids):
            _move(session, _MOVED[name], patient, other.id, part)
    other.merged_into_id, merge.undone = None, True
    for one in (patient, other):
        _unlink_foreign(session, one)
    _log(session, patient, UNMERGED, {"other": other.id}, now, user_id)
    return other


def _unlink_foreign(session: Session, patient: Patient) -> None:
    """Take the notes of others off a patient's claims."""
    notes = regardless(select(Note.id).where(Note.practice_id == patient.practice_id, Note.patient_id != patient.id))
    for part in chunks(claims_of_patient(session, patient.practice_id, patient.id)):
        links = NoteLink.practice_id == patient.practice_id, NoteLink.claim_id.in_(part)
        session.execute(delete(NoteLink).where(*links, NoteLink.note_id.in_(notes)))


def _move(session: Session, model: Any, of: Patient, to_id: int, only: Sequence[int] | None) -> list[int]:
    """Give rows of a patient to another; return their ids."""
    query = select(model.id).where(model.practice_id == of.practice_id, model.patient_id == of.id)
    ids = list(session.scalars(regardless(query if only is None else query.where(model.id.in_(only)))))
    for part in chunks(ids):
        rows = update(model).where(model.practice_id == of.practice_id, model.id.in_(part))
        session.execute(regardless(rows.values(patient_id=to_id)))
    return ids


def _log(session: Session, patient: Patient, kind: str, details: dict[str, Any], now: datetime, user_id: int) -> Event:
    event = Event(
        practice_id=patient.practice_id, at=now, user_id=user_id, kind=kind, subject_kind="patient",
        subject_id=patient.id, details=details,
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event
