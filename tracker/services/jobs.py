"""Asking for long work: the row is written in the same transaction as what asks for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Job


def ask_for(  # noqa: PLR0913  # who asks for what, and for whom
    session: Session,
    kind: str,
    arguments: dict[str, Any],
    key: str,
    now: datetime,
    *,
    practice_id: int | None = None,
    user_id: int | None = None,
    total: int = 0,
) -> Job:
    """Return the job row for ``key``: a new one, or the one already asked for with the same key.

    ``total`` is how many steps the work is thought to have.
    """
    job = session.scalar(select(Job).where(Job.key == key))
    if job is None:
        job = Job(
            kind=kind,
            arguments=arguments,
            key=key,
            run_at=now,
            asked_at=now,
            practice_id=practice_id,
            asked_by_id=user_id,
            total=total,
        )
        session.add(job)
        session.flush()
    return job
