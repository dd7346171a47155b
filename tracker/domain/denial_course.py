"""How far a denial has come: acted on, filed (an appeal or a corrected claim), decided, won, paid.

One step a denial, so that the steps of a month add up to its denials. What waits for the payer is a step of its own and is
never shown as lost (ux.md 3.3, panel 4).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Step(StrEnum):
    """Where a denial stands in its course."""

    UNTOUCHED = "untouched"
    ACTED = "acted"
    WAITING = "waiting"
    ENDED = "ended"
    REFUSED = "refused"
    CORRECTED = "corrected"
    OVERTURNED = "overturned"


class Course(NamedTuple):
    """The days of a denial's course, None for what has not happened.

    ``acted_on`` is the first act of a person. ``appealed_on`` is the day the first appeal was sent that was not withdrawn,
    ``corrected_on`` the day a corrected claim was sent. ``decided_on`` is the last answer, None while any is awaited.
    ``overturned_on`` is the first decision of an appeal fully or partly for the practice.
    """

    acted_on: date | None = None
    appealed_on: date | None = None
    corrected_on: date | None = None
    decided_on: date | None = None
    overturned_on: date | None = None

    @property
    def filed_on(self) -> date | None:
        """The first day that an appeal or a corrected claim went out."""
        return _first((self.appealed_on, self.corrected_on))


NOTHING = Course()


class Sent(NamedTuple):
    """An appeal about the denial that went out: the day, and the payer's decision on it if there is one."""

    sent_on: date
    decided_on: date | None
    for_us: bool


def course(acts: Iterable[date], appeals: Sequence[Sent], corrected_on: date | None, answers: Iterable[date]) -> Course:
    """Return a denial's course; ``answers`` are the days on which remittances answered its line after the first denial."""
    appealed_on = _first(appeal.sent_on for appeal in appeals)
    answered_on = _first(day for day in answers if corrected_on is not None and day >= corrected_on)
    decisions = [appeal.decided_on for appeal in appeals]
    if corrected_on is not None:
        decisions.append(answered_on)
    days = [day for day in decisions if day is not None]
    return Course(
        acted_on=_first((*acts, appealed_on, corrected_on)),
        appealed_on=appealed_on,
        corrected_on=corrected_on,
        decided_on=max(days) if days and len(days) == len(decisions) else None,
        overturned_on=_first(appeal.decided_on for appeal in appeals if appeal.for_us),
    )


def step(found: Course, recovered_cents: int, *, is_closed: bool) -> Step:
    """Return the step a denial stands at. Partly overturned is overturned; a paid corrected claim is never."""
    if found.filed_on is None:
        return Step.UNTOUCHED if found.acted_on is None else Step.ACTED
    if found.overturned_on is not None:
        return Step.OVERTURNED
    if found.corrected_on is not None and recovered_cents > 0:
        return Step.CORRECTED
    if found.decided_on is not None:
        return Step.REFUSED
    return Step.ENDED if is_closed else Step.WAITING


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
