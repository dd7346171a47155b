"""The opened keys of practices, for one database while the process runs."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.sealing.cipher import Place, open_sealed, read_head, seal
from tracker.sealing.key_store import KeyProblem, MasterKey

_KEY_BYTES = 32
_READ_AGAIN_SECONDS = 60.0
INSTALLATION = 0
"""Stands for a practice where a value belongs to none: its key comes from the master key itself."""


class KeyDestroyed(Exception):  # noqa: N818  # says what happened
    """Raised when the keys of a practice are gone: what was sealed with them cannot be read by anybody."""


class WrappedKeys(NamedTuple):
    """A row of the database: one version of a practice's keys, wrapped."""

    practice_id: int
    version: int
    wrapped: bytes


class _Keys(NamedTuple):
    cipher: AESGCM
    index_key: bytes


class Keyring:
    """Seals, opens and indexes values with the keys of their practice.

    ``load`` reads the wrapped keys of a practice from the database, oldest version first; it is asked once per practice.
    ``reopen`` returns the master key as it is now: another process may have renewed it.
    """

    def __init__(
        self,
        master: MasterKey,
        load: Callable[[int], Iterable[WrappedKeys]],
        reopen: Callable[[], MasterKey] | None = None,
    ) -> None:
        self.master = master
        self._load = load
        self._reopen = reopen or (lambda: self.master)
        self._lock = threading.Lock()
        self._read_at: dict[int, float] = {INSTALLATION: time.monotonic()}
        self._keys: dict[int, dict[int, _Keys]] = {INSTALLATION: _installation_keys(master)}

    def make(self, practice_id: int) -> WrappedKeys:
        """Return the first keys of a new practice, wrapped for the database, and use them from now on."""
        wrapped = WrappedKeys(practice_id, 1, self.master.wrap(secrets.token_bytes(2 * _KEY_BYTES)))
        self._remember(wrapped)
        return wrapped

    def next(self, practice_id: int) -> WrappedKeys:
        """Return the next version of a practice's keys, wrapped.

        Not used before they are read from the database: the transaction that writes them may still fail. The index key stays, so that what is indexed is found after a rotation too.
        """
        newest = self.newest_version(practice_id)
        keys = secrets.token_bytes(_KEY_BYTES) + self._of(practice_id)[newest].index_key
        return WrappedKeys(practice_id, newest + 1, self.master.wrap(keys))

    def forget(self, practice_id: int) -> None:
        """Drop the opened keys of a practice, so that the next use asks the database again."""
        with self._lock:
            self._keys.pop(practice_id, None)

    def look_again(self) -> None:
        """Use the master key as it is now, and the installation's keys that come from it."""
        master = self._reopen()
        with self._lock:
            self.master = master
            self._keys[INSTALLATION] = _installation_keys(master)
            self._read_at[INSTALLATION] = time.monotonic()

    def newest_version(self, practice_id: int) -> int:
        """Return the version that new values are sealed with."""
        return max(self._of(practice_id))

    def seal(self, column: str, place: Place, plain: bytes) -> bytes:
        """Return ``plain`` sealed for its place with the newest key of its practice."""
        keys = self._of(place.practice_id)
        version = max(keys)
        return seal(keys[version].cipher, version, column, place, plain)

    def open(self, column: str, sealed: bytes) -> tuple[Place, bytes]:
        """Return the place a value was sealed for, and the value. Raises SealBroken and KeyDestroyed."""
        version, place = read_head(sealed)
        keys = self._of(place.practice_id).get(version)
        if keys is None:  # another process may have rotated since
            self.forget(place.practice_id)
            keys = self._of(place.practice_id).get(version)
        if keys is None:
            raise KeyDestroyed("The key this value was sealed with is gone")
        return place, open_sealed(keys.cipher, column, sealed)

    def index(self, practice_id: int, column: str, text: str) -> str:
        """Return what finds ``text`` in a column without showing it: a keyed hash, 128 bits in hex."""
        keys = self._of(practice_id)
        key = keys[max(keys)].index_key
        return hmac.digest(key, f"{column}|{text}".encode(), hashlib.sha256).hex()[:32]

    def _of(self, practice_id: int) -> dict[int, _Keys]:
        found = self._keys.get(practice_id)
        if found is None or self._is_stale(practice_id):
            found = self._read(practice_id) or found
        if found is None:
            raise KeyDestroyed("The keys of this practice are gone: its data cannot be read")
        return found

    def _is_stale(self, practice_id: int) -> bool:
        """Another process may have rotated: keys are looked for again now and then."""
        return time.monotonic() - self._read_at.get(practice_id, 0) > _READ_AGAIN_SECONDS

    def _read(self, practice_id: int) -> dict[int, _Keys] | None:
        if practice_id == INSTALLATION:
            self.look_again()
            return self._keys[INSTALLATION]
        for wrapped in self._load(practice_id):
            self._remember(wrapped)
        return self._keys.get(practice_id)

    def _unwrapped(self, wrapped: bytes) -> bytes:
        try:
            return self.master.unwrap(wrapped)
        except KeyProblem:
            self.look_again()
            return self.master.unwrap(wrapped)

    def _remember(self, wrapped: WrappedKeys) -> None:
        keys = _split(self._unwrapped(wrapped.wrapped))
        with self._lock:
            known = self._keys.get(wrapped.practice_id, {})
            self._keys[wrapped.practice_id] = known | {wrapped.version: keys}
            self._read_at[wrapped.practice_id] = time.monotonic()


def _installation_keys(master: MasterKey) -> dict[int, _Keys]:
    """Return a version for each master key; the index key stays the first one's, so that what is indexed is found."""
    index_key = master.first.derived("installation index")
    return {number: _split(each.derived("installation") + index_key) for number, each in enumerate(master.each, 1)}


def _split(keys: bytes) -> _Keys:
    return _Keys(AESGCM(keys[:_KEY_BYTES]), keys[_KEY_BYTES:])
