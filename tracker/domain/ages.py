"""How old denials are: days since the first denial, as billers group them."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum


class Age(StrEnum):
    """Days since the first denial, both ends included."""

    MONTH = "0-30"
    TWO_MONTHS = "31-60"
    THREE_MONTHS = "61-90"
    FOUR_MONTHS = "91-120"
    OLDER = "120+"

    @property
    def label(self) -> str:
        """Return the words a screen shows."""
        return "Over 120 days" if self is Age.OLDER else f"{self.replace('-', ' to ')} days"

    def days(self, today: date) -> tuple[date | None, date]:
        """Return the first (None: any) and last day of denials of this age as of ``today``."""
        least, most = _DAYS[self]
        return None if most is None else today - timedelta(days=most), today - timedelta(days=least)


_DAYS: Mapping[Age, tuple[int, int | None]] = {
    Age.MONTH: (0, 30),
    Age.TWO_MONTHS: (31, 60),
    Age.THREE_MONTHS: (61, 90),
    Age.FOUR_MONTHS: (91, 120),
    Age.OLDER: (121, None),
}


def age(denied_on: date, today: date) -> Age:
    """Return the age of a denial; one dated later than today counts as of today."""
    days = max((today - denied_on).days, 0)
    return next(one for one, (_, most) in _DAYS.items() if most is None or days <= most)
