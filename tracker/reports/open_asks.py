"""Therapists who were asked and have not answered yet."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from tracker.domain.asking import Asked
from tracker.models import Denial, TherapistAsk


def open_asks(session: Session, denial_ids: Collection[int]) -> Mapping[int, Asked]:
    """Return the ask without an answer of each of these denials that has one."""
    query = select(TherapistAsk).where(TherapistAsk.denial_id.in_(denial_ids), TherapistAsk.ended_on.is_(None))
    return {ask.denial_id: Asked(ask.asked_of, ask.asked_on, ask.answer_by) for ask in session.scalars(query)}


def is_late(today: date) -> ColumnElement[bool]:
    """Return the condition that no answer to an ask came by its day."""
    return and_(TherapistAsk.ended_on.is_(None), TherapistAsk.answer_by < today)


def has_late_ask(today: date) -> ColumnElement[bool]:
    """Return the condition that the answer to an ask about an open denial is late."""
    return and_(
        Denial.is_open.is_(True),
        exists().where(
            TherapistAsk.practice_id == Denial.practice_id,
            TherapistAsk.denial_id == Denial.id,
            is_late(today),
        ),
    )
