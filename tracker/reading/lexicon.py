"""Word lists that find signs in a note: phrases by kind, written so that a reader can check them.

In a phrase ``*`` stands for any ending of a word, ``#`` for a number, ``_`` for up to three words between, and a space
for a space or a hyphen.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from operator import attrgetter, itemgetter
from string import ascii_lowercase
from typing import NamedTuple

from tracker.domain.once import once
from tracker.reading.beginnings import LETTERS, beginnings

MOST_SIGNS = 400  # no note has more; a text that does is not read to its end
_PARTS = {
    "*": "[a-z]{0,12}",
    "#": r"\d{1,3}(?:\.\d{1,2})?",
    " ": r"[ \-]{1,2}",
    "'": "['’]?",
}  # fmt: skip
_GAP = r"[ ](?:[^\s.;]{1,20}[ ]){0,3}"

_NO_LETTERS = ("", False)


class Sign(NamedTuple):
    """A phrase of a lexicon in a text: its kind and its place."""

    kind: str
    start: int
    end: int


class _Phrases:
    """Phrases of one kind that begin alike; ``place`` is the kind's place in the lexicon.

    Their pattern is made when a word that they can begin with is first met: compiling all thousand of them took a third
    of a second at every start of the program, and few notes need more than some.
    """

    def __init__(self, place: int, kind: str, written: Sequence[str]) -> None:
        self.place, self.kind, self._written = place, kind, written

    @once
    def match(self) -> Callable[[str, int], re.Match[str] | None]:
        """Return what matches one of the phrases in a text at a place."""
        return _compiled(self._written).match


class Lexicon:
    """Phrases by kind. A phrase that several kinds have counts for the kind named first."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        order = tuple(phrases)
        by_head: dict[tuple[str, bool], dict[str, list[str]]] = {}
        for kind, written in phrases.items():
            for phrase in written:
                by_head.setdefault(_head(phrase), {}).setdefault(kind, []).append(phrase)
        patterns = {
            head: [_Phrases(order.index(kind), kind, written) for kind, written in kinds.items()]
            for head, kinds in by_head.items()
        }
        self._by_beginning = _by_beginning(patterns)
        self._without_letters = tuple(patterns.get(_NO_LETTERS, ()))
        others = {
            "\\d" if phrase[0] == "#" else re.escape(phrase[0])
            for phrase in chain(*by_head.get(_NO_LETTERS, {}).values())
        }
        self._others = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(sorted(others))})")

    def find(self, low: str) -> tuple[Sign, ...]:
        """Return the signs in ``low`` (a text in lower case) in their order; none overlaps another."""
        return tuple(islice(self._find(low), MOST_SIGNS))

    def is_in(self, low: str) -> bool:
        """Whether ``low`` holds any sign."""
        return next(self._find(low), None) is not None

    def _find(self, low: str) -> Iterator[Sign]:
        at = 0
        for start, patterns in self._candidates(low):
            if start < at:
                continue
            best = None
            for phrases in patterns:
                match = phrases.match(low, start)
                if match is not None and (best is None or match.end() > at):
                    best, at = phrases.kind, match.end()
            if best is not None:
                yield Sign(best, start, at)

    def _candidates(self, low: str) -> list[tuple[int, tuple[_Phrases, ...]]]:
        """Return the places where a phrase may begin, in order, with the phrases to try there."""
        words, known = beginnings(low), self._by_beginning
        found = [(start, known[letters]) for letters in known.keys() & words.keys() for start in words[letters]]
        if self._without_letters:
            found += [(match.start(), self._without_letters) for match in self._others.finditer(low)]
        return sorted(found, key=itemgetter(0))


def _head(phrase: str) -> tuple[str, bool]:
    """Return the letters a phrase begins with, three at most, and whether a word with these first letters may go on."""
    begin = re.match(rf"[a-z]{{1,{LETTERS}}}", phrase)
    if begin is None:
        return _NO_LETTERS
    return begin[0], len(begin[0]) < LETTERS and phrase[begin.end() : begin.end() + 1] in {"*", "'"}


def _by_beginning(phrases: Mapping[tuple[str, bool], Iterable[_Phrases]]) -> Mapping[str, tuple[_Phrases, ...]]:
    """Return the phrases to try by a word's first letters, in their kinds' order."""
    found: dict[str, list[_Phrases]] = {}
    for (head, goes_on), written in phrases.items():
        for letters in _longer(head) if goes_on else (head,):
            found.setdefault(letters, []).extend(written)
    found.pop("", None)
    return {letters: tuple(sorted(written, key=attrgetter("place"))) for letters, written in found.items()}


def _longer(head: str) -> Iterator[str]:
    """Yield a word's first letters with all that may follow them, up to three."""
    for more in range(LETTERS - len(head) + 1):
        yield from (head + "".join(letters) for letters in product(ascii_lowercase, repeat=more))


def _compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of phrases that begin at a word's start, the longest first."""
    written = sorted(set(phrases), key=lambda each: (-len(each), each))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(_written, written))})(?![a-z])")


def _written(phrase: str) -> str:
    parts = (_GAP if part == " _ " else _PARTS.get(part, re.escape(part)) for part in re.split(r"( _ |[*# '])", phrase))
    return "".join(parts)
