"""The notes on the trend chart that a person sees: their own, and those shared with everybody of a practice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from tracker.models import ChartNote
from tracker.reports.months import Month


@dataclass(frozen=True, slots=True)
class NumberedNote:
    """A note with the number that stands at its month on the chart."""

    number: int
    row: ChartNote


def seen_by(user_id: int) -> ColumnElement[bool]:
    """Return the condition of the notes a person sees."""
    return or_(ChartNote.made_by_id == user_id, ChartNote.is_shared.is_(True))


def chart_notes(session: Session, user_id: int, *, removed: bool = False) -> Sequence[ChartNote]:
    """Return the notes a person sees, by day; with ``removed`` those that were removed."""
    is_removed = ChartNote.removed_at.is_not(None) if removed else ChartNote.removed_at.is_(None)
    query = select(ChartNote).where(seen_by(user_id), is_removed)
    return session.scalars(query.order_by(ChartNote.day, ChartNote.id)).all()


def numbered(session: Session, user_id: int, first: date, last: date) -> tuple[NumberedNote, ...]:
    """Return the notes a person sees between two days, numbered from 1 in the order of their days."""
    rows = [row for row in chart_notes(session, user_id) if first <= row.day <= last]
    return tuple(NumberedNote(number, row) for number, row in enumerate(rows, start=1))


def marks(notes: Iterable[NumberedNote]) -> Mapping[Month, str]:
    """Return what stands at each month with notes: ``2``, or ``2-4`` for several."""
    by_month: dict[Month, list[int]] = {}
    for note in notes:
        by_month.setdefault(Month.of(note.row.day), []).append(note.number)
    return {month: str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}" for month, found in by_month.items()}
