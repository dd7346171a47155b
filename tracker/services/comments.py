"""Changing and removing one's own comments on a denial; both are kept in the activity and can be undone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Event

COMMENT, CHANGED, REMOVED = "comment", "comment_changed", "comment_removed"


def own_comment(session: Session, practice_id: int, denial_id: int, event_id: int, user_id: int) -> Event | None:
    """Return a comment on a denial that a person wrote and that is not removed, by its id."""
    query = select(Event).where(
        Event.practice_id == practice_id, Event.id == event_id, Event.kind == COMMENT, Event.user_id == user_id,
        Event.subject_kind == "denial", Event.subject_id == denial_id, Event.undone.is_(False),
    )  # fmt: skip
    return session.scalar(query)


def change_comment(session: Session, comment: Event, text: str, now: datetime, user_id: int) -> Event | None:
    """Give a comment other words; returns the event that undoes it, None where the words are the same."""
    before = comment.details["text"]
    if before == text:
        return None
    comment.details = {"text": text}
    return _log(session, comment, CHANGED, [before, text], now, user_id)


def remove_comment(session: Session, comment: Event, now: datetime, user_id: int) -> Event:
    """Take a comment out of the activity; returns the event that brings it back."""
    comment.undone = True
    return _log(session, comment, REMOVED, [], now, user_id)


def _log(session: Session, comment: Event, kind: str, texts: list[str], now: datetime, user_id: int) -> Event:
    event = Event(
        practice_id=comment.practice_id, at=now, user_id=user_id, kind=kind, subject_kind=comment.subject_kind,
        subject_id=comment.subject_id, details={"comment": comment.id, "texts": texts},
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def comment_stands(session: Session, event: Event) -> bool:
    """Whether a comment is as a change or removal left it, so that this can be taken back."""
    comment = session.get_one(Event, (event.practice_id, event.details["comment"]))
    if event.kind == REMOVED:
        return comment.undone
    return not comment.undone and comment.details["text"] == event.details["texts"][1]


def put_comment_back(session: Session, event: Event) -> None:
    """Give a comment the words it had before a change, or bring a removed one back."""
    comment = session.get_one(Event, (event.practice_id, event.details["comment"]))
    if event.kind == REMOVED:
        comment.undone = False
    else:
        comment.details = {"text": event.details["texts"][0]}
