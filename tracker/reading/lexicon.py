"""Word lists that find signs in a note: phrases by kind, written so that a reader can check them.

In a phrase ``*`` stands for any ending of a word, ``#`` for a number, ``_`` for up to three words between, and a space
for a space or a hyphen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from operator import itemgetter
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
_Patterns = tuple[tuple[int, str, re.Pattern[str]], ...]


class Sign(NamedTuple):
    """A phrase of a lexicon in a text: its kind and its place."""

    kind: str
    start: int
    end: int


class Lexicon:
    """Phrases by kind. A phrase that several kinds have counts for the kind named first."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        by_head: dict[str, dict[str, list[str]]] = {}
        for kind, written in phrases.items():
            for phrase in written:
                by_head.setdefault(_head(phrase), {}).setdefault(kind, []).append(phrase)
        order = tuple(phrases)
        self._patterns = {
            head: tuple((order.index(kind), kind, _compiled(written)) for kind, written in kinds.items())
            for head, kinds in by_head.items()
        }
        others = {
            "\\d" if phrase[0] == "#" else re.escape(phrase[0]) for phrase in chain(*by_head.get("", {}).values())
        }
        self._others = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(sorted(others))})")
        # First letters of words met so far, three at most, so that there cannot be many: what they can begin, or nothing.
        self._by_beginning: dict[str, _Patterns] = {}
        self._none_beginning: set[str] = set()

    def find(self, low: str) -> tuple[Sign, ...]:
        """Return the signs in ``low`` (a text in lower case) in their order; none overlaps another."""
        return tuple(islice(self._find(low), MOST_SIGNS))

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

    def _candidates(self, low: str) -> list[tuple[int, "_Patterns"]]:
        """Return the places where a phrase may begin, in order, with the patterns to try there."""
        words = beginnings(low)
        for beginning in words.keys() - self._by_beginning.keys() - self._none_beginning:
            self._look_up(beginning)
        found: list[tuple[int, _Patterns]] = []
        for beginning in words.keys() & self._by_beginning.keys():
            patterns = self._by_beginning[beginning]
            found += [(start, patterns) for start in words[beginning]]
        if "" in self._patterns:
            found += [(match.start(), self._patterns[""]) for match in self._others.finditer(low)]
        return sorted(found, key=itemgetter(0))

    def _look_up(self, letters: str) -> None:
        """Keep the patterns of the phrases that a word with these first letters can begin, by their kinds' order."""
        heads = (letters[:length] for length in range(1, len(letters) + 1))
        found = [pattern for head in heads for pattern in self._patterns.get(head, ())]
        if found:
            self._by_beginning[letters] = tuple(sorted(found, key=itemgetter(0)))
        else:
            self._none_beginning.add(letters)


def _head(phrase: str) -> str:
    """Return the letters a phrase begins with, three at most; nothing where it begins with something else."""
    begin = re.match(rf"[a-z]{{1,{LETTERS}}}", phrase)
    return begin[0] if begin else ""


def _compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of phrases that begin at a word's start, the longest first."""
    written = sorted(set(phrases), key=lambda each: (-len(each), each))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(_pattern, written))})(?![a-z])")


def _pattern(phrase: str) -> str:
    parts = (_GAP if part == " _ " else _PARTS.get(part, re.escape(part)) for part in re.split(r"( _ |[*# '])", phrase))
    return "".join(parts)
