"""Dates as notes write them: 5/12/26, 05-12-2026, 2026-05-12, 12 Mar 2026, 07-Apr-2026, March 12th, 2026."""

import re
from datetime import date
from itertools import islice
from typing import NamedTuple

MOST_DATES = 2_000  # no note has more; a text that does is not read to its end
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"((?:19|20)\d\d|\d\d)(?!\d)"
_DATE = re.compile(
    rf"(?<![\d/.\-])(?:(\d\d?)([/.\-])(\d\d?)\2{_YEAR}(?!/)"  # month first, as in the United States
    r"|((?:19|20)\d\d)[\-/.](\d\d?)[\-/.](\d\d?)(?!\d)"
    rf"|(\d\d?)(?:st|nd|rd|th)?[ \-./]{{0,2}}(?:of )?({_MONTH})[.,]?[ \-./]{{0,2}}{_YEAR})"
    rf"|(?<![a-z])({_MONTH})\.?[ ]{{0,2}}(\d\d?)(?:st|nd|rd|th)?,?[ ]{{1,2}}((?:19|20)\d\d)(?!\d)"
)
_CENTURY = 2000


class DateInNote(NamedTuple):
    """A date with its year, and the place it stands at."""

    day: date
    start: int
    end: int


def find_dates(low: str, start: int = 0, end: int | None = None) -> tuple[DateInNote, ...]:
    """Return the dates with a year in a text in lower case, in their order; days no calendar has are left out."""
    matches = islice(_DATE.finditer(low, start, len(low) if end is None else end), MOST_DATES)
    return tuple(DateInNote(day, *match.span()) for match in matches if (day := _day(match)) is not None)


def _day(match: re.Match[str]) -> date | None:
    month, _, day, year, *rest = match.groups()
    if month is None and rest[0] is not None:
        year, month, day = rest[:3]
    elif month is None and rest[3] is not None:
        day, month, year = rest[3], _month(rest[4]), rest[5]
    elif month is None:
        month, day, year = _month(rest[6]), rest[7], rest[8]
    number = int(year)
    try:
        return date(number if number >= 100 else _CENTURY + number, int(month), int(day))
    except ValueError:
        return None


def _month(word: str) -> str:
    return str(_MONTHS.index(word[:3]) + 1)
