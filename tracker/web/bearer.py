"""Who a program works for: its token, how often it may ask, and how often an address may be wrong (security.md C-49)."""

import threading
from datetime import datetime, timedelta

from tracker.db import SessionMaker, transaction
from tracker.services import sign_in
from tracker.services.api_tokens import Bearer, find_bearer, note_used
from tracker.services.sign_in import MustWait

_USED_EVERY = timedelta(minutes=1)
_MINUTE = timedelta(minutes=1)


class NoToken(Exception):  # noqa: N818  # says what happened
    """Raised when a request carries no token that works."""


class TooMany(Exception):  # noqa: N818  # says what happened
    """Raised when a token or an address has to wait; ``seconds`` says how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Budget:
    """How many requests each token has made in the minute that runs, in this process."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._minute: datetime | None = None
        self._made: dict[int, int] = {}

    def spend(self, token_id: int, now: datetime) -> None:
        """Count a request. Raises TooMany when the token has used up its minute."""
        with self._lock:
            if self._minute is None or not self._minute <= now < self._minute + _MINUTE:
                self._minute, self._made = now, {}
            self._made[token_id] = self._made.get(token_id, 0) + 1
            if self._made[token_id] > self._most:
                raise TooMany(max(1, -int(-(self._minute + _MINUTE - now).total_seconds() // 1)))


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
