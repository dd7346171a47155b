"""One sealed value: AES-256-GCM, tied to the place it was written for.

Layout: ``0x01 | key version (2) | practice (8) | row (8) | nonce (12) | ciphertext | tag (16)``. The table, the column,
the practice and the row are authenticated, so a value that was copied to another place does not open there
(security.md 5.3; NIST SP 800-38D: random 96-bit nonces, far below 2^32 values per key).
"""

import os
import struct
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_HEAD = struct.Struct(">BHqq")
_FORMAT = 1
_NONCE = 12
VERSION_AT = 2
"""Where the two bytes of the key's version begin, counted from 1 as SQL's substr does."""


class SealBroken(Exception):  # noqa: N818  # says what happened
    """Raised when a sealed value was changed, moved, or sealed with another key; names the place, never the value."""


class Place(NamedTuple):
    """Where a value stands: the row it belongs to. Practice 0 is the installation."""

    practice_id: int
    row_id: int


def seal(cipher: AESGCM, key_version: int, column: str, place: Place, plain: bytes) -> bytes:
    """Return ``plain`` sealed for a row; ``column`` is ``table.column``."""
    head = _HEAD.pack(_FORMAT, key_version, *place)
    nonce = os.urandom(_NONCE)
    return head + nonce + cipher.encrypt(nonce, plain, column.encode() + head)


def read_head(sealed: bytes) -> tuple[int, Place]:
    """Return the key version and the place a value was sealed for. Raises SealBroken for what is no sealed value."""
    if len(sealed) < _HEAD.size + _NONCE or sealed[0] != _FORMAT:
        raise SealBroken("This is not a sealed value")
    _, version, practice_id, row_id = _HEAD.unpack_from(sealed)
    return version, Place(practice_id, row_id)


def open_sealed(cipher: AESGCM, column: str, sealed: bytes) -> bytes:
    """Return what was sealed. Raises SealBroken when the bytes, the column or the key are not the right ones."""
    start = _HEAD.size + _NONCE
    try:
        return cipher.decrypt(sealed[_HEAD.size : start], sealed[start:], column.encode() + sealed[: _HEAD.size])
    except InvalidTag:
        raise SealBroken(f"A value of {column} does not open") from None
