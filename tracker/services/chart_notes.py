"""Writing on the trend chart: add, change, remove and put back notes on its days."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.models import ChartNote


def add_note(
    session: Session, practice_id: int, user_id: int, day: date, words: str, now: datetime, *, is_shared: bool
) -> ChartNote:
    """Put a note on a day, for oneself or for everybody of the practice."""
    row = ChartNote(practice_id=practice_id, day=day, words=words, is_shared=is_shared, made_by_id=user_id, made_at=now)
    session.add(row)
    session.flush()
    return row


def change_note(session: Session, row: ChartNote, day: date, words: str, *, is_shared: bool) -> None:
    """Change a note's day and words, and who sees it."""
    row.day, row.words, row.is_shared = day, words, is_shared
    session.flush()


def remove_note(session: Session, row: ChartNote, now: datetime) -> None:
    """Take a note off the chart; it can be put back."""
    row.removed_at = row.removed_at or now
    session.flush()


def put_back(session: Session, row: ChartNote) -> None:
    """Put a removed note on the chart again."""
    row.removed_at = None
    session.flush()
