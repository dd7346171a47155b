"""How long imported files are kept as they came (security.md C-46); what was read from them stays."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from tracker.models import ImportFile, Practice, RawFile

_DAYS_OF_MONTH = 31
"""A month is counted long: a file is kept rather a day too long than one too short."""


def keep_files(practice: Practice, months: int | None) -> None:
    """Keep the imported files of a practice for so many months from now on; None: for good."""
    practice.keep_files_months = months or None


def files_older_than(session: Session, practice_id: int, months: int | None, now: datetime) -> int:
    """Return how many imported files would go if they were kept for so many months."""
    old = RawFile.practice_id == practice_id, RawFile.import_id.in_(_older(practice_id, months or 0, now))
    return (session.scalar(select(func.count()).select_from(RawFile).where(*old)) or 0) if months else 0


def _older(practice_id: int, months: int, now: datetime) -> Select[int]:
    before = now - timedelta(days=_DAYS_OF_MONTH * months)
    return select(ImportFile.id).where(ImportFile.practice_id == practice_id, ImportFile.stored_at < before)


def remove_old_files(session: Session, now: datetime) -> int:
    """Remove the bytes of stored imports that are older than their practice keeps them; return how many."""
    removed = 0
    for practice in session.scalars(select(Practice).where(Practice.keep_files_months.is_not(None))).all():
        old = _older(practice.id, practice.keep_files_months or 0, now)
        gone = session.execute(
            delete(RawFile)
            .where(RawFile.practice_id == practice.id, RawFile.import_id.in_(old))
            .execution_options(synchronize_session=False)
        )
        removed += int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
    return removed
