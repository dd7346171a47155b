"""People who sign in: passwords, sign-in with a throttle, sessions of browsers."""

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.models import Membership, Practice, User, UserSession

MIN_PASSWORD, MAX_PASSWORD = 8, 128
_FREE_TRIES = 5  # security.md C-05: five free, then 1, 2, 4 ... 60 seconds, never for good
_LONGEST_WAIT = 60
_AT_ONCE = threading.Semaphore(2)  # a hash takes 64 MiB: many at once would exhaust the memory (security.md C-03)


class UserProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when a user cannot be made or changed as asked; the message is for people."""


class WrongPassword(UserProblem):
    """Raised when the present password is wrong."""


class SignInRefused(Exception):  # noqa: N818  # says what happened
    """Raised when the name or the password is wrong, or the account waits after wrong tries: one answer for all."""


class SeenSession(NamedTuple):
    """A session as the list in the settings shows it."""

    id: int
    created_at: datetime
    last_seen_at: datetime


@cache
def _hasher(fast: bool) -> PasswordHasher:
    """Return RFC 9106's second recommended profile (64 MiB, 3 passes), or a cheap one for tests."""
    if fast:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys_hash(fast: bool) -> str:
    return _hasher(fast).hash(secrets.token_hex(16))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def hash_password(password: str, *, fast_hash: bool = False) -> str:
    """Return the argon2id hash of a password."""
    with _AT_ONCE:
        return _hasher(fast_hash).hash(_plain(password))


def password_is_right(password_hash: str, password: str, *, fast_hash: bool = False) -> bool:
    """Whether a password belongs to a hash."""
    with _AT_ONCE:
        try:
            return _hasher(fast_hash).verify(password_hash, _plain(password))
        except (VerifyMismatchError, InvalidHashError):
            return False


def check_password(login: str, password: str) -> None:
    """Raise UserProblem when a new password is too short, too long or the sign-in name."""
    if len(password) < MIN_PASSWORD:
        raise UserProblem(f"The password must have at least {MIN_PASSWORD} characters")
    if len(password) > MAX_PASSWORD:
        raise UserProblem(f"The password must have at most {MAX_PASSWORD} characters")
    if login.casefold() in password.casefold() or len(set(password)) < 4:
        raise UserProblem("The password must not hold the sign-in name or one letter over and over")


def find_user(session: Session, login: str) -> User | None:
    """Return the user with a sign-in name, in any mix of capitals."""
    return session.scalar(select(User).where(func.lower(User.login) == login.strip().lower()))


def create_user(  # noqa: PLR0913  # what a user is made of
    session: Session,
    login: str,
    name: str,
    password: str,
    practices: Sequence[Practice],
    role: str = "biller",
    *,
    fast_hash: bool = False,
    is_demo: bool = False,
) -> User:
    """Return a new user who may see ``practices``; raises UserProblem when the name is taken or the password weak."""
    if find_user(session, login) is not None:
        raise UserProblem(f"There is already a user named {login.strip()}.")
    check_password(login, password)
    user = User(
        login=login.strip(), name=name, password_hash=hash_password(password, fast_hash=fast_hash), is_demo=is_demo
    )
    session.add(user)
    session.flush()
    session.add_all(Membership(user_id=user.id, practice_id=practice.id, role=role) for practice in practices)
    return user


class Attempt(NamedTuple):
    """A name and a password that were tried; ``user_id`` is None for an unknown name."""

    user_id: int | None
    right: bool


def try_password(session: Session, login: str, password: str, *, fast_hash: bool = False) -> Attempt:
    """Return whether a password belongs to a name; an unknown name takes as long as a wrong password.

    Only reads: hashing takes a quarter of a second, and no lock of the database should last that long.
    """
    user = find_user(session, login)
    password_hash = user.password_hash if user and user.is_active else _nobodys_hash(fast_hash)
    right = password_is_right(password_hash, password, fast_hash=fast_hash)
    return Attempt(user.id if user and user.is_active else None, right)


def admit(session: Session, attempt: Attempt, now: datetime) -> User:
    """Return the user of a right attempt and forget the wrong ones before it.

    Raises SignInRefused when the attempt was wrong or the account still waits. Commit then too: wrong tries count.
    """
    user = session.get(User, attempt.user_id, with_for_update=True) if attempt.user_id else None
    if user is None or (user.locked_until is not None and now < user.locked_until):
        raise SignInRefused
    row = update(User).where(User.id == user.id)
    if not attempt.right:
        tries = user.failed_sign_ins + 1
        session.execute(row.values(failed_sign_ins=tries, locked_until=_wait_until(tries, now)))
        raise SignInRefused
    session.execute(row.values(failed_sign_ins=0, locked_until=None))
    return user


def _wait_until(wrong_tries: int, now: datetime) -> datetime | None:
    over = wrong_tries - _FREE_TRIES
    return None if over < 0 else now + timedelta(seconds=min(2 ** min(over, 10), _LONGEST_WAIT))


def change_password(session: Session, user: User, old: str, new: str, keep: int, now: datetime, *, fast: bool) -> None:
    """Change a password and end the user's other sessions; ``keep`` is the id of the session that stays.

    Raises WrongPassword, or UserProblem when the new one is weak.
    """
    if not password_is_right(user.password_hash, old, fast_hash=fast):
        raise WrongPassword("The present password is not right")
    check_password(user.login, new)
    user.password_hash = hash_password(new, fast_hash=fast)
    end_other_sessions(session, user.id, keep, now)


# ---- sessions ----


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, user: User, now: datetime) -> str:
    """Return the token of a new session; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(UserSession(token_hash=_token_hash(token), user_id=user.id, created_at=now, last_seen_at=now))
    return token


def find_session(
    session: Session, token: str, now: datetime, idle_minutes: int, longest_hours: int
) -> tuple[UserSession, User] | None:
    """Return the living session of a token with its user, or None: unknown, ended, idle too long, or too old."""
    found = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == _token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.last_seen_at > now - timedelta(minutes=idle_minutes),
            UserSession.created_at > now - timedelta(hours=longest_hours),
            User.is_active.is_(True),
        )
    ).one_or_none()
    return (found[0], found[1]) if found is not None else None


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Keep a session awake."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now))


def choose_practice(session: Session, session_id: int, practice_id: int | None) -> None:
    """Keep the switcher's choice; None means all practices."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(practice_id=practice_id))


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """End one session."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(ended_at=now))


def end_other_sessions(session: Session, user_id: int, keep: int, now: datetime) -> int:
    """End all living sessions of a user but one; return how many."""
    others = UserSession.user_id == user_id, UserSession.id != keep, UserSession.ended_at.is_(None)
    count = session.scalar(select(func.count()).select_from(UserSession).where(*others)) or 0
    session.execute(update(UserSession).where(*others).values(ended_at=now))
    return count


def living_sessions(session: Session, user_id: int, since: datetime) -> list[SeenSession]:
    """Return the sessions of a user that are not ended and were seen after ``since``, newest first."""
    rows = session.execute(
        select(UserSession.id, UserSession.created_at, UserSession.last_seen_at)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.last_seen_at > since)
        .order_by(UserSession.last_seen_at.desc())
    )
    return [SeenSession(*row) for row in rows]
