"""Psychotherapy and Part 2 notes: who may read them, their kind, and the authorization to give one away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from tracker.domain.protection import Protection, covers, is_protected
from tracker.letters.words import long_date
from tracker.models import Event, Membership, Note, NoteConsent, NoteLink
from tracker.models.protection import regardless, with_protected
from tracker.services.added_files import AddedFile


class ProtectionProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when a protected note cannot be treated as asked; the message is for people."""


# ---- who may read them ----


def set_leave(session: Session, member: Membership, *, allowed: bool, now: datetime, by_id: int) -> bool:
    """Let a person read the protected notes of a practice, or no more; whether anything changed. It is on record."""
    if member.protected_notes is allowed:
        return False
    member.protected_notes = allowed
    kind = "protected_notes_opened" if allowed else "protected_notes_closed"
    _log(session, member.practice_id, kind, ("practice", member.practice_id), now, by_id, {"to": member.user_id})
    return True


def _log(  # what happened to what, when, by whom
    session: Session,
    practice_id: int,
    kind: str,
    subject: tuple[str, int],
    now: datetime,
    by_id: int,
    details: Mapping[str, Any],
) -> None:
    session.add(
        Event(
            practice_id=practice_id, at=now, user_id=by_id, kind=kind, subject_kind=subject[0], subject_id=subject[1],
            details=dict(details),
        )
    )  # fmt: skip


# ---- the notes ----


def find_note(session: Session, public_id: str) -> Note | None:
    """Return a note that the session's person may read."""
    return session.scalar(with_protected(select(Note).where(Note.public_id == public_id)))


def hidden_place(session: Session, public_id: str) -> int | None:
    """Return the practice of a note that is there but not shown to the session's person, None for others."""
    if find_note(session, public_id) is not None:
        return None
    return session.scalar(regardless(select(Note.practice_id).where(Note.public_id == public_id)))


def patient_notes(session: Session, practice_id: int, patient_id: int, most: int) -> Sequence[Note]:
    """Return the newest notes of a patient that the session's person may read, without their text."""
    query = select(Note).where(Note.practice_id == practice_id, Note.patient_id == patient_id)
    newest = query.order_by(Note.service_date.desc(), Note.id.desc()).limit(most).options(defer(Note.text))
    return session.scalars(with_protected(newest)).all()


def protected_of_claim(session: Session, practice_id: int, claim_id: int) -> tuple[Sequence[Note], int]:
    """Return a claim's protected notes that the session's person may read, without text, and how many are not shown."""
    linked = select(NoteLink.note_id).where(
        NoteLink.practice_id == practice_id, NoteLink.claim_id == claim_id, NoteLink.removed.is_(False)
    )
    kinds = Note.practice_id == practice_id, Note.id.in_(linked), Note.protection != Protection.ORDINARY
    query = select(Note).where(*kinds).order_by(Note.service_date, Note.id).options(defer(Note.text))
    shown = session.scalars(with_protected(query)).all()
    there = session.scalar(regardless(select(func.count(Note.id)).where(*kinds))) or 0
    return shown, there - len(shown)


def hidden_of_patient(session: Session, practice_id: int, patient_id: int) -> int:
    """Return how many notes of a patient are not shown to the session's person."""
    query = select(func.count(Note.id)).where(Note.practice_id == practice_id, Note.patient_id == patient_id)
    return (session.scalar(regardless(query)) or 0) - (session.scalar(with_protected(query)) or 0)


def claims_of(session: Session, note: Note) -> list[int]:
    """Return the ids of the claims a note is used for."""
    query = select(NoteLink.claim_id).where(
        NoteLink.practice_id == note.practice_id, NoteLink.note_id == note.id, NoteLink.removed.is_(False)
    )
    return list(session.scalars(query))


