"""The saved views a person sees: their own, and those shared with a practice in view."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.models import SavedView


def views_of(session: Session, user_id: int, practice_ids: Collection[int]) -> Sequence[SavedView]:
    """Return the person's own views and those shared with the practices, in the order they were made."""
    seen = or_(SavedView.user_id == user_id, SavedView.shared_with_id.in_(practice_ids))
    return session.scalars(select(SavedView).where(seen).order_by(SavedView.id)).all()
