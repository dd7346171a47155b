"""Which notes belong into a packet: those of the denied days, and the plan, evaluation and reports behind them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Integer, and_, cast, func, select
from sqlalchemy.orm import Session

from tracker.domain.protection import is_protected
from tracker.models import Appeal, Denial, Note, NoteLink
from tracker.models.protection import with_protected
from tracker.services.appealed import claim_ids_of

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
    """Return the ordinary notes of the appeal's claims, oldest first: what a letter may quote."""
    return [note for note, _ in _linked(session, appeal) if not is_protected(note.protection)]


def _linked(session: Session, appeal: Appeal) -> list[tuple[Note, bool]]:
    """Return the notes of the claims, oldest first, each once, with whether a person chose it."""
    query = (
        select(Note, func.max(cast(NoteLink.by_hand, Integer)))
        .join(NoteLink, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id))
        .where(
            NoteLink.practice_id == appeal.practice_id,
            NoteLink.claim_id.in_(claim_ids_of(session, appeal)),
            NoteLink.removed.is_(False),
        )
        .group_by(Note.practice_id, Note.id)
    )
    found = session.execute(with_protected(query.order_by(Note.service_date, Note.id)))
    return [(note, bool(by_hand)) for note, by_hand in found]


def offered_notes(
    session: Session, appeal: Appeal, denials: Iterable[Denial], named: frozenset[str]
) -> list[OfferedNote]:
    """Return the notes to enclose, oldest first; ``named`` are the keys the letter counts on.

    Used are the notes of the denied days, those a person linked, and of other days what the letter names. Daily notes
    of other days are offered and left out: a payer gets no more than it needs (45 CFR 164.502(b)). Protected notes are
    offered to who may read them, and left out.
    """
    days = {denial.service_date for denial in denials if denial.service_date is not None}
    linked = _linked(session, appeal)
    offered = [OfferedNote(note, _is_used(note, days, named, by_hand=by_hand)) for note, by_hand in linked]
    behind = _notes_behind(session, appeal, days) if days else []
    offered += [OfferedNote(note, note_key(note) in named) for note in behind]
    return sorted(offered, key=lambda each: (each.note.service_date or date.max, each.note.id))


def _is_used(note: Note, days: set[date], named: frozenset[str], *, by_hand: bool) -> bool:
    return not is_protected(note.protection) and (by_hand or _belongs(note, days, named))


def _belongs(note: Note, days: set[date], named: frozenset[str]) -> bool:
    if not days or note.service_date is None or note.service_date in days:
        return True
    return note.kind != "daily" and note_key(note) in named


def _notes_behind(session: Session, appeal: Appeal, days: set[date]) -> list[Note]:
    """Return the other kinds of notes behind the denied days, but none a person took away or linked.

    Of each kind that is the newest up to the first denied day, and all from there to the last.
    """
    first, last = min(days), max(days)
    touched = select(NoteLink.note_id).where(
        NoteLink.practice_id == appeal.practice_id, NoteLink.claim_id.in_(claim_ids_of(session, appeal))
    )
    query = select(Note).where(
        Note.practice_id == appeal.practice_id,
        Note.patient_id == appeal.patient_id,
        Note.kind.in_(_BEHIND),
        Note.service_date.between(first - _REACH, last),
        Note.id.not_in(touched),
    )
    found = session.scalars(query.order_by(Note.service_date, Note.id)).all()
    before = {note.kind: note for note in found if note.service_date and note.service_date <= first}
    return [note for note in found if note.service_date and (note.service_date > first or before[note.kind] is note)]
