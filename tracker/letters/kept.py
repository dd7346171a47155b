"""What was made or read a moment ago, so that a page that shows it again need not wait for it again.

Kept in memory alone, the least recently used dropped first; the keys are hashes of what it was made from.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from tracker.letters.pdf import make_pdf
from tracker.letters.pictures import NO_PICTURES, Pictures

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """At most ``most`` values by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, Made] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Made]) -> Made:
        """Return the value of a key, made now if it is not kept; what ``make`` raises is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


def key_of(*parts: bytes | str) -> str:
    """Return the hash of some bytes and words."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


_pdfs: Kept[bytes] = Kept(100)


def made_pdf(html: str, *, pictures: Pictures = NO_PICTURES, own: bool = False) -> bytes:
    """Return the PDF of a page, made once: it names its pictures by their hashes. Raises what ``make_pdf`` raises."""
    return _pdfs.get(key_of(html), lambda: make_pdf(html, pictures=pictures, own=own))
