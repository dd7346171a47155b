"""People who sign in: adding, inviting, roles, leaving."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.access import Role
from tracker.models import Denial, Membership, Practice, User
from tracker.services.api_tokens import end_tokens
from tracker.services.password_rules import WeakPassword, refuse_weak
from tracker.services.passwords import hash_password
from tracker.services.protected_notes import set_leave
from tracker.services.sessions import end_sessions
from tracker.services.working import assign


class UserProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when a user cannot be made or changed as asked; the message is for people."""


def find_user(session: Session, login: str) -> User | None:
    """Return the user with a sign-in name, in any mix of capitals."""
    return session.scalar(select(User).where(func.lower(User.login) == login.strip().lower()))


def create_user(  # what a user is made of
    session: Session,
    login: str,
    name: str,
    password: str,
    practices: Sequence[Practice],
    role: Role = Role.BILLER,
    *,
    fast_hash: bool = False,
) -> User:
    """Return a new user who may see ``practices``; raises UserProblem when the name is taken or the password weak."""
    try:
        refuse_weak(password, (login, name, *(practice.name for practice in practices)))
    except WeakPassword as problem:
        raise UserProblem(str(problem)) from None
    user = invite(session, login, name, "", dict.fromkeys((practice.id for practice in practices), role))
    user.password_hash = hash_password(password, fast_hash=fast_hash)
    return user


def invite(session: Session, login: str, name: str, email: str, roles: Mapping[int, Role]) -> User:
    """Return a new user without a password, who takes up the account by a link; ``roles`` are by practice id.

    Raises UserProblem when the sign-in name is taken.
    """
    if find_user(session, login) is not None:
        raise UserProblem(f"There is already a user named {login.strip()}")
    user = User(login=login.strip(), name=name, email=email)
    session.add(user)
    session.flush()
    session.add_all(Membership(user_id=user.id, practice_id=place, role=role) for place, role in roles.items())
    session.flush()
    return user


def roles_of(session: Session, user_id: int) -> dict[int, Role]:
    """Return a person's roles by practice id."""
    rows = session.execute(select(Membership.practice_id, Membership.role).where(Membership.user_id == user_id))
    return {practice_id: Role(role) for practice_id, role in rows}


def set_roles(session: Session, user: User, wanted: Mapping[int, Role | None], now: datetime) -> bool:
    """Give a person other roles in the practices of ``wanted`` (None: no access) and sign them out; whether any changed.

    Raises UserProblem when a practice would be left without an owner, or the person without a practice.
    """
    before = roles_of(session, user.id)
    changed = {place: role for place, role in wanted.items() if before.get(place) != role}
    _refuse_ownerless(session, user, [place for place in changed if before.get(place) is Role.OWNER])
    if changed and not any((before | changed).values()):
        raise UserProblem("Nothing would be left for this person to see. Disable the account instead")
    for place, role in changed.items():
        row = session.get(Membership, (user.id, place))
        if role is None:
            session.delete(row)
        elif row is None:
            session.add(Membership(user_id=user.id, practice_id=place, role=role))
        else:
            row.role = role
    if changed:
        end_sessions(session, user.id, now)
        end_tokens(session, user.id, now, [place for place, role in changed.items() if role is None])
    return bool(changed)


def readers_of_protected(session: Session, user_id: int) -> frozenset[int]:
    """Return the practices where a person has leave to read protected notes."""
    query = select(Membership.practice_id).where(Membership.user_id == user_id, Membership.protected_notes)
    return frozenset(session.scalars(query))


def set_reading_protected(  # who may where, from when, as whom
    session: Session, user_id: int, practice_id: int, allowed: bool, now: datetime, by_id: int
) -> bool:
    """Give a person leave to read the protected notes of a practice, or take it back; whether anything changed."""
    member = session.get_one(Membership, (user_id, practice_id))
    return set_leave(session, member, allowed=allowed, now=now, by_id=by_id)


def disable(session: Session, user: User, now: datetime) -> None:
    """Let a person sign in no more, from this moment. Raises UserProblem for the last owner of a practice."""
    _refuse_ownerless(
        session, user, [place for place, role in roles_of(session, user.id).items() if role is Role.OWNER]
    )
    user.is_active = False
    end_sessions(session, user.id, now)
    end_tokens(session, user.id, now)


def enable(user: User) -> None:
    """Let a disabled person sign in again."""
    user.is_active = True


def _refuse_ownerless(session: Session, user: User, practice_ids: Sequence[int]) -> None:
    """Raise UserProblem when one of the practices has no other active owner."""
    for place in practice_ids:
        others = (
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.practice_id == place, Membership.role == Role.OWNER, User.id != user.id, User.is_active
            )
        )  # fmt: skip
        if session.scalar(others.limit(1)) is None:
            name = session.get_one(Practice, place).name
            raise UserProblem(f"{user.name} is the only owner of {name}. Make somebody else an owner first")


def hand_on(session: Session, practice_ids: Sequence[int], from_id: int, to_id: int, now: datetime, by_id: int) -> int:
    """Give a person's open denials in some practices to somebody else; return how many."""
    theirs = Denial.owner_id == from_id, Denial.is_open, Denial.practice_id.in_(practice_ids)
    denials = session.scalars(select(Denial).where(*theirs).order_by(Denial.id)).all()
    for place in sorted({denial.practice_id for denial in denials}):
        assign(session, [denial for denial in denials if denial.practice_id == place], to_id, now, by_id)
    return len(denials)
