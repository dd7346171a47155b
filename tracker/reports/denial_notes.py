"""The notes of a denied claim: which are linked, which could be, and where the quotes stand in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, defer

from tracker.models import Denial, Note, NoteLink
from tracker.models.protection import with_protected
from tracker.reports.note_likeness import Likeness, earlier_notes, most_alike
from tracker.reports.note_view import NoteLine, Span, line_of, mark_of, merge_spans, note_lines

# The note's public id, and the characters from and to.
Place = tuple[str, int, int]


class QuoteView(NamedTuple):
    """A quote with the way to its place in the note."""

    quote: str
    anchor: str
    note_line: int
    note_number: int


@dataclass(frozen=True, slots=True)
class NoteView:
    """A linked note, its lines cut at the marks. ``anchor`` starts the ids of its marks; ``number`` counts from 1.

    ``alike`` is an earlier note that it may have been copied from.
    """

    note: Note
    number: int
    anchor: str
    lines: tuple[NoteLine, ...]
    by_hand: bool
    alike: Likeness | None


def linked_notes(session: Session, practice_id: int, claim_id: int) -> Sequence[tuple[Note, bool]]:
    """Return the ordinary notes used for a claim, oldest first, each with whether a person linked it."""
    query = (
        select(Note, NoteLink.by_hand)
        .join(NoteLink, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id))
        .where(NoteLink.practice_id == practice_id, NoteLink.claim_id == claim_id, NoteLink.removed.is_(False))
        .order_by(Note.service_date, Note.id)
    )
    return session.execute(query).all()


def other_notes(session: Session, denial: Denial) -> tuple[Note, ...]:
    """Return notes of the denial's patient that are not used for its claim, newest first, 50 at most, without text."""
    linked = select(NoteLink.note_id).where(
        NoteLink.practice_id == denial.practice_id, NoteLink.claim_id == denial.claim_id, NoteLink.removed.is_(False)
    )
    query = select(Note).where(
        Note.practice_id == denial.practice_id, Note.patient_id == denial.patient_id, Note.id.not_in(linked)
    )
    newest = query.order_by(Note.service_date.desc(), Note.id).limit(50).options(defer(Note.text))
    return tuple(session.scalars(with_protected(newest)))


def place_of(quote: Mapping[str, Any]) -> Place:
    """Return where a stored quote stands."""
    return quote["note"], quote["start"], quote["end"]


def note_views(
    session: Session, linked: Sequence[tuple[Note, bool]], quotes: Iterable[Mapping[str, Any]]
) -> tuple[tuple[NoteView, ...], dict[Place, QuoteView]]:
    """Return the notes with marks, and for every quote where it stands."""
    quotes = tuple(quotes)
    views, places = [], {}
    for number, (note, by_hand) in enumerate(linked, 1):
        own = [quote for quote in quotes if quote["note"] == note.public_id]
        marks = merge_spans((Span(quote["start"], quote["end"]) for quote in own), len(note.text))
        anchor = f"note{number}"
        alike = most_alike(note, earlier_notes(session, note))
        views.append(NoteView(note, number, anchor, note_lines(note.text, marks), by_hand, alike))
        for quote in own:
            mark = mark_of(Span(quote["start"], quote["end"]), marks)
            if mark is not None:
                place = QuoteView(quote["quote"], f"{anchor}-mark{mark}", line_of(note.text, quote["start"]), number)
                places[place_of(quote)] = place
    return tuple(views), places
