"""Where the words of a text begin, by their first letters or figures; and patterns that are tried only at words they can begin with.

A pattern that is tried at every character of a note costs most where it finds nothing, which is nearly everywhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from tracker.domain.once import once

LETTERS = 3  # of a word by which it is looked up
_BEGINNING = re.compile(rf"(?<![a-z0-9])(?:[a-z]{{1,{LETTERS}}}|[0-9]{{1,2}})")


@lru_cache(maxsize=16)
def beginnings(low: str) -> Mapping[str, Sequence[int]]:
    """Return where the words of a text in lower case begin, by their first letters or figures: once for all who look there."""
    found: dict[str, list[int]] = {}
    for match in _BEGINNING.finditer(low):
        found.setdefault(match[0], []).append(match.start())
    return found


class Sought:
    """A pattern that begins at the beginning of a word.

    ``first`` are the letters such a word can begin with: three, of a shorter word all of them, of a number two figures.
    """

    def __init__(self, first: str, pattern: str, flags: int = 0) -> None:
        self.first = frozenset(first.split())
        self._written, self._flags = pattern, flags

    @once
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern, compiled when it is first looked for: starting the program is not to wait for it."""
        return re.compile(self._written, self._flags)

    def finditer(self, low: str) -> Iterator[re.Match[str]]:
        """Yield the matches in a text in lower case, in their order; none overlaps another."""
        words, at = beginnings(low), 0
        starts = [start for letters in self.first & words.keys() for start in words[letters]]
        if not starts:
            return
        match = self.pattern.match
        for start in sorted(starts):
            if start >= at and (found := match(low, start)) is not None:
                at = found.end()
                yield found

    def search(self, low: str) -> re.Match[str] | None:
        """Return the first match, or None."""
        return next(self.finditer(low), None)

    def sub(self, replaced: Callable[[re.Match[str]], str], low: str) -> str:
        """Return a text in lower case with each match replaced; the same text where there is none."""
        parts: list[str] = []
        at = 0
        for match in self.finditer(low):
            parts += low[at : match.start()], replaced(match)
            at = match.end()
        return "".join((*parts, low[at:])) if parts else low
