"""How long a therapist has to answer, and whose turn it is meanwhile."""

from datetime import date, timedelta
from typing import NamedTuple

from tracker.domain.business_days import business_day_on_or_before

_USUAL_DAYS = 7  # our choice: no rule sets it
_LEFT_TO_WORK = 3  # days kept before the denial's own date, for the letter


def usual_answer_day(today: date, due_on: date | None, last_on: date | None = None) -> date:
    """Return the day by which an answer is usually wanted: in a week, sooner where the denial's date is near.

    Where the safe date ``due_on`` has passed it counts from ``last_on``, the last day, if that is still to come. With
    nothing left to count from it is the next business day: late already, but a day an answer can be given on. A
    business day, never before ``today``.
    """
    if due_on is not None and due_on < today:
        due_on = last_on if last_on is not None and last_on >= today else None
        if due_on is None:
            return _next_business_day(today)
    wanted = today + timedelta(days=_USUAL_DAYS)
    if due_on is not None:
        wanted = min(wanted, due_on - timedelta(days=_LEFT_TO_WORK))
    return max(today, business_day_on_or_before(max(wanted, today)))


def _next_business_day(today: date) -> date:
    return next(
        day for day in (today + timedelta(days=n) for n in range(1, 15)) if business_day_on_or_before(day) == day
    )


class Asked(NamedTuple):
    """An ask without an answer yet: of whom (empty where no name was kept), since when, and by when."""

    of: str
    asked_on: date
    answer_by: date

    def is_late(self, today: date) -> bool:
        """Whether the day for the answer has passed."""
        return today > self.answer_by

    def words(self, today: date) -> str:
        """Return how it stands: ``Asked 9 days ago, no answer`` or ``Asked today, answer by 11/30/2026``."""
        days = (today - self.asked_on).days
        when = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
        return f"Asked {when}, {'no answer' if self.is_late(today) else f'answer by {self.answer_by:%m/%d/%Y}'}"

    def whose(self, today: date) -> str:
        """Return whose turn it is: the therapist's until the answer is late, then ours to ask again."""
        return "Your turn" if self.is_late(today) else "Therapist's turn"
