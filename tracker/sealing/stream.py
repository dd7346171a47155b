"""A long file sealed in segments: read and written as a stream, noticed when cut, reordered or changed.

Layout: ``REHABSEAL1`` | length of the head (4) | head (JSON, plain but authenticated) | segments. A segment is its length
(4), a nonce (12) and AES-256-GCM of at most 1 MiB; the head's hash, the segment's number and whether it is the last one
are authenticated with it (security.md 5.3).
"""

import hashlib
import io
import json
import os
import struct
from itertools import product
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.sealing.cipher import SealBroken

_MAGIC = b"REHABSEAL1"
_SEGMENT = 1 << 20
_MOST_SEALED = _SEGMENT + 64
_LENGTH = struct.Struct(">I")
_MOST_HEAD = 1 << 20


class SealingWriter(io.RawIOBase):
    """Writes a sealed file; ``close`` writes the last segment, without which the file does not open."""

    def __init__(self, file: BinaryIO, key: bytes, head: dict[str, Any]) -> None:
        self._file, self._cipher, self._number, self._waiting = file, AESGCM(key), 0, bytearray()
        data = json.dumps(head).encode()
        self._mark = hashlib.sha256(data).digest()
        file.write(_MAGIC + _LENGTH.pack(len(data)) + data)

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes; whole segments go to the file."""
        self._waiting += data
        while len(self._waiting) > _SEGMENT:
            self._put(bytes(self._waiting[:_SEGMENT]), last=False)
            del self._waiting[:_SEGMENT]
        return len(data)

    def close(self) -> None:
        """Write what is left as the last segment; the file below stays open."""
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            super().close()

    def _put(self, plain: bytes, *, last: bool) -> None:
        nonce = os.urandom(12)
        sealed = self._cipher.encrypt(nonce, plain, _bound(self._mark, self._number, last=last))
        self._file.write(_LENGTH.pack(len(sealed)) + nonce + sealed)
        self._number += 1


def read_stream_head(file: BinaryIO) -> dict[str, Any]:
    """Return the plain head of a sealed file. Raises SealBroken for what is no such file."""
    return _head(file)[0]


def _head(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise SealBroken("This is not a sealed file")
    size = file.read(_LENGTH.size)
    length = _LENGTH.unpack(size)[0] if len(size) == _LENGTH.size else _MOST_HEAD + 1
    data = file.read(length) if length <= _MOST_HEAD else b""
    try:
        head: dict[str, Any] = json.loads(data)
    except ValueError:
        raise SealBroken("The head of the file is damaged") from None
    return head, hashlib.sha256(data).digest()


class SealedReader(io.RawIOBase):
    """Reads what SealingWriter wrote with one of the keys; ``head`` is trusted once the first segment has opened."""

    def __init__(self, file: BinaryIO, *keys: bytes) -> None:
        self.head, self._mark = _head(file)
        self._file, self._ciphers, self._number = file, [AESGCM(key) for key in keys], 0
        self._plain, self._ended = b"", False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the next segments; 0 at the end. Raises SealBroken when the file was cut or changed."""
        while not self._plain and not self._ended:
            self._plain = self._next()
        count = min(len(buffer), len(self._plain))
        buffer[:count], self._plain = self._plain[:count], self._plain[count:]
        return count

    def _next(self) -> bytes:
        size = self._file.read(_LENGTH.size)
        if len(size) < _LENGTH.size:
            raise SealBroken("The file ends too early")
        length = 12 + _LENGTH.unpack(size)[0]
        body = self._file.read(length) if length <= _MOST_SEALED else b""
        if len(body) < length:
            raise SealBroken("The file ends too early")
        for cipher, last in product(self._ciphers, (False, True)):
            try:
                plain = cipher.decrypt(body[:12], body[12:], _bound(self._mark, self._number, last=last))
            except (InvalidTag, ValueError):
                continue
            self._ciphers, self._number, self._ended = [cipher], self._number + 1, last
            if last and self._file.read(1):
                raise SealBroken("Something was added after the end of the file")
            return plain
        raise SealBroken(f"Segment {self._number + 1} was changed, or another key sealed it")


def _bound(mark: bytes, number: int, *, last: bool) -> bytes:
    return mark + struct.pack(">Q?", number, last)
