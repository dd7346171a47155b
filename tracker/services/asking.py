"""Recording that a therapist was asked about a note."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.models import Denial, Event


def record_asked(
    session: Session, denial: Denial, asked_of: str, rules: Sequence[str], now: datetime, user_id: int
) -> Event:
    """Log that somebody was asked, about which rules, by whom and when; the denial's status stays."""
    event = Event(
        practice_id=denial.practice_id, at=now, user_id=user_id, kind="therapist_asked", subject_kind="denial",
        subject_id=denial.id, details={"of": asked_of, "rules": list(rules)},
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event
