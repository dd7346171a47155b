"""Who does something, and when."""

from datetime import date, datetime
from typing import NamedTuple


class Acting(NamedTuple):
    """A person at work: the moment, the day at their place, their id."""

    now: datetime
    today: date
    user_id: int
