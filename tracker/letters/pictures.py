"""Pictures in letters: the practice's logo and signatures, made anew from what was uploaded (security.md C-26, C-28)."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tracker.letters.limited import Refusal, run_limited
from tracker.letters.problems import PictureProblem

MAX_BYTES = 2_000_000
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")

Pictures = Mapping[str, bytes]  # the PNGs a document may show, by the name it gives them
NO_PICTURES: Pictures = MappingProxyType({})


class Room(NamedTuple):
    """The most pixels a picture keeps; a bigger one is made smaller."""

    width: int
    height: int


LOGO = Room(1200, 480)
SIGNATURE = Room(1000, 320)


def tidy_picture(content: bytes, room: Room) -> bytes:
    """Return an uploaded PNG or JPEG as a PNG of our own making on white: no metadata, no more pixels than ``room``.

    Raises PictureProblem with what is wrong and what to do, PdfFailed when reading it takes too long or too much memory.
    """
    if len(content) > MAX_BYTES:
        raise PictureProblem("The picture is larger than 2 MB. Save it smaller and choose it again")
    if not content.startswith(_STARTS):
        raise PictureProblem("The file is no PNG or JPEG picture. Choose one of these")
    answer = run_limited("picture", room._asdict(), (content,), on_refusal=_problem)
    return answer.blobs[0]


def _problem(refusal: Refusal) -> PictureProblem:
    return PictureProblem(refusal.why)


def hash_of(content: bytes) -> str:
    """Return the hash a picture is kept under."""
    return hashlib.sha256(content).hexdigest()


def name_of(content_hash: str) -> str:
    """Return how a letter names the picture kept under a hash; empty for none."""
    return f"{content_hash}.png" if content_hash else ""


def hash_in(name: str) -> str:
    """Return the hash in a name of ``name_of``; empty when it is none."""
    stem, _, end = name.partition(".")
    return stem if end == "png" and len(stem) == 64 and not stem.strip("0123456789abcdef") else ""
