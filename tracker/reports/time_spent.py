"""Minutes of work per appeal, measured from the saves of its letters, beside what a survey of the trade found."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.appeal_figures import READS_FIGURES
from tracker.domain.time_spent import median_minutes
from tracker.models import Appeal

# Nearly 60 % of those asked in mid-2025 said that one appeal takes more than 30 minutes of staff time.
# Source: APTA, The Impact of Administrative Burden on Physical Therapist Services, November 2025 (read 2026-11-26).
SURVEY_MINUTES = 30


class TimeSpent(NamedTuple):
    """The median whole minutes of ``appeals`` measured appeals; None when none was measured."""

    median: int | None
    appeals: int


def time_spent(session: Session) -> TimeSpent:
    """Return the median of all measured appeals the session sees; their minutes are kept (``tracker/appeal_figures.py``)."""
    # By practice too: that is the order of the index, which then needs no sorting.
    keys = Appeal.practice_id, Appeal.minutes_spent
    query = select(Appeal.minutes_spent, func.count()).where(Appeal.minutes_spent > 0).group_by(*keys)
    measured = Counter[int]()
    for minutes, appeals in session.execute(query.execution_options(**{READS_FIGURES: True})):
        measured[minutes or 0] += appeals
    return TimeSpent(median_minutes(measured), measured.total())
