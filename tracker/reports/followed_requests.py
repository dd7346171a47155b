"""Which request for records a denial followed, and which denials followed a request."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.records_asked import Answered
from tracker.knowledge import Knowledge
from tracker.models import Denial, RecordsRequest
from tracker.services.asked_records import asked_records, request_behind

_WORDS = {
    Answered.NOT_BY_DUE: "No answer is recorded, and its last day had passed",
    Answered.NOT_YET: "No answer was recorded yet",
    Answered.LATE: "The records went out after its last day",
    Answered.IN_TIME: "The records went out in time: enclose the proof of sending",
}


class FollowedRequest(NamedTuple):
    """A request for records with how it stood when the payer denied, in words."""

    request: RecordsRequest
    words: str


def followed_request(session: Session, denial: Denial, knowledge: Knowledge) -> FollowedRequest | None:
    """Return the request for records that a denial followed, None where there is none."""
    request = request_behind(session, denial, knowledge)
    if request is None:
        return None
    return FollowedRequest(request, _WORDS[asked_records(request).stood(denial.denied_on)])


def denials_after(session: Session, request: RecordsRequest, knowledge: Knowledge) -> Sequence[Denial]:
    """Return the denials of a request's claim that followed it, by number."""
    query = select(Denial).where(Denial.practice_id == request.practice_id, Denial.claim_id == request.claim_id)
    denials = session.scalars(query.order_by(Denial.number)).all()
    return [denial for denial in denials if request_behind(session, denial, knowledge) is request]
