"""A payer's request for records of a claim, and which one a denial followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Answered(StrEnum):
    """How a request stood when the payer denied."""

    NOT_BY_DUE = "not_by_due"  # the day had passed, no answer is recorded
    NOT_YET = "not_yet"  # no answer, and the day had not passed or is not known
    LATE = "late"
    IN_TIME = "in_time"


@dataclass(frozen=True, slots=True)
class RecordsAsked:
    """A request that was not taken back. ``due_on`` is the last day, ``answered_on`` when records went out, if known."""

    asked_on: date
    due_on: date | None
    answered_on: date | None
    reference: str | None = None

    def stood(self, denied_on: date) -> Answered:
        """Return how the request stood on the day of a denial."""
        if self.answered_on is None or self.answered_on > denied_on:
            return Answered.NOT_BY_DUE if self.due_on is not None and self.due_on < denied_on else Answered.NOT_YET
        return Answered.LATE if self.due_on is not None and self.answered_on > self.due_on else Answered.IN_TIME


def followed(requests: Sequence[RecordsAsked], denied_on: date) -> RecordsAsked | None:
    """Return the request that a denial of a day followed: the one without an answer, else the latest before it."""
    before = [each for each in requests if each.asked_on <= denied_on]
    order = tuple(Answered)
    return min(before, key=lambda each: (order.index(each.stood(denied_on)), -each.asked_on.toordinal()), default=None)
