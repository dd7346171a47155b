"""What people change on denials: owner, status, snooze, deadline, cause, closing. Every change is logged and undoable."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.statuses import OPEN_STATUSES, TYPED_CLOSE_REASONS, status_after_closing
from tracker.models import Denial, Event, Suggestion
from tracker.models.base import take_ids

_DATES = frozenset({"file_by_safe", "file_by_legal", "snoozed_to", "closed_on"})


class ChangeError(Exception):
    """Raised when a change cannot be made; the message says why and what to do."""


def change_denials(
    session: Session, denials: Sequence[Denial], kind: str, values: Mapping[str, Any], now: datetime, user_id: int
) -> Event | None:
    """Set columns of denials and log it; returns the event that undoes all of it, None when nothing changed.

    Raises StaleDataError at the next flush when somebody else changed one of the denials meanwhile.
    """
    changed = [(denial, _difference(denial, values)) for denial in denials]
    changed = [(denial, difference) for denial, difference in changed if difference]
    events = [
        Event(
            practice_id=denial.practice_id,
            id=event_id,
            at=now,
            user_id=user_id,
            kind=kind,
            subject_kind="denial",
            subject_id=denial.id,
            details={"changes": difference},
        )
        for event_id, (denial, difference) in zip(take_ids(len(changed)), changed, strict=True)
    ]
    for denial, difference in changed:
        for name in difference:
            setattr(denial, name, values[name])
    if not events:
        return None
    if len(events) > 1:
        events[0].details["others"] = [event.id for event in events[1:]]
    session.add_all(events)
    session.flush()
    return events[0]


def _difference(denial: Denial, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return before and after of the columns that would change."""
    return {
        name: [_plain(getattr(denial, name)), _plain(value)]
        for name, value in values.items()
        if getattr(denial, name) != value
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def assign(
    session: Session, denials: Sequence[Denial], owner_id: int | None, now: datetime, user_id: int
) -> Event | None:
    """Give denials to an owner, or to nobody."""
    return change_denials(session, denials, "owner", {"owner_id": owner_id}, now, user_id)


def set_status(session: Session, denials: Sequence[Denial], status: str, now: datetime, user_id: int) -> Event | None:
    """Move denials to an open status; a closed denial opens again. Closing is done by ``close``."""
    if status not in OPEN_STATUSES:
        raise ChangeError("Choose one of the open statuses, or close the denial with a reason")
    values = {"status": status, "is_open": True, "close_reason": "", "closed_on": None}
    return change_denials(session, denials, "status", values, now, user_id)


def snooze(
    session: Session, denials: Sequence[Denial], until: date | None, now: datetime, today: date, user_id: int
) -> Event | None:
    """Put denials aside until a day after today; None wakes them up."""
    if until is not None and until <= today:
        raise ChangeError("Snooze date must be after today")
    return change_denials(session, denials, "snooze", {"snoozed_to": until}, now, user_id)


def set_deadline(
    session: Session, denials: Sequence[Denial], file_by: date | None, now: datetime, user_id: int
) -> Event | None:
    """Set the file-by date by hand: it is both the safe and the legal date then."""
    values = {"file_by_safe": file_by, "file_by_legal": file_by, "clock_rule": "by_hand" if file_by else ""}
    return change_denials(session, denials, "deadline", values, now, user_id)


def close(  # who closes what, when and why
    session: Session, denials: Sequence[Denial], reason: str, now: datetime, today: date, user_id: int
) -> Event | None:
    """Close denials for a reason a person gives, like ``written_off``."""
    if reason not in TYPED_CLOSE_REASONS:
        raise ChangeError("Choose why the denial is closed")
    values = {
        "status": status_after_closing(reason),
        "is_open": False,
        "close_reason": reason,
        "closed_on": today,
        "snoozed_to": None,
    }
    return change_denials(session, denials, "closed", values, now, user_id)


def choose_cause(
    session: Session,
    denial: Denial,
    root_cause: str,
    path: str,
    strength: str,
    now: datetime,
    user_id: int,
) -> Event | None:
    """Record the cause a person decided on, from the suggestions or not."""
    for suggestion in _suggestions(session, denial):
        if suggestion.root_cause == root_cause:
            suggestion.decision, suggestion.decided_by_id, suggestion.decided_at = "accepted", user_id, now
            path, strength = path or suggestion.path, strength or suggestion.strength
        elif suggestion.decision == "accepted":
            suggestion.decision, suggestion.decided_by_id, suggestion.decided_at = "", None, None
    values = {
        "root_cause": root_cause,
        "path": path or denial.path,
        "strength": strength,
        "cause_chosen_by_id": user_id,
    }
    return change_denials(session, [denial], "cause", values, now, user_id)


def reject_cause(session: Session, denial: Denial, root_cause: str, now: datetime, user_id: int) -> Event | None:
    """Record that a suggested cause is not it; the next one takes its place."""
    suggestions = _suggestions(session, denial)
    for suggestion in suggestions:
        if suggestion.root_cause == root_cause:
            suggestion.decision, suggestion.decided_by_id, suggestion.decided_at = "rejected", user_id, now
    if denial.root_cause != root_cause:
        event = Event(
            practice_id=denial.practice_id,
            at=now,
            user_id=user_id,
            kind="cause_rejected",
            subject_kind="denial",
            subject_id=denial.id,
            details={"cause": root_cause},
        )
        session.add(event)
        session.flush()
        return event
    left = next((row for row in suggestions if not row.ruled_out and row.decision != "rejected"), None)
    values = {
        "root_cause": left.root_cause if left else "",
        "path": left.path if left else "",
        "strength": left.strength if left else "",
        "cause_chosen_by_id": None,
    }
    event_or_none = change_denials(session, [denial], "cause_rejected", values, now, user_id)
    if event_or_none is not None:
        event_or_none.details = event_or_none.details | {"cause": root_cause}
    return event_or_none


def comment(session: Session, denial: Denial, text: str, now: datetime, user_id: int) -> Event:
    """Keep a comment in the denial's activity."""
    event = Event(
        practice_id=denial.practice_id,
        at=now,
        user_id=user_id,
        kind="comment",
        subject_kind="denial",
        subject_id=denial.id,
        details={"text": text},
    )
    session.add(event)
    session.flush()
    return event


def _suggestions(session: Session, denial: Denial) -> Sequence[Suggestion]:
    return session.scalars(
        select(Suggestion)
        .where(Suggestion.practice_id == denial.practice_id, Suggestion.denial_id == denial.id)
        .order_by(Suggestion.ruled_out, Suggestion.rank)
    ).all()


def undo(session: Session, event: Event, now: datetime, user_id: int) -> int:
    """Take a change back on every denial it touched; return on how many.

    Raises ChangeError when it was undone already or a denial has been changed since.
    """
    if event.undone:
        raise ChangeError("This change was undone already")
    others = event.details.get("others", [])
    events = [
        event,
        *session.scalars(select(Event).where(Event.id.in_(others))),
    ]
    denials = {
        denial.id: denial
        for denial in session.scalars(select(Denial).where(Denial.id.in_([one.subject_id for one in events])))
    }
    for one in events:
        _take_back(session, one, denials[one.subject_id])
        session.add(_undo_event(one, now, user_id))
    session.flush()
    return len(events)


def _take_back(session: Session, event: Event, denial: Denial) -> None:
    changes: dict[str, list[Any]] = event.details.get("changes", {})
    if any(_plain(getattr(denial, name)) != after for name, (_, after) in changes.items()):
        raise ChangeError(f"D-{denial.number} was changed again since. Undo the later change first")
    for name, (before, _) in changes.items():
        value = date.fromisoformat(before) if name in _DATES and before else before
        setattr(denial, name, value)
    if event.kind in {"cause", "cause_rejected"}:
        _forget_decisions(session, denial, event)
    event.undone = True


def _forget_decisions(session: Session, denial: Denial, event: Event) -> None:
    """Undoing a choice or a rejection frees the suggestion it was about."""
    chosen = event.details.get("changes", {}).get("root_cause", ["", ""])[1]
    cause = event.details.get("cause", chosen)
    for suggestion in _suggestions(session, denial):
        if suggestion.root_cause == cause:
            suggestion.decision, suggestion.decided_by_id, suggestion.decided_at = "", None, None


def _undo_event(event: Event, now: datetime, user_id: int) -> Event:
    return Event(
        practice_id=event.practice_id,
        at=now,
        user_id=user_id,
        kind="undone",
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        details={"kind": event.kind},
    )
