"""The people of practices, as the page for admins lists them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.access import Action, Role, may
from tracker.models import Denial, Membership, User
from tracker.services.sessions import last_seen


class Listed(NamedTuple):
    """A person: ``roles`` by practice id, ``state`` is active, invited or disabled, ``denials`` their open ones."""

    user: User
    roles: Mapping[int, Role]
    state: str
    seen_at: datetime | None
    denials: int


def people(session: Session, practice_ids: Iterable[int]) -> list[Listed]:
    """Return the people of some practices by name, those who cannot sign in any more last."""
    places = list(practice_ids)
    rows = session.execute(
        select(User, Membership.practice_id, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.practice_id.in_(places))
        .order_by(User.is_active.desc(), func.lower(User.name), User.id)
    )
    users: dict[int, User] = {}
    roles: dict[int, dict[int, Role]] = {}
    for user, place, role in rows:
        users[user.id] = user
        roles.setdefault(user.id, {})[place] = Role(role)
    seen, denials = last_seen(session, list(users)), _open_denials(session, places)
    return [
        Listed(user, roles[user.id], state_of(user), seen.get(user.id), denials.get(user.id, 0))
        for user in users.values()
    ]


def state_of(user: User) -> str:
    """Return whether a person is active, invited (without a way to sign in yet) or disabled."""
    if not user.is_active:
        return "disabled"
    return "active" if user.password_hash or user.oidc_subject else "invited"


def _open_denials(session: Session, practice_ids: list[int]) -> dict[int, int]:
    theirs = Denial.practice_id.in_(practice_ids), Denial.is_open, Denial.owner_id.is_not(None)
    query = select(Denial.owner_id, func.count()).where(*theirs).group_by(Denial.owner_id)
    return {owner: count for owner, count in session.execute(query) if owner is not None}


def takers(listed: Iterable[Listed], leaving: User) -> list[User]:
    """Return who can take the denials of somebody: active people who work a queue."""
    return [
        one.user
        for one in listed
        if one.user.id != leaving.id
        and one.state == "active"
        and any(may(role, Action.WORK_QUEUE) for role in one.roles.values())
    ]
