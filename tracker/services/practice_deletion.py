"""Deleting a practice: hidden at once, restorable for thirty days, then destroyed for good with a proof (C-46, C-55)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tracker.models import DestroyedPractice, Practice, User
from tracker.services.practice_keys import shred
from tracker.services.practice_tables import remove_rows, tables_with_rows_of_practices

RESTORABLE_FOR = timedelta(days=30)


def delete_practice(practice: Practice, now: datetime, user_id: int | None = None) -> None:
    """Hide a practice from everybody; until thirty days are over it can be restored."""
    practice.deleted_at, practice.deleted_by_id = now, user_id


def restore_practice(practice: Practice) -> None:
    """Show a deleted practice again, to those who saw it before."""
    practice.deleted_at = practice.deleted_by_id = None


def destroyed_on(practice: Practice) -> datetime | None:
    """Return from when on a deleted practice is destroyed, None for one that is not deleted."""
    return practice.deleted_at + RESTORABLE_FOR if practice.deleted_at else None


def rows_of_practice(session: Session, practice_id: int) -> dict[str, int]:
    """Return how many rows go with a practice, by table; tables without one are left out."""
    counts = {}
    for table in tables_with_rows_of_practices():
        query = select(func.count()).select_from(table).where(table.c.practice_id == practice_id)
        counts[table.name] = session.scalar(query) or 0
    return {name: count for name, count in sorted(counts.items()) if count}


def destroy_due(session: Session, now: datetime) -> int:
    """Destroy the practices whose thirty days are over: keys first, then every row. Return how many."""
    due = session.scalars(select(Practice).where(Practice.deleted_at <= now - RESTORABLE_FOR)).all()
    for practice in due:
        _destroy(session, practice, now)
    return len(due)


def _destroy(session: Session, practice: Practice, now: datetime) -> None:
    assert practice.deleted_at is not None  # only these are due
    user = session.get(User, practice.deleted_by_id) if practice.deleted_by_id else None
    proof = DestroyedPractice(
        public_id=practice.public_id, name=practice.name, deleted_at=practice.deleted_at, destroyed_at=now,
        deleted_by=user.login if user else "command line", rows=rows_of_practice(session, practice.id),
    )  # fmt: skip
    session.add(proof)
    shred(session, practice)
    remove_rows(session, [practice.id])
    session.execute(delete(Practice).where(Practice.id == practice.id))


def proofs(session: Session) -> list[tuple[str, datetime]]:
    """Return what was destroyed here, and when."""
    query = select(DestroyedPractice.name, DestroyedPractice.destroyed_at).order_by(DestroyedPractice.destroyed_at)
    return [(name, at) for name, at in session.execute(query)]
