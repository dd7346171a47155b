"""Which visit of the episode a note is of, and where it says that no exercise was done."""

import re
from itertools import islice

from tracker.reading.services import LONGEST_NOTE, MOST_PLACES

_NUMBER = re.compile(
    r"visit[ ]?(?:#|no\.?|number)?[ ]?:?[ ]?\#?(\d{1,3})(?![\d/]|[ ]?(?:/[ ]?wk|x|per|times|a week))|(\d{1,3})(?:st|nd|rd|th) visit"
)
_NO_EXERCISE = re.compile(
    r"(?:active |mat |ther(?:apeutic)? ?)?ex(?:ercises?)?\b[ :|=-]{1,20}(?:none|no\b|not done|deferred|declined|--)[^.\n]{0,60}|no (?:active )?(?:exercises?|therex|ex)\b (?:today|this (?:visit|date)|performed|done)[^.\n]{0,60}"
)


def visit_number(low: str) -> int | None:
    """Return the number of the visit a note (in lower case) gives, or None."""
    for match in islice(_NUMBER.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES):
        if match.start() == 0 or not low[match.start() - 1].isalnum():
            return int(match[1] or match[2])
    return None


# A device that exists already: "2nd splint visit", "orthosis made 05/28", "brace adjusted", "splint check".
_DEVICE = r"(?:splint|orthosis|orthotics?|brace|afo|prosthesis|prosthetic|orthoses)"
_LATER = re.compile(
    rf"(?:2nd|second|3rd|third|4th|fourth|follow[- ]?up|f/u|subsequent|return|recheck|re-?check)[ ](?:{_DEVICE}[ ](?:visit|session|check|appointment|fitting)|(?:visit|session|check|appointment)[ ](?:for|of)[ ](?:the |his |her |a )?{_DEVICE})"
    rf"|{_DEVICE}[ ](?:was |were )?(?:made|fabricated|issued|delivered|fitted|fit|provided)(?: and \w+)?[ ](?:on[ ]|at (?:the )?(?:last|first|prior|previous|initial|eval))"
    rf"|{_DEVICE}[ ](?:was |were )?(?:made|fabricated|issued|delivered|fitted|fit|provided)(?: and \w+)?[ ]\d{{1,2}}/\d{{1,2}}"
)


def later_encounters(low: str) -> tuple[tuple[int, int], ...]:
    """Return the places where a note (in lower case) tells that its orthosis or prosthesis was made at an earlier visit."""
    found = islice(_LATER.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES)
    return tuple(match.span() for match in found if match.start() == 0 or not low[match.start() - 1].isalnum())


def without_exercise(low: str) -> tuple[tuple[int, int], ...]:
    """Return the places where a note (in lower case) says that no exercise was done."""
    found = islice(_NO_EXERCISE.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES)
    return tuple(match.span() for match in found if match.start() == 0 or not low[match.start() - 1].isalnum())
