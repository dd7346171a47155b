"""Minutes of work per appeal, measured from the saves of its letters, beside what a survey of the trade found."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.time_spent import median_minutes, minutes_spent
from tracker.models import Event, LetterText

# Nearly 60 % of those asked in mid-2025 said that one appeal takes more than 30 minutes of staff time.
# Source: APTA, The Impact of Administrative Burden on Physical Therapist Services, November 2025 (read 2026-11-26).
SURVEY_MINUTES = 30
_STEPS = ("letter_saved", "letter_taken_back", "letter_signed")


class TimeSpent(NamedTuple):
    """The median whole minutes of ``appeals`` measured appeals; None when none was measured."""

    median: int | None
    appeals: int


def minutes_by_appeal(session: Session, appeal_ids: Iterable[int] | None = None) -> Mapping[int, int]:
    """Return the measured minutes of each appeal (of all the session sees when none are named).

    Counted are saves of a letter and its signing by a person's hand; what a job did for many at once is not.
    """
    saves = select(LetterText.appeal_id, LetterText.saved_by_id, LetterText.saved_at)
    steps = select(Event.subject_id, Event.user_id, Event.at, Event.details).where(
        Event.subject_kind == "appeal", Event.kind.in_(_STEPS)
    )
    if appeal_ids is not None:
        wanted = list(appeal_ids)
        saves, steps = saves.where(LetterText.appeal_id.in_(wanted)), steps.where(Event.subject_id.in_(wanted))
    moments: dict[int, list[tuple[int, datetime]]] = {}
    for appeal, person, at in session.execute(saves):
        if person is not None:
            moments.setdefault(appeal, []).append((person, at))
    for appeal, person, at, details in session.execute(steps):
        if person is not None and "batch" not in details:
            moments.setdefault(appeal, []).append((person, at))
    return {appeal: minutes_spent(own) for appeal, own in moments.items()}


def time_spent(session: Session) -> TimeSpent:
    """Return the median of all measured appeals the session sees."""
    measured = [minutes for minutes in minutes_by_appeal(session).values() if minutes]
    return TimeSpent(median_minutes(measured), len(measured))
