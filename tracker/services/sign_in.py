"""Signing in: the password, the throttle per account and per address, one answer for known and unknown names."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.models import SignInTries, User
from tracker.services.passwords import hash_password, is_outdated, nobodys_hash, password_is_right
from tracker.services.users import find_user

# security.md C-05: five free, then 1, 2, 4 ... 60 seconds, never for good. An address may be a whole office.
_FREE_FOR_ACCOUNT, _FREE_FOR_ADDRESS = 5, 30
_LONGEST_WAIT = 60
_FORGOTTEN_AFTER = timedelta(days=1)


class SignInRefused(Exception):  # noqa: N818  # says what happened
    """Raised when the name, the password or the code is wrong: one answer for all."""


class MustWait(SignInRefused):
    """Raised when an account or an address has to wait after wrong tries."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Counter(NamedTuple):
    """What wrong tries are counted for, and how many are free."""

    key: str
    free: int


class Attempt(NamedTuple):
    """A name and a password that were tried.

    ``user_id`` is None for an unknown name, ``new_hash`` is set when the hash on record was made with older costs.
    """

    user_id: int | None
    right: bool
    new_hash: str = ""


def counters(login: str, address: str) -> tuple[Counter, Counter]:
    """Return what a try with a sign-in name from an address counts for; a name need not exist."""
    return (
        Counter(_hashed("account", login.strip().casefold()), _FREE_FOR_ACCOUNT),
        Counter(_hashed("address", address), _FREE_FOR_ADDRESS),
    )


def token_counter(address: str) -> Counter:
    """Return what a wrong API token from an address counts for; people at that address sign in all the same."""
    return Counter(_hashed("token address", address), _FREE_FOR_ADDRESS)


def _hashed(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind} {text}".encode()).hexdigest()


def refuse_waiting(session: Session, counted: Sequence[Counter], now: datetime) -> None:
    """Raise MustWait when the account or the address has to wait; no clock that was set back makes the wait longer."""
    latest = now + timedelta(seconds=_LONGEST_WAIT)
    query = select(SignInTries.waits_until).where(
        SignInTries.key.in_([one.key for one in counted]), SignInTries.waits_until <= latest
    )
    until = max((one for one in session.scalars(query) if one is not None), default=now)
    if until > now:
        raise MustWait(-int((now - until).total_seconds() // 1))


def try_password(session: Session, login: str, password: str, *, fast_hash: bool = False) -> Attempt:
    """Return whether a password belongs to a name; an unknown name takes as long as a wrong password.

    Only reads: hashing takes a quarter of a second, and no lock of the database should last that long.
    """
    user = find_user(session, login)
    known = user is not None and user.is_active and user.password_hash != ""
    user_id, stored = (user.id, user.password_hash) if user and known else (None, nobodys_hash(fast_hash))
    session.rollback()
    right = password_is_right(stored, password, fast_hash=fast_hash) and known
    outdated = right and is_outdated(stored, fast_hash=fast_hash)
    return Attempt(user_id, right, hash_password(password, fast_hash=fast_hash) if outdated else "")


def admit(session: Session, attempt: Attempt, counted: Sequence[Counter], now: datetime) -> User:
    """Return the user of a right attempt; the wrong ones before it are forgotten once the sign-in is whole.

    Raises SignInRefused when the attempt was wrong, MustWait when it came too early. Commit then too: tries count.
    """
    refuse_waiting(session, counted, now)
    user = session.get(User, attempt.user_id, with_for_update=True) if attempt.user_id else None
    if user is None or not attempt.right or not user.is_active:
        count_wrong(session, counted, now)
        raise SignInRefused
    if attempt.new_hash:
        user.password_hash = attempt.new_hash
    return user


def count_wrong(session: Session, counted: Sequence[Counter], now: datetime) -> None:
    """Count a wrong try, and let the account or the address wait once the free ones are used up."""
    for one in sorted(counted):
        row = _tries(session, one.key, now)
        row.wrong = 1 if now - row.last_at > _FORGOTTEN_AFTER else row.wrong + 1
        row.last_at, row.waits_until = now, _wait_until(row.wrong - one.free, now)
    session.flush()


def _tries(session: Session, key: str, now: datetime) -> SignInTries:
    """Return the row of a key, locked; two first tries at once make one row."""
    row = session.get(SignInTries, key, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = SignInTries(key=key, wrong=0, last_at=now)
            session.add(row)
    except IntegrityError:
        return session.get_one(SignInTries, key, with_for_update=True)
    return row


def _wait_until(over: int, now: datetime) -> datetime | None:
    return None if over < 0 else now + timedelta(seconds=min(2 ** min(over, 10), _LONGEST_WAIT))


def forget_tries(session: Session, login: str) -> None:
    """Forget the wrong tries of an account: its person has signed in, or set a new password by a link."""
    session.execute(delete(SignInTries).where(SignInTries.key == counters(login, "")[0].key))


def forget_old_tries(session: Session, now: datetime) -> None:
    """Delete counts that have run out."""
    session.execute(delete(SignInTries).where(SignInTries.last_at < now - _FORGOTTEN_AFTER))
