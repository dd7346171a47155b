"""Who a program works for: its token, and how often an address may be wrong (security.md C-49)."""

from datetime import datetime, timedelta

from tracker.db import SessionMaker, transaction
from tracker.services import sign_in
from tracker.services.api_tokens import Bearer, find_bearer, note_used
from tracker.services.sign_in import MustWait
from tracker.web.budget import TooMany

_USED_EVERY = timedelta(minutes=1)


class NoToken(Exception):  # noqa: N818  # says what happened
    """Raised when a request carries no token that works."""


def secret_of(header: str) -> str:
    """Return the token of an ``Authorization`` header. Raises NoToken for anything but ``Bearer ...``."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip() or len(secret) > 200:
        raise NoToken
    return secret.strip()


def take_bearer(sessions: SessionMaker, header: str, address: str, now: datetime) -> Bearer:
    """Return what the token of a header stands for, and note that it was used.

    Raises NoToken when it does not work; that counts against the address, and after too many TooMany is raised. A token
    that works never waits for the mistakes of others at its address.
    """
    secret = secret_of(header)
    with sessions.reading(()) as session:
        found = find_bearer(session, secret, now)
    if found is None:
        _count(sessions, address, now)
        raise NoToken
    used = found.token.used_at
    if used is None or now - used >= _USED_EVERY:
        with transaction(sessions.system()) as session:
            note_used(session, found.token.id, now)
    return found


def _count(sessions: SessionMaker, address: str, now: datetime) -> None:
    counted = [sign_in.token_counter(address)]
    try:
        with sessions.reading(()) as session:
            sign_in.refuse_waiting(session, counted, now)
    except MustWait as wait:
        raise TooMany(wait.seconds) from None
    with transaction(sessions.system()) as session:
        sign_in.count_wrong(session, counted, now)
