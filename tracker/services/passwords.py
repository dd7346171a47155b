"""Passwords: hashing, checking, changing."""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Membership, Practice, User
from tracker.services.password_rules import MIN_ALONE, MIN_WITH_SECOND_FACTOR, normal, refuse_weak

_AT_ONCE = threading.Semaphore(2)  # a hash takes 64 MiB: many at once would exhaust the memory (security.md C-03)


@cache
def _hasher(fast: bool) -> PasswordHasher:
    """Return RFC 9106's second recommended profile (64 MiB, 3 passes), or a cheap one for tests."""
    if fast:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def nobodys_hash(fast: bool) -> str:
    """Return a hash that no password belongs to: checking against it takes as long as against a real one."""
    return _hasher(fast).hash(secrets.token_hex(16))


def hash_password(password: str, *, fast_hash: bool = False) -> str:
    """Return the argon2id hash of a password."""
    with _AT_ONCE:
        return _hasher(fast_hash).hash(normal(password))


def password_is_right(password_hash: str, password: str, *, fast_hash: bool = False) -> bool:
    """Whether a password belongs to a hash."""
    with _AT_ONCE:
        try:
            return _hasher(fast_hash).verify(password_hash, normal(password))
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(password_hash: str, *, fast_hash: bool = False) -> bool:
    """Whether a hash was made with other costs than are used now, so that the password should be hashed again."""
    return _hasher(fast_hash).check_needs_rehash(password_hash)


def least_characters(user: User) -> int:
    """Return how long a new password of a person must be."""
    return MIN_ALONE if user.totp_since is None else MIN_WITH_SECOND_FACTOR


def new_hash(session: Session, user: User, password: str, *, fast_hash: bool = False) -> str:
    """Return the hash of a new password of a person. Raises WeakPassword when it will not do.

    Only reads: hashing takes a quarter of a second, and no lock of the database should last that long.
    """
    practices = session.scalars(
        select(Practice.name)
        .join(Membership, Membership.practice_id == Practice.id)
        .where(Membership.user_id == user.id)
    )
    own_words = (user.login, user.name, user.email.partition("@")[0], *practices)
    refuse_weak(password, own_words, least_characters(user))
    session.rollback()  # nothing of the database is held while hashing
    return hash_password(password, fast_hash=fast_hash)
