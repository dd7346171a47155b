"""A person accepts, rejects or picks the cause of a denial: the choice stands until a person changes it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.diagnosis.remedies import remedy_for
from tracker.knowledge import Knowledge
from tracker.models import Denial, Event
from tracker.services.cases import stored_cases
from tracker.services.cause_decisions import (
    State,
    decisions_of,
    follow,
    put,
    standing_suggestion,
    state_of,
    suggestions_of,
)
from tracker.services.working import ChangeError, change_denials

LONGEST_REASON = 200


class _Act(NamedTuple):
    """What a person did: the event's kind, the cause it was about, when, who."""

    kind: str
    root_cause: str
    now: datetime
    user_id: int

    def state(self, decision: str, reason: str = "") -> State:
        return {
            "decision": decision,
            "reason": reason[:LONGEST_REASON],
            "by": self.user_id,
            "at": self.now.isoformat(),
        }


def usual_path(session: Session, denial: Denial, root_cause: str, knowledge: Knowledge, today: date) -> str:
    """Return the path a cause leads to for a denial's line by the rules, empty when they name none."""
    stored = stored_cases(session, denial.practice_id, (denial.claim_id,), today)[denial.claim_id]
    lines = [each.line for each in stored.case.claim.lines]
    line = stored.line_numbers.get(denial.claim_line_id) if denial.claim_line_id else min(lines, default=None)
    return remedy_for(stored.case, line, root_cause, knowledge).path if line in lines else ""


def choose_cause(
    session: Session, denial: Denial, root_cause: str, usual_path: str, now: datetime, user_id: int
) -> Event | None:
    """Record the cause a person decided on, suggested or not; None when it was their choice already.

    Path and strength are the suggestion's; without one the path is ``usual_path`` and no strength is claimed.
    """
    said = decisions_of(session, denial)
    before = said.get(root_cause)
    if before is not None and before.decision == "accepted" and denial.root_cause == root_cause:
        return None
    suggested = next((row for row in suggestions_of(session, denial) if row.root_cause == root_cause), None)
    states: dict[str, State] = {cause: None for cause, row in said.items() if row.decision == "accepted"}
    act = _Act("cause", root_cause, now, user_id)
    states[root_cause] = act.state("accepted")
    values = {
        "root_cause": root_cause,
        "path": suggested.path if suggested else usual_path,
        "strength": suggested.strength if suggested else "",
        "cause_chosen_by_id": user_id,
    }
    return _decide(session, denial, act, states, values)


def reject_cause(
    session: Session, denial: Denial, root_cause: str, reason: str, now: datetime, user_id: int
) -> Event | None:
    """Record that a cause is not it, with a short reason or none; the next suggestion takes its place.

    A different cause that a person chose stays. Raises ChangeError for a cause that was rejected already.
    """
    said = decisions_of(session, denial).get(root_cause)
    if said is not None and said.decision == "rejected":
        raise ChangeError("This cause was ruled out already. Pick it to take that back")
    act = _Act("cause_rejected", root_cause, now, user_id)
    states = {root_cause: act.state("rejected", reason)}
    chosen_elsewhere = denial.cause_chosen_by_id is not None and denial.root_cause != root_cause
    return _decide(session, denial, act, states, None if chosen_elsewhere else {})


def _decide(
    session: Session, denial: Denial, act: _Act, states: Mapping[str, State], values: dict[str, Any] | None
) -> Event:
    """Keep decisions and set the denial's cause: ``values``; empty, the best suggestion left; None, as it is."""
    said = decisions_of(session, denial)
    kept = [[cause, state_of(said.get(cause)), state] for cause, state in states.items()]
    for cause, state in states.items():
        put(session, denial, cause, state)
    if values is not None:
        values = values or follow(standing_suggestion(session, denial))
    event = change_denials(session, [denial], act.kind, values or {}, act.now, act.user_id)
    if event is None:
        # The denial's own columns stay, yet whoever has the page open has not seen this: their version is old.
        flag_modified(denial, "root_cause")
        event = Event(
            practice_id=denial.practice_id, at=act.now, user_id=act.user_id, kind=act.kind, subject_kind="denial",
            subject_id=denial.id, details={"changes": {}},
        )  # fmt: skip
        session.add(event)
    event.details = event.details | {"cause": act.root_cause, "decisions": kept}
    session.flush()
    return event
