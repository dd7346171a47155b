"""What people change on denials: owner, status, snooze, deadline, closing. Every change is logged and undoable."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.domain.statuses import OPEN_STATUSES, TYPED_CLOSE_REASONS, status_after_closing
from tracker.models import CauseDecision, Denial, Event
from tracker.models.base import take_ids
from tracker.services.cause_decisions import decisions_of, follow, put, standing_suggestion, state_of
from tracker.services.comments import comment_stands, put_comment_back

_DATES = frozenset({"file_by_safe", "file_by_legal", "notice_on", "received_on", "snoozed_to", "closed_on"})


class ChangeError(Exception):
    """Raised when a change cannot be made; the message says why and what to do, ``field`` what to look at, if known."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def change_denials(  # who changes what, when, and what is to be remembered of it
    session: Session,
    denials: Sequence[Denial],
    kind: str,
    values: Mapping[str, Any],
    now: datetime,
    user_id: int | None,
    about: Mapping[str, Any] | None = None,
) -> Event | None:
    """Set columns of denials and log it; returns the event that undoes all of it, None when nothing changed.

    ``about`` is kept with the event: ids and plain words. Raises StaleDataError at the next flush when somebody else changed one of the denials meanwhile.
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
            details={**(about or {}), "changes": difference},
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


def value_of(name: str, kept: Any) -> Any:
    """Return the value of a denial's column as an event keeps it."""
    return date.fromisoformat(kept) if name in _DATES and kept else kept


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
    """Set the date of the running clock by hand: it is both the safe and the legal date then, extensions included."""
    values = {
        "file_by_safe": file_by, "file_by_legal": file_by, "clock_rule": "by_hand" if file_by else "",
        "extension_days": 0,
    }  # fmt: skip
    return change_denials(session, denials, "deadline", values, now, user_id)


def close(  # who closes what, when and why
    session: Session, denials: Sequence[Denial], reason: str, now: datetime, today: date, user_id: int
) -> Event | None:
    """Close denials for a reason a person gives, like ``written_off``."""
    if reason not in TYPED_CLOSE_REASONS:
        raise ChangeError("Choose why the denial is closed")
    return change_denials(session, denials, "closed", closing(reason, today), now, user_id)


def closing(reason: str, today: date) -> dict[str, Any]:
    """Return what closing a denial for a reason sets."""
    return {
        "status": status_after_closing(reason),
        "is_open": False,
        "close_reason": reason,
        "closed_on": today,
        "snoozed_to": None,
    }


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


def undo(session: Session, event: Event, now: datetime, user_id: int) -> int:
    """Take a change back on every denial it touched; return on how many.

    Raises ChangeError when it was undone already or a denial has been changed since.
    """
    if event.undone:
        raise ChangeError("This change was undone already")
    if "comment" in event.details:
        return _undo_comment(session, event, now, user_id)
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


def _undo_comment(session: Session, event: Event, now: datetime, user_id: int) -> int:
    if not comment_stands(session, event):
        raise ChangeError("The comment was changed again since. Undo the later change first")
    put_comment_back(session, event)
    event.undone = True
    session.add(_undo_event(event, now, user_id))
    session.flush()
    return 1


def _take_back(session: Session, event: Event, denial: Denial) -> None:
    if not still_stands(event, denial, decisions_of(session, denial)):
        raise ChangeError(f"D-{denial.number} was changed again since. Undo the later change first")
    for name, (before, _) in event.details.get("changes", {}).items():
        setattr(denial, name, value_of(name, before))
    for cause, before, _ in event.details.get("decisions", []):
        put(session, denial, cause, before)
    if "decisions" in event.details:
        _follow_again(session, denial)
    event.undone = True


def still_stands(event: Event, denial: Denial, said: Mapping[str, CauseDecision]) -> bool:
    """Whether a denial, and what was said about its causes, is as an event left it, so that it can be taken back."""
    changes: dict[str, list[Any]] = event.details.get("changes", {})
    decisions: list[list[Any]] = event.details.get("decisions", [])
    if decisions:
        # A cause nobody chose moves with the suggestions; that is no later change by a person.
        changes = {name: both for name, both in changes.items() if name == "cause_chosen_by_id"}
    return all(_plain(getattr(denial, name)) == after for name, (_, after) in changes.items()) and all(
        state_of(said.get(cause)) == after for cause, _, after in decisions
    )


def _follow_again(session: Session, denial: Denial) -> None:
    """Give a denial whose cause nobody chose the best suggestion of today: there may be others than at the time."""
    if denial.cause_chosen_by_id is not None:
        flag_modified(denial, "root_cause")
        return
    for name, value in follow(standing_suggestion(session, denial)).items():
        setattr(denial, name, value)


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
