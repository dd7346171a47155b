"""Recording that a therapist was asked about a note, and that an answer came."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.models import Denial, Event, TherapistAsk


class NewAsk(NamedTuple):
    """Who was asked about which rules, and by when the answer is wanted."""

    of: str
    rules: Sequence[str]
    answer_by: date


def record_asked(
    session: Session, denial: Denial, asked: NewAsk, now: datetime, today: date, user_id: int
) -> TherapistAsk:
    """Keep that somebody was asked, in place of an earlier ask of the denial; the denial's status stays."""
    end_asks(session, denial.practice_id, [denial.id], today)
    ask = TherapistAsk(
        practice_id=denial.practice_id, denial_id=denial.id, asked_of=asked.of, rules=list(asked.rules),
        asked_on=today, asked_by_id=user_id, answer_by=asked.answer_by,
    )  # fmt: skip
    details = {"of": asked.of, "rules": list(asked.rules), "answer_by": asked.answer_by.isoformat()}
    session.add_all([ask, _event(denial, "therapist_asked", details, now, user_id)])
    session.flush()
    return ask


def record_answer(session: Session, denial: Denial, now: datetime, today: date, user_id: int) -> bool:
    """Keep that the therapist answered; return whether an answer was open."""
    if not end_asks(session, denial.practice_id, [denial.id], today):
        return False
    session.add(_event(denial, "therapist_answered", {}, now, user_id))
    session.flush()
    return True


def end_asks(session: Session, practice_id: int, denial_ids: Collection[int], today: date) -> int:
    """End the open asks of denials, as answered or replaced; return how many there were."""
    result = session.execute(
        update(TherapistAsk)
        .where(
            TherapistAsk.practice_id == practice_id,
            TherapistAsk.denial_id.in_(denial_ids),
            TherapistAsk.ended_on.is_(None),
        )
        .values(ended_on=today)
        .returning(TherapistAsk.id)
    )
    return len(result.all())


def end_asks_of_claims(session: Session, practice_id: int, claim_ids: Collection[int], today: date) -> int:
    """End the open asks about claims, since a note of the visit came; return how many there were."""
    query = select(Denial.id).where(Denial.practice_id == practice_id, Denial.claim_id.in_(claim_ids))
    return end_asks(session, practice_id, session.scalars(query).all(), today)


def _event(denial: Denial, kind: str, details: Mapping[str, object], now: datetime, user_id: int) -> Event:
    return Event(
        practice_id=denial.practice_id, at=now, user_id=user_id, kind=kind, subject_kind="denial",
        subject_id=denial.id, details=dict(details),
    )  # fmt: skip
