"""What an enclosure is like before it goes out: its pages, their pictures, and what a person should look at first."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from tracker.letters.arrangement import Placement, page_words
from tracker.letters.limited import run_limited
from tracker.letters.packet import problem_with
from tracker.letters.words import and_list

_READING_SECONDS = 20.0
_LIES = {90: "on their right side", 180: "upside down", 270: "on their left side"}
_WORD = re.compile(r"[a-z0-9]+")


class ReadPage(NamedTuple):
    """One page of an enclosure: its text, and by how many degrees clockwise the text lies turned."""

    text: str
    lies: int


class PersonName(NamedTuple):
    """The name of another patient to look for."""

    first: str
    last: str


def read_exhibit(title: str, content: bytes) -> tuple[ReadPage, ...]:
    """Return every page of an enclosure. Raises PacketProblem naming ``title`` when it cannot be used."""
    answer = run_limited("read", {}, (content,), on_refusal=problem_with([title]), seconds=_READING_SECONDS)
    return tuple(ReadPage(page["text"], page["lies"]) for page in answer.values["pages"])


class Size(NamedTuple):
    """The most pixels of a page's picture."""

    wide: int
    high: int


SMALL, READABLE = Size(240, 310), Size(1100, 1430)


def draw_exhibit(title: str, content: bytes, first: int, last: int, size: Size = SMALL) -> list[bytes]:
    """Return JPEG pictures of the pages ``first`` to ``last``. Raises PacketProblem."""
    arguments = {"first": first, "last": last} | size._asdict()
    answer = run_limited("draw", arguments, (content,), on_refusal=problem_with([title]), seconds=_READING_SECONDS)
    return list(answer.blobs)


def warnings(pages: Iterable[ReadPage], placed: Placement, others: Iterable[PersonName]) -> list[str]:
    """Return what to look at before an uploaded enclosure goes out, in words; dropped pages are not looked at."""
    kept = {number: page for number, page in enumerate(pages, start=1) if number not in placed.dropped}
    return [*_names_on(kept, others), *_without_text(kept), *_turned(kept, placed)]


def _names_on(pages: Mapping[int, ReadPage], others: Iterable[PersonName]) -> list[str]:
    """Return a warning for each other patient whose first and last name stand next to each other on a page."""
    pairs = {number: _pairs(page.text) for number, page in pages.items()}
    everywhere = frozenset().union(*pairs.values())
    found = []
    for name in others:
        first, last = _words(name.first), _words(name.last)
        wanted = {(first[-1], last[0]), (last[-1], first[0])} if first and last else set()
        if wanted & everywhere:
            places = [number for number, there in pairs.items() if wanted & there]
            found.append(
                f"{name.first} {name.last}, another patient, is named on {_on(places)}. Drop what is not theirs"
            )
    return found


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """Return the neighbouring words of a page; a middle initial between two words does not part them."""
    words = [word for word in _words(text) if len(word) > 1 or word.isdigit()]
    return frozenset(pairwise(words))


def _without_text(pages: Mapping[int, ReadPage]) -> list[str]:
    bare = [number for number, page in pages.items() if not page.text.strip()]
    if not bare:
        return []
    return [f"Names cannot be looked for on {_on(bare)}: a picture without text. Look at it yourself"]


def _turned(pages: Mapping[int, ReadPage], placed: Placement) -> list[str]:
    found: dict[int, list[int]] = {}
    for number, page in pages.items():
        lies = (page.lies + placed.turned.get(number, 0)) % 360
        if page.text.strip() and lies:
            found.setdefault(lies, []).append(number)
    return [f"The text lies {_LIES[lies]} on {_on(places)}. Turn it" for lies, places in sorted(found.items())]


def _on(pages: list[int]) -> str:
    words = page_words(pages)
    return f"{'page' if len(pages) == 1 else 'pages'} {and_list(words.split(', '))}"
