"""Where things stand in a note: pieces of a sentence's length, and the headings they stand under."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

# No note has more; a text that does is not read to its end, so that reading takes no longer than looking.
MOST_PASSAGES = 4_000
_LONGEST = 400  # characters of a passage; a run-on text is divided at the last space before

# A sentence ends at a stop before a space, but not after a number ("4. Bridges"), an initial or a usual abbreviation.
_STOP = re.compile(r"[.!?;](?=[ \t]+\S)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:ther|pt|dr|mr|mrs|ms|vs|approx|min|mins|reps?|ex|eg|e\.g|i\.e|no|st|[a-z])|(?:^|[.;:)]\s)\d{1,2})$"
)
_HEADING = re.compile(
    r"^[ \t#*=\-–—>]{0,8}(?P<title>[A-Za-z][A-Za-z /&\-]{0,38}?)[ \t]*"
    r"(?:\([^()\n]{0,30}\)[ \t]*)?(?:[:=][ \t*]*|[ \t*=\-–—]{0,8}$)",
    re.MULTILINE,
)
_LETTERS = {"s": "subjective", "o": "objective", "a": "assessment", "p": "plan", "d": "data"}


class Passage(NamedTuple):
    """A piece of a note: ``text[start:end]``, without spaces around it."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the passage's words."""
        return text[self.start : self.end]


class Heading(NamedTuple):
    """A heading in lower case (``S:`` is ``subjective``), and the stretch that stands under it up to the next one."""

    title: str
    start: int
    end: int


def passages(text: str) -> tuple[Passage, ...]:
    """Return the sentences and lines of a note in their order, none over 400 characters, none empty."""
    return tuple(islice(_passages(text), MOST_PASSAGES))


def passage_with(found: Sequence[Passage], start: int, end: int) -> Passage | None:
    """Return the passage, of those in order, that holds a whole stretch of the text; None where it runs on."""
    at = bisect_right(found, start, key=lambda each: each.start) - 1
    return found[at] if at >= 0 and end <= found[at].end else None


def _passages(text: str) -> Iterator[Passage]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield from _sentences(text, start, start + len(line))
        start += len(line)


def _sentences(text: str, start: int, end: int) -> Iterator[Passage]:
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop[0] == "." and _ABBREVIATION.search(text[max(begin, stop.start() - 8) : stop.start()].lower()):
            continue
        yield from _pieces(text, begin, stop.end())
        begin = stop.end()
    yield from _pieces(text, begin, end)


def _pieces(text: str, start: int, end: int) -> Iterator[Passage]:
    while end - start > _LONGEST:
        space = text.rfind(" ", start + 1, start + _LONGEST)
        cut = space if space > 0 else start + _LONGEST
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Passage]:
    piece = text[start:end]
    first = len(piece) - len(piece.lstrip())
    if words := piece.strip():
        yield Passage(start + first, start + first + len(words))


def headings(text: str) -> tuple[Heading, ...]:
    """Return the headings of a note with what stands under each: a few words before a colon, or a line of capitals."""
    found = [match for match in islice(_HEADING.finditer(text), MOST_PASSAGES) if _is_heading(match)]
    ends = [match.start() for match in found[1:]] + [len(text)]
    return tuple(Heading(_title(match), match.end(), end) for match, end in zip(found, ends, strict=False))


def _is_heading(match: re.Match[str]) -> bool:
    return match[0].rstrip(" *\t")[-1] in ":=" or match["title"].isupper() or match[0].lstrip()[0] == "#"


def _title(match: re.Match[str]) -> str:
    title = " ".join(match["title"].lower().split())
    return _LETTERS.get(title, title)
