"""Copied notes: the earlier note of a patient that a note is most like, and both side by side."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.models import Note
from tracker.reading.similarity import changes, overlap, shingles, similarity

SHOWN_FROM = 0.7  # under this two notes of one course of treatment are alike as such notes are
_EARLIER_READ = 6  # a note is copied from one not long before


class Likeness(NamedTuple):
    """An earlier note and how much of the words both share, from 0 to 1."""

    note: Note
    share: float

    @property
    def percent(self) -> int:
        """Return the share in whole percent, rounded down: 100 is said only of the same words."""
        return int(self.share * 100)


class Row(NamedTuple):
    """A stretch of both notes. ``kind`` is same, changed, or passing: only dates, times, minutes or headings differ."""

    before: str
    after: str
    kind: str


def earlier_notes(session: Session, note: Note, most: int = _EARLIER_READ) -> Sequence[Note]:
    """Return the patient's notes before a note, newest first, by the same discipline where both name one."""
    if note.service_date is None:
        return ()
    query = select(Note).where(
        Note.practice_id == note.practice_id,
        Note.patient_id == note.patient_id,
        Note.service_date < note.service_date,
    )
    if note.discipline:
        query = query.where(or_(Note.discipline == note.discipline, Note.discipline == ""))
    return session.scalars(query.order_by(Note.service_date.desc(), Note.id).limit(most)).all()


def most_alike(note: Note, earlier: Iterable[Note]) -> Likeness | None:
    """Return the earlier note a note is most like, if it is so alike that it may have been copied."""
    own = shingles(note.text)
    likes = (Likeness(each, overlap(own, shingles(each.text))) for each in earlier)
    best = max(likes, key=lambda like: like.share, default=None)
    return best if best is not None and best.share >= SHOWN_FROM else None


def likeness(note: Note, earlier: Note) -> Likeness:
    """Return how alike a note and an earlier one are."""
    return Likeness(earlier, similarity(earlier.text, note.text))


def side_by_side(before: str, after: str) -> tuple[Row, ...]:
    """Return two texts in rows that stand beside each other; every character of both is in one of them."""
    return tuple(_rows(before, after))


def _rows(before: str, after: str) -> Iterator[Row]:
    old = new = 0
    for change in changes(before, after):
        if change.before[0] > old or change.after[0] > new:
            yield Row(before[old : change.before[0]], after[new : change.after[0]], "same")
        yield Row(before[slice(*change.before)], after[slice(*change.after)], "changed" if change.counts else "passing")
        old, new = change.before[1], change.after[1]
    if old < len(before) or new < len(after):
        yield Row(before[old:], after[new:], "same")
