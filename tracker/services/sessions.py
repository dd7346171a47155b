"""Sessions of browsers: opened at sign-in, ended by time, by hand, and whenever rights or secrets change."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.db import rows_changed
from tracker.models import User, UserSession

EMERGENCY_HOURS = 4  # what a sealed code opens (security.md C-45)
EMERGENCY_FOR = timedelta(hours=EMERGENCY_HOURS)
CODE_MINUTES = 10  # how long a right password waits for its second factor
# Used later than now: the clock was set back, and how old the session is cannot be told any more.
_AHEAD = timedelta(minutes=5)
_KEPT = timedelta(days=90)  # ended sessions tell a new device from a known one


class Place(NamedTuple):
    """Where somebody signs in: the browser in words, and the address."""

    browser: str
    address: str


class SeenSession(NamedTuple):
    """A session as the account page shows it."""

    id: int
    public_id: str
    created_at: datetime
    last_seen_at: datetime
    browser: str
    address: str


class Limits(NamedTuple):
    """How long a session lives: without a request, and at most."""

    idle: timedelta
    longest: timedelta


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(  # for whom, where, and by what
    session: Session,
    user_id: int,
    now: datetime,
    place: Place,
    *,
    awaits_code: bool = False,
    has_factor: bool = False,
    emergency_id: int | None = None,
) -> str:
    """Return the token of a new session; only its hash is kept.

    ``awaits_code``: the password was right, the second factor is owed. ``has_factor``: it was given.
    ``emergency_id``: a sealed code opened it.
    """
    token = secrets.token_urlsafe(32)
    row = UserSession(
        token_hash=_token_hash(token), user_id=user_id, created_at=now, last_seen_at=now, proved_at=now,
        awaits_code=awaits_code, has_second_factor=has_factor, emergency_id=emergency_id, browser=place.browser[:60], address=place.address[:45],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return token


def id_of(session: Session, token: str) -> int | None:
    """Return the id of the session with a token."""
    return session.scalar(select(UserSession.id).where(UserSession.token_hash == _token_hash(token)))


def is_new_place(session: Session, user_id: int, place: Place) -> bool:
    """Whether a person has signed in before, but never with this browser from this address."""
    known = session.execute(
        select(UserSession.browser, UserSession.address).where(
            UserSession.user_id == user_id, UserSession.awaits_code.is_(False)
        )
    ).all()
    return bool(known) and (place.browser[:60], place.address[:45]) not in {tuple(one) for one in known}


def find_session(session: Session, token: str, now: datetime, limits: Limits) -> tuple[UserSession, User] | None:
    """Return the living session of a token with its user, or None: unknown, ended, idle too long, or too old."""
    found = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == _token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.last_seen_at.between(now - limits.idle, now + _AHEAD),
            UserSession.created_at > now - limits.longest,
            or_(UserSession.emergency_id.is_(None), UserSession.created_at > now - EMERGENCY_FOR),
            User.is_active.is_(True),
        )
    ).one_or_none()
    if found is None or (found[0].awaits_code and found[0].created_at <= now - timedelta(minutes=CODE_MINUTES)):
        return None
    return found[0], found[1]


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Keep a session awake."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now))


def renew(session: Session, session_id: int, now: datetime, *, has_factor: bool = False) -> str:
    """Return a new token for a session whose person gave a password or code again; the old one is worth nothing."""
    token = secrets.token_urlsafe(32)
    row = update(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None))
    session.execute(row.values(token_hash=_token_hash(token), proved_at=now))
    if has_factor:
        session.execute(row.values(has_second_factor=True))
    return token


def choose_practice(session: Session, session_id: int, practice_id: int | None) -> None:
    """Keep the switcher's choice; None means all practices."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(practice_id=practice_id))


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """End one session."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(ended_at=now))


def end_own_session(session: Session, user_id: int, public_id: str, now: datetime) -> bool:
    """End a living session of a person by its id; whether there was one."""
    mine = UserSession.user_id == user_id, UserSession.public_id == public_id, UserSession.ended_at.is_(None)
    return rows_changed(session, update(UserSession).where(*mine).values(ended_at=now)) == 1


def end_sessions(session: Session, user_id: int, now: datetime, keep: int | None = None) -> int:
    """End all living sessions of a person, but for the one with the id ``keep``; return how many."""
    which = [UserSession.user_id == user_id, UserSession.ended_at.is_(None)]
    if keep is not None:
        which.append(UserSession.id != keep)
    return rows_changed(session, update(UserSession).where(*which).values(ended_at=now))


def living_sessions(session: Session, user_id: int, now: datetime, limits: Limits) -> list[SeenSession]:
    """Return the sessions of a person that are not over, last used first."""
    row = UserSession
    columns = row.id, row.public_id, row.created_at, row.last_seen_at, row.browser, row.address
    living = (
        row.user_id == user_id, row.ended_at.is_(None), row.awaits_code.is_(False),
        row.last_seen_at.between(now - limits.idle, now + _AHEAD), row.created_at > now - limits.longest,
    )  # fmt: skip
    return [
        SeenSession(*one) for one in session.execute(select(*columns).where(*living).order_by(row.last_seen_at.desc()))
    ]


def last_seen(session: Session, user_ids: list[int]) -> dict[int, datetime]:
    """Return when people were last here, by the id of the person; who never was is left out."""
    query = (
        select(UserSession.user_id, func.max(UserSession.last_seen_at))
        .where(UserSession.user_id.in_(user_ids), UserSession.awaits_code.is_(False))
        .group_by(UserSession.user_id)
    )
    return dict(session.execute(query).all())


def forget_old_sessions(session: Session, now: datetime) -> None:
    """Delete sessions that nobody used for long."""
    session.execute(delete(UserSession).where(UserSession.last_seen_at < now - _KEPT))
