"""The requests for records of the session's practices, and everything the page of one shows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import METHODS
from tracker.knowledge import Knowledge
from tracker.models import Attachment, Claim, Denial, Event, Patient, Payer, Practice, RecordsRequest
from tracker.reports.followed_requests import denials_after
from tracker.reports.people import user_names
from tracker.services.clock_history import BY_HAND
from tracker.services.records_requests import records_clock

_MOST = 500


class RequestRow(NamedTuple):
    """A request with its claim, whose it is."""

    request: RecordsRequest
    claim: Claim
    patient: Patient
    payer: Payer
    practice: Practice


class RequestEntry(NamedTuple):
    """One thing that happened to a request."""

    at: datetime
    words: str
    by: str


class RequestPage(NamedTuple):
    """One request. ``words`` say how its date was counted, ``source`` where that stands; ``denials`` followed it."""

    row: RequestRow
    letter: Attachment | None
    words: str
    source: str
    history: tuple[RequestEntry, ...]
    denials: Sequence[Denial]


def requests_list(session: Session, most: int = _MOST) -> Sequence[RequestRow]:
    """Return at most ``most`` requests, the open ones first, the nearest date first."""
    query = _rows().order_by(
        RecordsRequest.closed_on.is_not(None), RecordsRequest.due_safe.is_(None), RecordsRequest.due_safe,
        RecordsRequest.id,
    )  # fmt: skip
    return [RequestRow(*row) for row in session.execute(query.limit(most))]


def _rows() -> Select[RecordsRequest, Claim, Patient, Payer, Practice]:
    return (
        select(RecordsRequest, Claim, Patient, Payer, Practice)
        .join(Claim, and_(Claim.practice_id == RecordsRequest.practice_id, Claim.id == RecordsRequest.claim_id))
        .join(Patient, and_(Patient.practice_id == Claim.practice_id, Patient.id == Claim.patient_id))
        .join(Payer, Payer.id == Claim.payer_id)
        .join(Practice, Practice.id == RecordsRequest.practice_id)
    )


def request_page(session: Session, public_id: str, knowledge: Knowledge) -> RequestPage | None:
    """Return a request the session may see, by the id in its address."""
    found = session.execute(_rows().where(RecordsRequest.public_id == public_id)).first()
    if found is None:
        return None
    row = RequestRow(*found)
    request = row.request
    letter = session.get(Attachment, (request.practice_id, request.letter_id)) if request.letter_id else None
    words, source = _counted(session, row, knowledge)
    denials = denials_after(session, request, knowledge)
    return RequestPage(row, letter, words, source, tuple(_history(session, request)), denials)


def _counted(session: Session, row: RequestRow, knowledge: Knowledge) -> tuple[str, str]:
    if row.request.clock_rule == BY_HAND:
        return "The date is the one the payer named.", ""
    due = records_clock(session, row.claim, row.request.requested_on, knowledge)
    return (due.words, due.rule.source) if due is not None else ("", "")


def _history(session: Session, request: RecordsRequest) -> Sequence[RequestEntry]:
    query = select(Event).where(
        Event.practice_id == request.practice_id, Event.subject_kind == "records_request",
        Event.subject_id == request.id,
    )  # fmt: skip
    events = session.scalars(query.order_by(Event.at.desc(), Event.id.desc())).all()
    names = user_names(session, (event.user_id for event in events))
    return [RequestEntry(event.at, _words(event), names.get(event.user_id or 0, "")) for event in events]


def _words(event: Event) -> str:
    details = event.details
    if event.kind == "request_due":
        since = f", was {_day(details['before'])}" if details.get("before") else ""
        return f"Records due {_day(details['after'])}{since}"
    if event.kind == "records_sent":
        return f"Records sent on {sent_words(details)}"
    return {
        "request_logged": "Logged from the payer's letter",
        "request_dropped": "Closed: no longer wanted",
        "request_reopened": "Opened again",
    }[event.kind]


def sent_words(details: dict[str, str]) -> str:
    """Return when and how records went out, in words."""
    tracking = f", number {details['tracking']}" if details.get("tracking") else ""
    return f"{_day(details['on'])}: {METHODS.get(details['method'], '')}{tracking}"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%m/%d/%Y}"
