"""Quotes for what was read: the sentence that decides, not the note."""

from collections.abc import Iterable
from typing import Protocol

from tracker.diagnosis.facts import ClaimFacts
from tracker.diagnosis.findings import LONGEST_QUOTE, Quote, quote

_LEAD = 60  # characters kept before a place in a sentence too long to quote


class Place(Protocol):
    """Something read from a note."""

    @property
    def start(self) -> int:
        """Return where it begins."""

    @property
    def end(self) -> int:
        """Return where it ends."""


def sentence(claim: ClaimFacts, number: int, place: Place) -> Quote:
    """Return the sentence of a note that holds a place, or the part of a long one around it."""
    note = claim.read(number)
    start, end = note.passage_at(place.start)
    if end - start > LONGEST_QUOTE:
        start = max(start, place.start - _LEAD)
        start = note.text.find(" ", start, place.start) + 1 or start
    return quote(number, note.text, start, end)


def sentences(claim: ClaimFacts, found: Iterable[tuple[int, Place]], most: int = 3) -> tuple[Quote, ...]:
    """Return the sentences of places in notes (number and place), each once, ``most`` at most."""
    quotes: dict[Quote, None] = {}
    for number, place in found:
        quotes[sentence(claim, number, place)] = None
        if len(quotes) == most:
            break
    return tuple(quotes)
