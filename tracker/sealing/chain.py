"""The keyed chain of the audit log: how an entry becomes bytes, and the MAC that ties it to the one before.

``mac = HMAC-SHA256(key of the epoch, mac of the entry before | canonical bytes)``. An epoch is a day; its key makes the
next one (HKDF-Expand) and cannot be computed back, so a key of today changes no earlier day. The first key comes from
the master key: who holds that, or the printed recovery code, can verify everything (security.md 5.1).
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tracker.sealing.key_store import MasterKey

BEFORE_FIRST = bytes(32)
"""Stands for the MAC of an entry before the first."""

_FIRST_DAY = date(2025, 1, 1).toordinal()


def canonical(fields: Sequence[str | int | None]) -> bytes:
    """Return the one form of a row: each field with its length before it (``5:alice``), so that no two rows are the same.

    A field is always a text, or always a number; None is ``~``, which begins no length.
    """
    return "".join(map(measured, fields)).encode()


def measured(field: str | int | None) -> str:
    """Return a field as it stands in the canonical form of a row."""
    return "~" if field is None else f"{len(text := str(field))}:{text}"


def epoch_of(moment: datetime) -> int:
    """Return the day of a moment in UTC, counted from the first day there can be entries of."""
    return max(0, moment.astimezone(UTC).toordinal() - _FIRST_DAY)


class _Held(NamedTuple):
    """The key of a day, and an HMAC that has taken it in: copying that is quicker than beginning each time."""

    epoch: int
    key: bytes
    stamp: HMAC


class AuditKeys:
    """What the audit log needs of the master key. Of the epochs of a chain only one key is held: the last used."""

    def __init__(self, master: MasterKey) -> None:
        self._master = master
        self._held: dict[str, _Held] = {}
        self._actors = master.derived("audit actors")
        self.signer = Ed25519PrivateKey.from_private_bytes(master.derived("audit checkpoints"))

    def mac(self, chain: str, epoch: int, before: bytes, row: bytes) -> bytes:
        """Return the MAC of an entry that follows the one whose MAC is ``before``, with the key of its day."""
        stamp = self._of(chain, epoch).stamp.copy()
        stamp.update(before)
        stamp.update(row)
        return stamp.finalize()

    def _of(self, chain: str, epoch: int) -> "_Held":
        """Return what is held of a day. Going forward the earlier key is dropped; going back begins at the first."""
        held = self._held.get(chain)
        if held is not None and held.epoch == epoch:
            return held
        if held is not None and held.epoch < epoch:
            at, key = held.epoch, held.key
        else:
            at, key = 0, self._master.derived(f"audit {chain}")
        for _ in range(at, epoch):
            key = HKDFExpand(hashes.SHA256(), 32, b"tracker audit next day").derive(key)
        made = self._held[chain] = _Held(epoch, key, HMAC(key, hashes.SHA256()))
        return made

    def hidden(self, name: str) -> str:
        """Return what stands for a person's name in a MAC: it can be compared, and the name be taken away."""
        return hmac.digest(self._actors, name.encode(), hashlib.sha256).hex()[:32]


def audit_keys(master: MasterKey) -> AuditKeys:
    """Return the keys of an installation's audit log, the same each time and after each renewal of the master key."""
    return _audit_keys(master.first)


@lru_cache(maxsize=8)
def _audit_keys(first: MasterKey) -> AuditKeys:
    return AuditKeys(first)
