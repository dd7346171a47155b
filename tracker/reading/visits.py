"""Which visit of the episode a note is of, and where it says that no exercise was done."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.services import LONGEST_NOTE, MOST_PLACES

# "Tx 4/12" counts treatments; "visit: 6/12" is a date.
_NUMBER = re.compile(
    r"(?<![a-z0-9])(?:(?:visit(?![ ]?:?[ ]?\d{1,2}/\d)|session|treatment|tx|v)[ ]?(?:#|no\.?|number)?[ :.]{0,3}\#?(?P<after>\d{1,3})(?!\d|\.\d|[ ]?(?:min|x|per|times|a week|/[ ]?wk))"
    r"|(?P<before>\d{1,3})(?:st|nd|rd|th)[ ](?:visit|session|treatment)(?![ ]this))(?![a-z0-9])"
)
_NO_EXERCISE = re.compile(
    r"(?:active |mat |ther(?:apeutic)? ?)?ex(?:ercises?)?\b[ :|=-]{1,20}(?:none|no\b|not done|deferred|declined|--)[^.\n]{0,60}|no (?:active )?(?:exercises?|therex|ex)\b (?:today|this (?:visit|date)|performed|done)[^.\n]{0,60}"
)


class VisitNumber(NamedTuple):
    """Which visit of the episode a note is of, with the place."""

    visit: int
    start: int
    end: int


def read_visit_number(low: str) -> VisitNumber | None:
    """Return the number of the visit a note (in lower case) gives, or None."""
    match = _NUMBER.search(low, 0, min(len(low), LONGEST_NOTE))
    return VisitNumber(int(match["after"] or match["before"]), *match.span()) if match is not None else None


# A device that exists already: "2nd splint visit", "orthosis made 05/28", "brace adjusted", "splint check".
_DEVICE = r"(?:splint|orthosis|orthotics?|brace|afo|prosthesis|prosthetic|orthoses)"
_LATER = re.compile(
    rf"(?:2nd|second|3rd|third|4th|fourth|follow[- ]?up|f/u|subsequent|return|recheck|re-?check)[ ](?:{_DEVICE}[ ](?:visit|session|check|appointment|fitting)|(?:visit|session|check|appointment)[ ](?:for|of)[ ](?:the |his |her |a )?{_DEVICE})"
    rf"|{_DEVICE}[ ](?:was |were )?(?:made|fabricated|issued|delivered|fitted|fit|provided)(?: and \w+)?[ ](?:on[ ]|at (?:the )?(?:last|first|prior|previous|initial|eval))"
    rf"|{_DEVICE}[ ](?:was |were )?(?:made|fabricated|issued|delivered|fitted|fit|provided)(?: and \w+)?[ ]\d{{1,2}}/\d{{1,2}}"
)

# Words that can mean it, of a note that does not name the device beside them: "issued 05/28", "adjustment visit".
_PERHAPS_LATER = re.compile(
    r"(?:[2-9](?:nd|rd|th)? (?:splint|orthosis|orthotic|prosthe\w+|brace) (?:visit|check)|(?:made|fabricated|issued|fitted|fit|molded|moulded|dispensed|delivered|taught|checked|first visit)[^.\n]{0,20}\d{1,2}[/-]\d{1,2}|(?:recheck|re-check|follow-?up|adjustment) (?:of|for|visit))"
)


class LaterEncounter(NamedTuple):
    """A place that tells of an earlier visit for the same device; ``is_sure`` where it names the device."""

    start: int
    end: int
    is_sure: bool


def later_encounters(low: str) -> tuple[LaterEncounter, ...]:
    """Return where a note (in lower case) tells that its orthosis or prosthesis was made at an earlier visit.

    The doubtful places come only from a note without a sure one.
    """
    return tuple(_places(_LATER, low, is_sure=True)) or tuple(_places(_PERHAPS_LATER, low, is_sure=False))


def _places(pattern: re.Pattern[str], low: str, *, is_sure: bool) -> Iterator[LaterEncounter]:
    for match in islice(pattern.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES):
        if match.start() == 0 or not low[match.start() - 1].isalnum():
            yield LaterEncounter(*match.span(), is_sure)


def without_exercise(low: str) -> tuple[tuple[int, int], ...]:
    """Return the places where a note (in lower case) says that no exercise was done."""
    found = islice(_NO_EXERCISE.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES)
    return tuple(match.span() for match in found if match.start() == 0 or not low[match.start() - 1].isalnum())
