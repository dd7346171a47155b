"""Who changed a record last, and when: what a second writer is told."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.audit import Chain, Outcome
from tracker.models import AuditEntry, Event, User

_LOOKED_AT = 50


class Changed(NamedTuple):
    """One change of a record; ``user_id`` None: nobody who is signed in, like a file that came in."""

    at: datetime
    user_id: int | None
    name: str


def last_change(session: Session, row: object, named: str) -> Changed | None:
    """Return the newest change of a record: by its activity, or by the audit log under the id that addresses name."""
    found = [each for each in (_by_events(session, row), _by_audit(session, row, named)) if each is not None]
    return max(found, key=lambda each: each.at, default=None)


def _by_events(session: Session, row: object) -> Changed | None:
    practice_id, row_id = getattr(row, "practice_id", None), getattr(row, "id", None)
    if practice_id is None or row_id is None:
        return None
    query = (
        select(Event.at, Event.user_id, User.name)
        .outerjoin(User, User.id == Event.user_id)
        .where(Event.practice_id == practice_id, Event.subject_id == row_id)
    )
    newest = session.execute(query.order_by(Event.at.desc(), Event.id.desc()).limit(1)).first()
    return Changed(newest.at, newest.user_id, newest.name or "") if newest else None


def _by_audit(session: Session, row: object, named: str) -> Changed | None:
    table = f'"{row.__tablename__}"'  # type: ignore[attr-defined]  # a row of a table
    query = (
        select(AuditEntry.at, AuditEntry.actor_id, AuditEntry.detail, User.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(
            AuditEntry.object_id == named,
            AuditEntry.chain == Chain.CHANGES.value,
            AuditEntry.outcome == Outcome.OK.value,
        )
    )
    entries = session.execute(query.order_by(AuditEntry.seq.desc()).limit(_LOOKED_AT))
    newest = next((entry for entry in entries if table in entry.detail), None)
    return Changed(newest.at, newest.actor_id, newest.name or "") if newest else None
