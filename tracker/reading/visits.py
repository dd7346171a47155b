"""Which visit of the episode a note is of, and where it says that no exercise was done."""

import re
from itertools import islice

from tracker.reading.services import LONGEST_NOTE, MOST_PLACES

_NUMBER = re.compile(
    r"visit[ ]?(?:#|no\.?|number)?[ ]?:?[ ]?\#?(\d{1,3})(?![\d/]|[ ]?(?:/[ ]?wk|x|per|times|a week))|(\d{1,3})(?:st|nd|rd|th) visit"
)
_NO_EXERCISE = re.compile(
    r"(?:active |mat |ther(?:apeutic)? ?)?ex(?:ercises?)?\b[ :|=-]{1,20}(?:none|no\b|not done|deferred|declined|--)[^.\n]{0,60}"
)


def visit_number(low: str) -> int | None:
    """Return the number of the visit a note (in lower case) gives, or None."""
    for match in islice(_NUMBER.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES):
        if match.start() == 0 or not low[match.start() - 1].isalnum():
            return int(match[1] or match[2])
    return None


def without_exercise(low: str) -> tuple[tuple[int, int], ...]:
    """Return the places where a note (in lower case) says that no exercise was done."""
    found = islice(_NO_EXERCISE.finditer(low, 0, min(len(low), LONGEST_NOTE)), MOST_PLACES)
    return tuple(match.span() for match in found if match.start() == 0 or not low[match.start() - 1].isalnum())
