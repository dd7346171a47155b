"""Word lists that find signs in a note: phrases by kind, written so that a reader can check them.

In a phrase ``*`` stands for any ending of a word, ``#`` for a number, ``_`` for up to three words between, and a space
for a space or a hyphen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

MOST_SIGNS = 400  # no note has more; a text that does is not read to its end
_SHARED = 3  # letters by which phrases are gathered, so that a word is looked at once and not once per phrase
_PARTS = {
    "*": "[a-z]{0,12}",
    "#": r"\d{1,3}(?:\.\d{1,2})?",
    " ": r"[ \-]{1,2}",
    "'": "['’]?",
}  # fmt: skip
_BEGINNING = re.compile(rf"(?<![a-z0-9])[a-z]{{1,{_SHARED}}}")
_NO_LETTER = re.compile(r"(?<![a-z0-9])[^a-z\s]")
_GAP = r"[ ](?:[^\s.;]{1,20}[ ]){0,3}"


class Sign(NamedTuple):
    """A phrase of a lexicon in a text: its kind and its place."""

    kind: str
    start: int
    end: int


class Lexicon:
    """Phrases by kind. A phrase that several kinds have counts for the kind named first."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        written = {kind: tuple(words) for kind, words in phrases.items()}
        self._any = _compiled(phrase for words in written.values() for phrase in words)
        self._kinds = {kind: _compiled(words) for kind, words in written.items()}
        self._heads = frozenset(_head(phrase) for words in written.values() for phrase in words)

    def find(self, low: str) -> tuple[Sign, ...]:
        """Return the signs in ``low`` (a text in lower case) in their order; none overlaps another."""
        return tuple(islice(self._find(low), MOST_SIGNS))

    def _find(self, low: str) -> Iterator[Sign]:
        at = 0
        for start in self._candidates(low):
            if start >= at and self._any.match(low, start) is not None:
                kind, at = self._longest(low, start)
                yield Sign(kind, start, at)

    def _candidates(self, low: str) -> Sequence[int]:
        """Return the places where a phrase may begin: words with the first letters of one, and other beginnings."""
        words = _beginnings(low)
        found = [start for head, starts in words.items() if self._may_begin(head) for start in starts]
        if "" in self._heads:
            found += [match.start() for match in _NO_LETTER.finditer(low)]
        return sorted(found)

    def _may_begin(self, head: str) -> bool:
        return any(head[:length] in self._heads for length in range(1, len(head) + 1))

    def _longest(self, low: str, start: int) -> tuple[str, int]:
        ends = {kind: found.end() for kind, pattern in self._kinds.items() if (found := pattern.match(low, start))}
        return max(ends.items(), key=lambda each: each[1])


def _head(phrase: str) -> str:
    """Return the letters a phrase begins with, three at most; nothing where it begins with something else."""
    begin = re.match(rf"[a-z]{{1,{_SHARED}}}", phrase)
    return begin[0] if begin else ""


@lru_cache(maxsize=8)
def _beginnings(low: str) -> Mapping[str, Sequence[int]]:
    """Return where the words of a text begin, by their first letters: once for all lexicons that read it."""
    found: dict[str, list[int]] = {}
    for match in _BEGINNING.finditer(low):
        found.setdefault(match[0], []).append(match.start())
    return found


def _compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that tries the phrases of one beginning only where that beginning stands, the longest first."""
    gathered: dict[str, list[str]] = {}
    for phrase in sorted(set(phrases), key=lambda each: (-len(each), each)):
        head = _head(phrase)
        gathered.setdefault(head, []).append(_pattern(phrase[len(head) :]))
    branches = (f"{head}(?:{'|'.join(rest)})" for head, rest in sorted(gathered.items(), reverse=True))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(branches)})(?![a-z])")


def _pattern(phrase: str) -> str:
    parts = (_GAP if part == " _ " else _PARTS.get(part, re.escape(part)) for part in re.split(r"( _ |[*# '])", phrase))
    return "".join(parts)
