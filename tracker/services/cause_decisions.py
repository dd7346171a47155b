"""What people said about the causes of denials: rows kept, replaced and put back, each with who and when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from tracker.diagnosis import Choices
from tracker.models import CauseDecision, Denial, Suggestion

# A decision as an event keeps it: decision, reason, by (a user's id), at (ISO); None: nothing was said.
State = dict[str, Any] | None


def decisions_of(session: Session, denial: Denial) -> Mapping[str, CauseDecision]:
    """Return what was said about the causes of a denial, by root cause."""
    query = select(CauseDecision).where(
        CauseDecision.practice_id == denial.practice_id, CauseDecision.denial_id == denial.id
    )
    return {row.root_cause: row for row in session.scalars(query)}


def choices_by_payer(session: Session, practice_id: int) -> Mapping[int | None, Mapping[str, Choices]]:
    """Return how often people of a practice accepted and rejected each root cause, by payer."""
    query = (
        select(Denial.payer_id, CauseDecision.root_cause, CauseDecision.decision, func.count())
        .join(Denial, and_(Denial.practice_id == CauseDecision.practice_id, Denial.id == CauseDecision.denial_id))
        .where(CauseDecision.practice_id == practice_id)
        .group_by(Denial.payer_id, CauseDecision.root_cause, CauseDecision.decision)
    )
    found: dict[int | None, dict[str, Choices]] = defaultdict(dict)
    for payer_id, cause, decision, count in session.execute(query):
        counts = found[payer_id].get(cause, Choices())
        found[payer_id][cause] = counts._replace(**{decision: count})
    return found


def state_of(row: CauseDecision | None) -> State:
    """Return a decision as an event keeps it."""
    if row is None:
        return None
    return {
        "decision": row.decision,
        "reason": row.reason,
        "by": row.decided_by_id,
        "at": row.decided_at.isoformat(),
    }


def put(session: Session, denial: Denial, root_cause: str, state: State) -> None:
    """Make ``state`` what is said about a cause of a denial; None takes it away."""
    row = decisions_of(session, denial).get(root_cause)
    if state is None:
        if row is not None:
            session.delete(row)
    else:
        row = row or CauseDecision(practice_id=denial.practice_id, denial_id=denial.id, root_cause=root_cause)
        row.decision, row.reason = state["decision"], state["reason"]
        row.decided_by_id, row.decided_at = state["by"], datetime.fromisoformat(state["at"])
        session.add(row)
    session.flush()


def standing_suggestion(session: Session, denial: Denial) -> Suggestion | None:
    """Return the best suggestion of a denial that nobody rejected."""
    said = decisions_of(session, denial)
    rejected = {cause for cause, row in said.items() if row.decision == "rejected"}
    return next((row for row in suggestions_of(session, denial) if row.root_cause not in rejected), None)


def suggestions_of(session: Session, denial: Denial) -> Sequence[Suggestion]:
    """Return the causes suggested for a denial, best first, without those its facts rule out."""
    query = select(Suggestion).where(
        Suggestion.practice_id == denial.practice_id, Suggestion.denial_id == denial.id, Suggestion.ruled_out.is_(False)
    )
    return session.scalars(query.order_by(Suggestion.rank)).all()


def follow(suggestion: Suggestion | None) -> dict[str, Any]:
    """Return the columns of a denial whose cause follows a suggestion, or that has none; nobody chose it."""
    return {
        "root_cause": suggestion.root_cause if suggestion else "",
        "path": suggestion.path if suggestion else "",
        "strength": suggestion.strength if suggestion else "",
        "cause_chosen_by_id": None,
    }
