"""Which notes belong into a packet: those of the denied days, and the plan, evaluation and reports behind them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.models import Appeal, Claim, Denial, Note, NoteLink

# The keys by which letters name enclosures, for the kinds of notes; other kinds are enclosed under their own name.
_KEYS = {"daily": "note", "re_evaluation": "evaluation"}
_BEHIND = ("evaluation", "re_evaluation", "plan_of_care", "progress_report", "order")
_REACH = timedelta(days=365)  # an older plan or report says nothing about the denied days


class OfferedNote(NamedTuple):
    """A note that can be enclosed; ``used`` says whether it is unless a person decides otherwise."""

    note: Note
    used: bool


def note_key(note: Note) -> str:
    """Return how a letter names a note as an enclosure."""
    return _KEYS.get(note.kind, note.kind)


def linked_notes(session: Session, appeal: Appeal) -> Sequence[Note]:
    """Return the notes of the appeal's claim, oldest first."""
    return [note for note, _ in _linked(session, appeal)]


def _linked(session: Session, appeal: Appeal) -> list[tuple[Note, bool]]:
    """Return the notes of the claim, oldest first, with whether a person chose them."""
    query = (
        select(Note, NoteLink.by_hand)
        .join(NoteLink, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id))
        .where(
            NoteLink.practice_id == appeal.practice_id,
            NoteLink.claim_id == appeal.claim_id,
            NoteLink.removed.is_(False),
        )
    )
    return [(note, by_hand) for note, by_hand in session.execute(query.order_by(Note.service_date, Note.id))]


def offered_notes(
    session: Session, appeal: Appeal, denials: Iterable[Denial], named: frozenset[str]
) -> list[OfferedNote]:
    """Return the notes to enclose, oldest first; ``named`` are the keys the letter counts on.

    Used are the notes of the denied days, those a person linked, and of other days what the letter names. Daily notes
    of other days are offered and left out: a payer gets no more than it needs (45 CFR 164.502(b)).
    """
    days = {denial.service_date for denial in denials if denial.service_date is not None}
    linked = _linked(session, appeal)
    offered = [OfferedNote(note, by_hand or _belongs(note, days, named)) for note, by_hand in linked]
    behind = _notes_behind(session, appeal, days) if days else []
    offered += [OfferedNote(note, note_key(note) in named) for note in behind]
    return sorted(offered, key=lambda each: (each.note.service_date or date.max, each.note.id))


def _belongs(note: Note, days: set[date], named: frozenset[str]) -> bool:
    if not days or note.service_date is None or note.service_date in days:
        return True
    return note.kind != "daily" and note_key(note) in named


def _notes_behind(session: Session, appeal: Appeal, days: set[date]) -> list[Note]:
    """Return the newest note of each other kind up to the last denied day, but none a person took away or linked."""
    claim = session.get_one(Claim, (appeal.practice_id, appeal.claim_id))
    last = max(days)
    touched = select(NoteLink.note_id).where(
        NoteLink.practice_id == appeal.practice_id, NoteLink.claim_id == appeal.claim_id
    )
    query = select(Note).where(
        Note.practice_id == appeal.practice_id,
        Note.patient_id == claim.patient_id,
        Note.kind.in_(_BEHIND),
        Note.service_date.between(last - _REACH, last),
        Note.id.not_in(touched),
    )
    newest = {note.kind: note for note in session.scalars(query.order_by(Note.service_date, Note.id))}
    return list(newest.values())
