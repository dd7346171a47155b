"""What a person has not read yet about their account, on every page until they have."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from tracker.models import Notice

_KEPT = timedelta(days=180)


def unread(session: Session, user_id: int, session_id: int) -> Sequence[Notice]:
    """Return what a person has not read, oldest first, without what this very session did."""
    return session.scalars(select(Notice).where(*_shown(user_id, session_id)).order_by(Notice.id)).all()


def mark_read(session: Session, user_id: int, session_id: int, up_to: int, now: datetime) -> None:
    """Note that a person has read what this session shows, up to a notice."""
    read = update(Notice).where(*_shown(user_id, session_id), Notice.id <= up_to)
    session.execute(read.values(read_at=now))


def _shown(user_id: int, session_id: int) -> tuple[ColumnElement[bool], ...]:
    elsewhere = or_(Notice.session_id.is_(None), Notice.session_id != session_id)
    return Notice.user_id == user_id, Notice.read_at.is_(None), elsewhere


def forget_old_notices(session: Session, now: datetime) -> None:
    """Delete what is half a year old, read or not."""
    session.execute(delete(Notice).where(Notice.at < now - _KEPT))
