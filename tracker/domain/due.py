"""How a clock is shown: the tag's words, its tone, its named date (ux.md 2.4)."""

from datetime import date
from typing import NamedTuple

from tracker.domain.deadlines import Bucket, bucket, days_left

CLOCKS = {
    "file_by": "File by",
    "reply_due": "Reply due",
    "records_due": "Records due",
    "next_level": "Next level by",
    "signature": "Signature needed",
    "snoozed": "Snoozed to",
}
_TONES = {Bucket.OVERDUE: "over", Bucket.WEEK: "soon", Bucket.TWO_WEEKS: "near", Bucket.NONE: "none"}


# Clocks that run for the payer; all others are ours to meet.
_OF_PAYER = frozenset({"Reply due"})


class Due(NamedTuple):
    """One clock as a tag; ``name`` is "File by" and the like, ``on`` its date."""

    words: str
    tone: str
    name: str
    on: date | None

    @property
    def whose(self) -> str:
        """Return whose turn it is: the payer's until its reply is due, else ours."""
        return "Payer's turn" if self.name in _OF_PAYER and self.tone != "over" else "Your turn"


def due(clock: str, on: date | None, today: date, legal: date | None = None) -> Due:
    """Return how the clock named ``clock`` with the safe date ``on`` is shown; today and before is red.

    Days and tone follow the safe date. Past it, and until ``legal`` has passed, nothing is missed: the last day is
    named instead.
    """
    name = CLOCKS[clock]
    if on is None:
        return Due("No deadline", "none", name, None)
    left = days_left(on, today)
    if legal is not None and on < today <= legal:
        return Due(f"Last day {legal:%m/%d}", "over", name, on)
    if legal is not None and left < 0:
        left = days_left(legal, today)
    tone = "over" if left == 0 else _TONES.get(bucket(on, today), "none")
    return Due(_words(left), tone, name, on)


def _words(left: int) -> str:
    if left == 0:
        return "Due today"
    days = f"{abs(left)} day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{days} left" if left > 0 else f"{days} overdue"
