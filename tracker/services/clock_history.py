"""A denial's clock counted anew, and the one it ran on before another took its place."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.models import Denial, Event
from tracker.services.clock_moves import COUNTED, Running, counted_clock
from tracker.services.working import value_of

BY_HAND = "by_hand"


def recounted(session: Session, denial: Denial, knowledge: Knowledge, running: Running) -> dict[str, Any]:
    """Return the columns of a denial whose clock counts as ``running``; without a rule there is no date."""
    due = counted_clock(session, denial, knowledge, running)
    return {
        **running._asdict(),
        "clock_rule": due.rule.id if due else "",
        "file_by_safe": due.safe if due else None,
        "file_by_legal": due.legal if due else None,
    }


def clock_before(session: Session, denial: Denial, clock: str, knowledge: Knowledge) -> dict[str, Any]:
    """Return the columns of the clock a denial ran on before the one named ``clock`` took its place.

    A date that a rule counts is counted anew; one without a rule comes back as it was.
    """
    query = (
        select(Event)
        .where(
            Event.practice_id == denial.practice_id, Event.subject_kind == "denial", Event.subject_id == denial.id,
            Event.undone.is_(False),
        )
        .order_by(Event.at.desc(), Event.id.desc())
    )  # fmt: skip
    changed = [event.details.get("changes", {}) for event in session.scalars(query)]
    taken: dict[str, Any] = next((each for each in changed if each.get("clock", [None, None])[1] == clock), {})
    before = {name: value_of(name, values[0]) for name, values in taken.items()}
    if denial.status != taken.get("status", [None, None])[1]:
        before.pop("status", None)
    running = Running(
        before.get("clock", "file_by"), before.get("notice_on", denial.notice_on),
        before.get("received_on", denial.received_on), before.get("extension_days", denial.extension_days),
    )  # fmt: skip
    if before.get("clock_rule", denial.clock_rule) == BY_HAND or running.clock not in COUNTED:
        return before
    return before | recounted(session, denial, knowledge, running)
