"""Word lists that find signs in a note: phrases by kind, written so that a reader can check them.

In a phrase ``*`` stands for any ending of a word, ``#`` for a number, ``_`` for up to three words between, and a space
for a space or a hyphen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, product
from operator import itemgetter
from string import ascii_lowercase
from typing import NamedTuple

from tracker.reading.beginnings import LETTERS, beginnings

MOST_SIGNS = 400  # no note has more; a text that does is not read to its end
_PARTS = {
    "*": "[a-z]{0,12}",
    "#": r"\d{1,3}(?:\.\d{1,2})?",
    " ": r"[ \-]{1,2}",
    "'": "['’]?",
}  # fmt: skip
_GAP = r"[ ](?:[^\s.;]{1,20}[ ]){0,3}"

# The place of a kind in the lexicon, the kind, and what its phrases look like.
_Pattern = tuple[int, str, re.Pattern[str]]
_Patterns = tuple[_Pattern, ...]
_NO_LETTERS = ("", False)


class Sign(NamedTuple):
    """A phrase of a lexicon in a text: its kind and its place."""

    kind: str
    start: int
    end: int


class Lexicon:
    """Phrases by kind. A phrase that several kinds have counts for the kind named first."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        order = tuple(phrases)
        by_head: dict[tuple[str, bool], dict[str, list[str]]] = {}
        for kind, written in phrases.items():
            for phrase in written:
                by_head.setdefault(_head(phrase), {}).setdefault(kind, []).append(phrase)
        patterns = {
            head: [(order.index(kind), kind, _compiled(written)) for kind, written in kinds.items()]
            for head, kinds in by_head.items()
        }
        self._by_beginning = _by_beginning(patterns)
        self._without_letters: _Patterns = tuple(patterns.get(_NO_LETTERS, ()))
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
            for _, kind, pattern in patterns:
                match = pattern.match(low, start)
                if match is not None and (best is None or match.end() > at):
                    best, at = kind, match.end()
            if best is not None:
                yield Sign(best, start, at)

    def _candidates(self, low: str) -> list[tuple[int, _Patterns]]:
        """Return the places where a phrase may begin, in order, with the patterns to try there."""
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


def _by_beginning(patterns: Mapping[tuple[str, bool], Iterable[_Pattern]]) -> Mapping[str, _Patterns]:
    """Return the patterns to try by a word's first letters, in their kinds' order."""
    found: dict[str, list[_Pattern]] = {}
    for (head, goes_on), written in patterns.items():
        for letters in _longer(head) if goes_on else (head,):
            found.setdefault(letters, []).extend(written)
    found.pop("", None)
    return {letters: tuple(sorted(written, key=itemgetter(0))) for letters, written in found.items()}


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
