"""Keeping views of the queue: by name, for oneself or for a practice, and the one the day begins with."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.models import SavedView, User

MOST = 30  # more tabs than that nobody reads


class ViewProblem(Exception):  # noqa: N818  # something to choose anew, not a fault
    """Raised when a view cannot be kept; the message says why and what to do."""


def save_view(session: Session, user_id: int, name: str, query: str, shared_with_id: int | None) -> SavedView:
    """Keep a view under a name, shared with a practice or not.

    ``query`` is the queue's address after the question mark. Raises ViewProblem for a name or a view that the person
    keeps already, and when they keep the most there may be.
    """
    own = own_views(session, user_id)
    if len(own) >= MOST:
        raise ViewProblem(f"You keep {MOST} views already. Delete one first")
    same = next((view for view in own if view.query == query), None)
    if same is not None:
        raise ViewProblem(f"You keep this view already, as {same.name}")
    _require_new_name(own, name)
    view = SavedView(user_id=user_id, name=name, query=query, shared_with_id=shared_with_id)
    session.add(view)
    session.flush()
    return view


def change_view(session: Session, view: SavedView, name: str, shared_with_id: int | None) -> None:
    """Give a view another name, or share it with another practice or nobody. Raises ViewProblem for a name in use."""
    _require_new_name([one for one in own_views(session, view.user_id) if one.id != view.id], name)
    view.name, view.shared_with_id = name, shared_with_id
    session.flush()


def delete_view(session: Session, view: SavedView) -> None:
    """Forget a view; who began the day with it begins with all open denials again."""
    session.execute(update(User).where(User.start_view == view.public_id).values(start_view=None))
    session.delete(view)
    session.flush()


def start_with(session: Session, user_id: int, view: str) -> None:
    """Keep which view a person's day begins with: a shipped one's key, or a saved one's public id."""
    session.execute(update(User).where(User.id == user_id).values(start_view=view))


def own_views(session: Session, user_id: int) -> Sequence[SavedView]:
    """Return the views a person made, oldest first."""
    return session.scalars(select(SavedView).where(SavedView.user_id == user_id).order_by(SavedView.id)).all()


def _require_new_name(own: Sequence[SavedView], name: str) -> None:
    if any(view.name.casefold() == name.casefold() for view in own):
        raise ViewProblem(f"You keep a view named {name} already. Choose another name")
