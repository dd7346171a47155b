"""The files that were brought in, newest first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import ImportFile, Job
from tracker.services.importing import FOLDER, FOLDER_JOB

_SHOWN = ("staged", "storing", "stored", "undone")


def came_by_folder(session: Session, since: datetime) -> int:
    """Return how many files came by the watched folder since a moment, but for those that were known already."""
    query = select(func.count()).select_from(ImportFile)
    mine = (ImportFile.came_by == FOLDER, ImportFile.created_at >= since, ImportFile.state != "cancelled")
    return session.scalar(query.where(*mine)) or 0


def waiting_in_folder(session: Session) -> int:
    """Return how many files of the watched folder wait until the virus scanner can be reached again."""
    waits = (Job.kind == FOLDER_JOB, Job.state == "queued", Job.doing != "")
    return session.scalar(select(func.count()).select_from(Job).where(*waits)) or 0


def imports_list(session: Session, skip: int, most: int) -> tuple[Sequence[ImportFile], int]:
    """Return ``most`` files after the first ``skip``, but for cancelled and refused ones, and how many there are."""
    query = select(ImportFile).where(ImportFile.state.in_(_SHOWN)).order_by(ImportFile.id.desc())
    count = select(func.count()).select_from(ImportFile).where(ImportFile.state.in_(_SHOWN))
    return session.scalars(query.offset(skip).limit(most)).all(), session.scalar(count) or 0
