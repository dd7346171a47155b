"""Times of day and lengths of time as notes write them: 9:05-9:28, 1:00 pm to 1:45 pm, 0905-0928, 0:15, fifteen minutes."""

import re
from typing import NamedTuple

from tracker.reading.beginnings import Sought

_DAY = 24 * 60
_HALF_DAY = 12 * 60
LONGEST = 8 * 60  # a session of more than 8 hours is no session

_TIME = r"([0-9][0-9]?):([0-5]\d)(?:[ \t]?([ap])\.?(?:m\b\.?)?)?"
_TO = r"[ \t]{0,3}(?:-|–|—|to\b|until\b|till\b|thru\b)[ \t]{0,3}"
CLOCK_RANGE = re.compile(rf"{_TIME}{_TO}{_TIME}(?![\d:])")
BARE_RANGE = re.compile(r"([0-9][0-9]?)([0-5]\d)[ ]?[-–][ ]?(\d{1,2})([0-5]\d)(?![\d\-/.])")

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "ninety": 90}
_WORDS = {**{word: value for value, word in enumerate(_ONES) if value}, **_TENS, "eighty": 80}
_ANY_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_NUMBER_WORDS = re.compile(rf"(?<![a-z])(?:{_ANY_WORD})(?:[ -](?:{'|'.join(_ONES[1:10])}))?$")
_LONGEST_WORDS = 16


class ClockRange(NamedTuple):
    """Two times of day in minutes after midnight."""

    begins: int
    ends: int

    @property
    def minutes(self) -> int:
        """Return how long it lasted."""
        return self.ends - self.begins


def clock_range(
    hour1: str, minute1: str, half1: str | None, hour2: str, minute2: str, half2: str | None
) -> ClockRange | None:
    """Return the range of two written times; None when they are no times or lie more than eight hours apart.

    Without am and pm the shorter reading counts: 12:50-1:35 is 45 minutes, 11:30-12:15 too.
    """
    begins, ends = _minutes(hour1, minute1, half1 or half2), _minutes(hour2, minute2, half2)
    if begins is None or ends is None:
        return None
    if begins > ends and half1 is None and begins >= _HALF_DAY:
        begins -= _HALF_DAY  # 11:30-12:15 pm: the first is still in the morning
    while ends <= begins:
        ends += _HALF_DAY
    return ClockRange(begins % _DAY, begins % _DAY + ends - begins) if ends - begins <= LONGEST else None


def _minutes(hour: str, minute: str, half: str | None) -> int | None:
    hours, minutes = int(hour), int(minute)
    if hours >= 24 or minutes >= 60:
        return None
    if half and hours <= 12:
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    return hours * 60 + minutes


_MOST_READ = 100_000  # characters; no note is longer
_FIGURES = Sought(
    "eig ele fif fiv fou nin one sev six ten thi thr twe two for",
    rf"(?<![a-z\d\-])(?:{_ANY_WORD})(?:[ -](?:{'|'.join(_ONES[1:10])}))?(?![a-z\-])",
)


def with_figures(low: str) -> str:
    """Return a text in lower case with its numbers in words (two to ninety-nine) as figures, every character at its place.

    A text longer than any note keeps its words after 100,000 characters.
    """
    return _FIGURES.sub(_figure, low[:_MOST_READ]) + low[_MOST_READ:]


def _figure(match: re.Match[str]) -> str:
    if match[0] == "one":
        return match[0]  # it is an article as often as a number
    value = sum(_WORDS[word] for word in re.split(r"[ -]", match[0]))
    return str(value).rjust(len(match[0]))


def number_before(low: str, end: int) -> tuple[int, int] | None:
    """Return the number in words that ends at ``end`` (``fifteen``, ``forty-five``) and where it starts, or None."""
    match = _NUMBER_WORDS.search(low, max(end - _LONGEST_WORDS, 0), end)
    if match is None:
        return None
    return sum(_WORDS[word] for word in re.split(r"[ -]", match[0])), match.start()
