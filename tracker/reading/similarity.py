"""Copied notes: how alike two notes of a patient are, and what differs between them.

Dates, times of day, minutes, visit numbers and headings differ or repeat in every note; they do not count.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from tracker.reading.passages import headings, passages
from tracker.reading.services import lowered

SHINGLE = 5  # words in a row that are compared
_MOST_WORDS = 20_000
_MOST_COMPARED = 500  # passages; at worst comparing takes the square of them
_LONGEST_READ = 200_000  # characters

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_PASSING = re.compile(
    r"(?<![a-z0-9])(?:"
    r"\d{1,4}[/\-.]\d{1,2}[/\-.]\d{2,4}(?!\d)|(?:on|since|until|from|dos|date)[ :]{1,2}\d{1,2}/\d{1,2}(?![\d/])"
    rf"|\d{{1,2}}[ \-]{_MONTH}(?:[ \-]\d{{2,4}})?(?![a-z\d])|{_MONTH}[ ]\d{{1,2}}(?:,?[ ]\d{{4}})?(?![a-z\d])"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?:[ ]?[ap]\.?m\b\.?)?|\d{1,2}[ ]?[ap]m\b"
    r"|x?\d{1,3}[ ]?(?:minutes?|mins?|min)\b\.?"
    r"|(?:visit|session|treatment|tx|appt|encounter|v)[ ]?(?:#|no\.?|number)?[ :.]{0,3}\d{1,3}(?:[ ]?(?:/|of)[ ]?\d{1,3})?(?![\d.])"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b)"
    r"|#[ ]?\d{1,3}(?![\d/])"
)
_WORD = re.compile(r"[a-z0-9]+(?:[.'/&-][a-z0-9]+)*")


class Change(NamedTuple):
    """A place where two texts differ: ``old[slice(*before)]`` became ``new[slice(*after)]``.

    One of the two is empty where something was added or left out. ``counts`` is false when only dates, times,
    minutes, visit numbers or headings differ.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    counts: bool


def similarity(one: str, other: str) -> float:
    """Return how alike two notes are, from 0 (nothing in common) to 1 (the same words).

    It is the share of all stretches of five words that both have; short notes are compared word by word. A note
    without words is like no other.
    """
    return overlap(shingles(one), shingles(other))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the stretches of five words of a note and how often each occurs; of a short note its words."""
    words = list(islice(_words(text[:_LONGEST_READ]), _MOST_WORDS))
    size = SHINGLE if len(words) >= 2 * SHINGLE else 1
    return Counter(zip(*(words[at:] for at in range(size)), strict=False))


def shared_words(one: str, other: str) -> float:
    """Return the share of their words, in whatever order, that two notes have in common, from 0 to 1."""
    return overlap(_counted(one), _counted(other))


def _counted(text: str) -> Counter[tuple[str, ...]]:
    return Counter((word,) for word in islice(_words(text[:_LONGEST_READ]), _MOST_WORDS))


def overlap(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> float:
    """Return the share that the shingles of two notes have in common, from 0 to 1."""
    together = (one | other).total()
    return (one & other).total() / together if together else 0.0


def _words(text: str) -> Iterator[str]:
    """Yield the words that count."""
    low = lowered(text)
    at = 0
    for heading in headings(text):
        line = low.rfind("\n", 0, heading.start) + 1
        yield from _WORD.findall(_PASSING.sub(" ", low[at:line]))
        at = heading.start
    yield from _WORD.findall(_PASSING.sub(" ", low[at:]))


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Return where two notes differ, sentence by sentence and line by line, with the places in both texts.

    Texts of thousands of different sentences are one change from the first difference to the last.
    """
    old, new = _Pieces(before), _Pieces(after)
    return tuple(
        Change(old.place(i, j), new.place(k, m), counts=old.words(i, j) != new.words(k, m))
        for i, j, k, m in _differences(old.said, new.said)
    )


class _Pieces:
    """The passages of a text."""

    def __init__(self, text: str) -> None:
        self._text, self._places = text, passages(text)
        self.said = [" ".join(place.of(text).split()) for place in self._places]

    def place(self, first: int, end: int) -> tuple[int, int]:
        """Return where passages stand; of none, the empty place after the passage before."""
        if first < end:
            return self._places[first].start, self._places[end - 1].end
        at = self._places[first - 1].end if first else 0
        return at, at

    def words(self, first: int, end: int) -> list[str]:
        start, stop = self.place(first, end)
        return list(_words(self._text[start : min(stop, start + _LONGEST_READ)]))


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches that differ; the same beginning and end are set aside first."""
    room = min(len(old), len(new))
    first = next((at for at in range(room) if old[at] != new[at]), room)
    last = next((at for at in range(room - first) if old[-1 - at] != new[-1 - at]), room - first)
    one, other = old[first : len(old) - last], new[first : len(new) - last]
    if max(len(one), len(other)) > _MOST_COMPARED:
        yield first, first + len(one), first, first + len(other)
        return
    for kind, i, j, k, m in SequenceMatcher(None, one, other).get_opcodes():
        if kind != "equal":
            yield first + i, first + j, first + k, first + m
