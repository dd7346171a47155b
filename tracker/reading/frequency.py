"""How often and how long: ``2x/wk x 8 wk``, ``three times weekly for 6 weeks``, ``1-2 visits a week``."""

import re
from itertools import islice
from typing import NamedTuple

MOST_FREQUENCIES = 200
_WORDS = {"one": 1, "once": 1, "two": 2, "twice": 2, "three": 3, "thrice": 3, "four": 4, "five": 5, "six": 6}
_NUMBER = rf"\d|{'|'.join(_WORDS)}"
_WEEK = r"(?:weekly|(?:per|a|each|every|/)?[ ]?(?:weeks?|wks?)\b\.?)"
_FREQUENCY = re.compile(
    rf"(?<![\d/.a-z])(?P<low>{_NUMBER})(?:[ ]?(?:-|–|to|or)[ ]?(?P<high>{_NUMBER}))?[ ]?(?:x|times?|visits?|sessions?|days?)?[ ]?(?:/[ ]?(?:week|wk)\b|x[ ]?(?:week|wk)ly|{_WEEK})"
    r"(?P<rest>[ ,;]{0,2}(?:x|for|times)?[ ]{0,2}(?P<weeks>\d{1,2})[ ]?(?:more[ ])?(?:wks?|weeks?)\b)?"
)
_BARE_DURATION = re.compile(r"\d[ ]?(?:wks?|weeks?)\b")


_THIS_WEEK = re.compile(
    r"(?<![\d/.a-z])(?P<nth>[2-7]|two|three|four|five|six|twice)(?:nd|rd|th)?[ ](?:(?:visits?|sessions?|treatments?|times?|x)[ ])?(?:already[ ])?(?:in[ ])?this[ ](?:week|wk)\b"
)


class Frequency(NamedTuple):
    """Visits a week, at most, with the weeks where they are told, and the place."""

    per_week: int
    weeks: int | None
    start: int
    end: int


def read_frequencies(low: str) -> tuple[Frequency, ...]:
    """Return the frequencies a note in lower case tells, in their order."""
    return tuple(
        Frequency(_value(match["high"] or match["low"]), int(match["weeks"]) if match["weeks"] else None, *match.span())
        for match in islice(_FREQUENCY.finditer(low), MOST_FREQUENCIES)
        if not _BARE_DURATION.fullmatch(match[0])
    )


def _value(written: str) -> int:
    return _WORDS.get(written) or int(written)


def read_visits_this_week(low: str) -> Frequency | None:
    """Return how many visits a note in lower case counts in its own week (``5th visit this week``), or None."""
    match = _THIS_WEEK.search(low)
    return Frequency(_value(match["nth"]), None, *match.span()) if match is not None else None
