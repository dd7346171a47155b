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


class Due(NamedTuple):
    """One clock as a tag; ``name`` is "File by" and the like, ``on`` its date."""

    words: str
    tone: str
    name: str
    on: date | None


def due(clock: str, on: date | None, today: date) -> Due:
    """Return how the clock named ``clock`` with the date ``on`` is shown; today and before is red."""
    name = CLOCKS[clock]
    if on is None:
        return Due("No deadline", "none", name, None)
    left = days_left(on, today)
    tone = "over" if left == 0 else _TONES.get(bucket(on, today), "none")
    return Due(_words(left), tone, name, on)


def _words(left: int) -> str:
    if left == 0:
        return "Due today"
    days = f"{abs(left)} day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{days} left" if left > 0 else f"{days} overdue"
