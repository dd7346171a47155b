"""The alert ladder: who hears of a deadline, and when, counted on its safe date."""

from datetime import date

from tracker.domain.deadlines import days_left

# Days before the safe date on which its owner is told (denials-appeals.md 5.8); the lead too from LEAD_FROM on.
LADDER = (30, 14, 7, 3, 1)
LEAD_FROM = 7


def rung(safe: date, today: date) -> int | None:
    """Return the rung a deadline stands on: the fewest days of the ladder that still hold it.

    0 once the safe date is there or has passed; None while it is farther away than the whole ladder.
    """
    left = days_left(safe, today)
    if left <= 0:
        return 0
    return next((step for step in reversed(LADDER) if left <= step), None)


def is_alert(safe: date, today: date, told_on: date | None) -> bool:
    """Whether a deadline has come to another rung since its owner was last told, on ``told_on`` (None: never)."""
    now = rung(safe, today)
    return now is not None and (told_on is None or now != rung(safe, told_on))


def concerns_lead(safe: date, today: date) -> bool:
    """Whether the practice's lead hears of a deadline too."""
    now = rung(safe, today)
    return now is not None and now <= LEAD_FROM
