"""Calendar months, the unit of every trend."""

import re
from datetime import date, timedelta
from typing import NamedTuple

_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_CODE = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class Month(NamedTuple):
    """A calendar month; sorts in time order."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, code: str) -> "Month | None":
        """Return the month written like ``2026-10``, or None when it is not one."""
        match = _CODE.fullmatch(code)
        if match is None:
            return None
        year, month = int(match[1]), int(match[2])
        return cls(year, month) if 1 <= month <= 12 and 1900 <= year <= 2999 else None

    @property
    def code(self) -> str:
        """The month as URLs carry it: ``2026-10``."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def name(self) -> str:
        """The month's name alone: ``October``."""
        return _NAMES[self.month - 1]

    @property
    def short(self) -> str:
        """The month's name in three letters: ``Oct``."""
        return self.name[:3]

    @property
    def label(self) -> str:
        """Month and year: ``Oct 2026``."""
        return f"{self.short} {self.year}"

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return self.shifted(1).first_day - timedelta(days=1)

    def shifted(self, by: int) -> "Month":
        """Return the month ``by`` months later (earlier when negative)."""
        year, month = divmod(self.year * 12 + self.month - 1 + by, 12)
        return Month(year, month + 1)


def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """Return all months from ``first`` to ``last``, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(first.shifted(by) for by in range(count))
