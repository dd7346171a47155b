"""Who people are, for pages that say who did something."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import User


def user_names(session: Session, ids: Iterable[int | None]) -> Mapping[int, str]:
    """Return the names of users by id; an id that is None is nobody."""
    known = {one for one in ids if one is not None}
    if not known:
        return {}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(known))).all())