def set_protection(session: Session, note: Note, protection: Protection, now: datetime, by_id: int) -> bool:
    """Make a note of another kind; whether that changed anything. What was found in it is to be looked for again."""
    if note.protection == protection:
        return False
    details = {"note": note.public_id, "before": note.protection, "after": str(protection)}
    note.protection = protection
    _log(session, note.practice_id, "note_protection", ("patient", note.patient_id), now, by_id, details)
    session.flush()
    return True


# ---- giving one away ----


@dataclass(frozen=True, slots=True)
class NewConsent:
    """An authorization as typed; ``paper`` is the signed one, or ``kept_at`` says where it lies."""

    signed_on: date
    until_on: date | None
    covers: str
    kept_at: str
    paper: AddedFile | None


def add_consent(session: Session, note: Note, new: NewConsent, now: datetime, by_id: int) -> NoteConsent:
    """Keep an authorization of a protected note. Raises ProtectionProblem when it cannot hold or is nowhere on file."""
    if not is_protected(note.protection):
        raise ProtectionProblem("An ordinary note needs no authorization")
    if new.signed_on > now.astimezone().date():
        raise ProtectionProblem("Signed on must not be in the future")
    if new.until_on is not None and new.until_on < new.signed_on:
        raise ProtectionProblem("Holds until must not be before the day it was signed")
    if new.paper is None and not new.kept_at:
        raise ProtectionProblem("Choose the signed paper, or say where it is kept")
    row = NoteConsent(
        practice_id=note.practice_id, note_id=note.id, signed_on=new.signed_on, until_on=new.until_on,
        covers=new.covers, kept_at=new.kept_at, added_at=now, added_by_id=by_id,
        paper=new.paper.content if new.paper else None, content_type=new.paper.content_type if new.paper else "",
    )  # fmt: skip
    session.add(row)
    details = {"note": note.public_id, "signed_on": new.signed_on.isoformat()}
    _log(session, note.practice_id, "note_authorization", ("patient", note.patient_id), now, by_id, details)
    session.flush()
    return row


def consent_of(session: Session, note: Note) -> NoteConsent | None:
    """Return the newest authorization of a note; its paper is read when it is asked for."""
    query = select(NoteConsent).where(NoteConsent.practice_id == note.practice_id, NoteConsent.note_id == note.id)
    return session.scalar(query.order_by(NoteConsent.id.desc()).limit(1).options(defer(NoteConsent.paper)))


def require_consent(session: Session, note: Note | None, today: date) -> None:
    """Raise ProtectionProblem unless a note may be enclosed: it is ordinary, or its authorization holds today."""
    if note is None or not is_protected(note.protection):
        return
    consent = consent_of(session, note)
    if consent is None:
        raise ProtectionProblem(
            "This note is protected. Add the patient's authorization on the note's own page first, then take it in"
        )
    if not covers(consent.signed_on, consent.until_on, today):
        raise ProtectionProblem(
            "The patient's authorization for this note has run out. Add the new one on the note's own page first"
        )


def consent_words(session: Session, note: Note) -> str:
    """Return what an authorization covers, as it stands on the cover of the enclosed note; empty without one."""
    consent = consent_of(session, note)
    if consent is None:
        return ""
    until = f", holds until {long_date(consent.until_on)}" if consent.until_on else ""
    return f"Signed on {long_date(consent.signed_on)}{until}. It covers: {consent.covers}"


def hidden_sources(session: Session, practice_id: int, stored: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return which enclosures of a letter are notes that the session's person may not read."""
    sources = [each["source"] for each in stored]
    theirs = Note.practice_id == practice_id, Note.public_id.in_(sources), Note.protection != Protection.ORDINARY
    query = select(Note.public_id).where(*theirs)
    there = frozenset(session.scalars(regardless(query)))
    return there - frozenset(session.scalars(with_protected(query))) if there else there


def with_hidden(
    session: Session, practice_id: int, before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return a letter's enclosures as arranged by somebody who does not see all: what they do not see stays enclosed."""
    kept = [dict(each) for each in before]
    hidden = hidden_sources(session, practice_id, kept)
    return [*(dict(each) for each in after), *(each for each in kept if each["source"] in hidden)]
