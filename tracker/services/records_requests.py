"""A payer's requests for records (ADR): logged from its letter and answered, each with its own "Records due" clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import METHODS
from tracker.domain.deadlines import Clock
from tracker.knowledge import Knowledge
from tracker.models import Claim, Denial, Event, Payer, Practice, RecordsRequest
from tracker.services.acting import Acting
from tracker.services.added_files import AddedFile
from tracker.services.appeal_sending import Sending
from tracker.services.clock_history import BY_HAND, clock_before
from tracker.services.clock_moves import COUNTED
from tracker.services.clocks import counted, profile_of, rule_in_use
from tracker.services.diagnosing import diagnose_claims
from tracker.services.working import ChangeError, change_denials

CLOCK = "records_due"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the payer's letter says. ``due`` is its own last day; without one the rule of the payer's kind counts."""

    requested_on: date
    wanted: str
    reference: str = ""
    due: date | None = None
    letter: AddedFile | None = None


def records_clock(session: Session, claim: Claim, requested_on: date, knowledge: Knowledge) -> Clock | None:
    """Return the clock of a request of a day about a claim, None where no source says how long its payer gives."""
    payer = session.get_one(Payer, claim.payer_id)
    profile = profile_of(session, claim.practice_id, payer.id)
    rule = rule_in_use(knowledge, payer.kind, profile, "records", 0, requested_on)
    return counted(rule, requested_on, knowledge)


def log_request(session: Session, claim: Claim, asked: Asked, knowledge: Knowledge, acting: Acting) -> RecordsRequest:
    """Keep a request and its letter. Open denials of the claim run on it from now, unless their own date is nearer.

    Raises ChangeError for a letter of a day after today, or a last day before it.
    """
    if asked.requested_on > acting.today:
        raise ChangeError("Date of the letter must be today or before", "requested_on")
    if asked.due is not None and asked.due < asked.requested_on:
        raise ChangeError("Records due must not be before the letter", "due")
    practice = session.get_one(Practice, claim.practice_id, with_for_update=True)
    row = RecordsRequest(
        practice_id=claim.practice_id, number=practice.next_request_number, claim_id=claim.id, owner_id=acting.user_id,
        requested_on=asked.requested_on, reference=asked.reference, wanted=asked.wanted, logged_at=acting.now,
        **_dates(records_clock(session, claim, asked.requested_on, knowledge), asked.due),
    )  # fmt: skip
    practice.next_request_number += 1
    if asked.letter is not None:
        kept = asked.letter.attachment(claim.practice_id, "request", acting.now, acting.user_id)
        session.add(kept)
        session.flush()
        row.letter_id = kept.id
    session.add(row)
    session.flush()
    _log(session, row, "request_logged", acting)
    _run_denials_on(session, row, acting)
    _look_again(session, row, knowledge, acting)
    return row


def _dates(due: Clock | None, typed: date | None) -> dict[str, Any]:
    if typed is not None:
        return {"clock_rule": BY_HAND, "due_safe": typed, "due_legal": typed}
    if due is None:
        return {"clock_rule": "", "due_safe": None, "due_legal": None}
    return {"clock_rule": due.rule.id, "due_safe": due.safe, "due_legal": due.legal}


def _run_denials_on(session: Session, row: RecordsRequest, acting: Acting) -> None:
    due = row.due_safe
    if due is None:
        return
    ours = [
        denial
        for denial in _open_denials(session, row.practice_id, row.claim_id)
        if denial.clock in COUNTED and (denial.file_by_safe is None or due <= denial.file_by_safe)
    ]
    values = {
        "status": "needs_note", "clock": CLOCK, "clock_rule": row.clock_rule, "notice_on": row.requested_on,
        "received_on": None, "extension_days": 0, "file_by_safe": due, "file_by_legal": row.due_legal,
    }  # fmt: skip
    change_denials(session, ours, "records_asked", values, acting.now, acting.user_id, {"request": row.number})


def _open_denials(session: Session, practice_id: int, claim_id: int) -> Sequence[Denial]:
    query = select(Denial).where(Denial.practice_id == practice_id, Denial.claim_id == claim_id, Denial.is_open)
    return session.scalars(query.order_by(Denial.number)).all()


def requests_of(session: Session, practice_id: int, claim_id: int) -> Sequence[RecordsRequest]:
    """Return the requests about a claim, newest letter first."""
    query = select(RecordsRequest).where(RecordsRequest.practice_id == practice_id, RecordsRequest.claim_id == claim_id)
    return session.scalars(query.order_by(RecordsRequest.requested_on.desc(), RecordsRequest.id.desc())).all()


def move_due(session: Session, row: RecordsRequest, due: date, knowledge: Knowledge, acting: Acting) -> None:
    """Set another last day, as the payer said. Raises ChangeError for a closed request or a day before the letter."""
    if row.closed_on is not None:
        raise ChangeError("This request is closed. Open it again first", "due")
    if due < row.requested_on:
        raise ChangeError("Records due must not be before the letter", "due")
    before = row.due_safe
    row.clock_rule, row.due_safe, row.due_legal = BY_HAND, due, due
    details = {"before": before.isoformat() if before else None, "after": due.isoformat()}
    _log(session, row, "request_due", acting, details)
    running = [one for one in _open_denials(session, row.practice_id, row.claim_id) if one.clock == CLOCK]
    values = {"clock_rule": BY_HAND, "file_by_safe": due, "file_by_legal": due}
    change_denials(session, running, "deadline", values, acting.now, acting.user_id)
    session.flush()
    _look_again(session, row, knowledge, acting)


def close_request(
    session: Session, row: RecordsRequest, sent: Sending | None, knowledge: Knowledge, acting: Acting,
) -> None:  # fmt: skip
    """Close a request: the records went out as ``sent`` says, or (None) they are no longer wanted.

    Denials that ran on it run on the clock they had before. Raises ChangeError for a sending that cannot be.
    """
    if sent is not None:
        _refuse_impossible(sent, row.requested_on, acting.today)
        row.sent_method, row.tracking = sent.method, sent.tracking
    row.closed_on = sent.sent_on if sent is not None else acting.today
    details = {"on": row.closed_on.isoformat(), "method": row.sent_method, "tracking": row.tracking}
    _log(session, row, "records_sent" if sent is not None else "request_dropped", acting, details)
    session.flush()
    if not any(one.closed_on is None for one in requests_of(session, row.practice_id, row.claim_id)):
        give_clocks_back(session, row.practice_id, row.claim_id, details, knowledge, acting)
    _look_again(session, row, knowledge, acting)


def _refuse_impossible(sent: Sending, asked_on: date, today: date) -> None:
    if not asked_on <= sent.sent_on <= today:
        raise ChangeError(f"Date sent must be from {asked_on:%m/%d/%Y}, the request, to today", "sent_on")
    if sent.method not in METHODS:
        raise ChangeError("Choose how it was sent", "method")


def reopen_request(session: Session, row: RecordsRequest, knowledge: Knowledge, acting: Acting) -> None:
    """Open a closed request again."""
    row.closed_on, row.sent_method, row.tracking = None, "", ""
    _log(session, row, "request_reopened", acting)
    _run_denials_on(session, row, acting)
    session.flush()
    _look_again(session, row, knowledge, acting)


def _look_again(session: Session, row: RecordsRequest, knowledge: Knowledge, acting: Acting) -> None:
    """Look for the causes of the claim's denials again: whether records were asked for and sent is one of them."""
    diagnose_claims(session, row.practice_id, [row.claim_id], knowledge, acting.today)


def records_sent(session: Session, denial: Denial, sent: Sending, knowledge: Knowledge, acting: Acting) -> None:
    """Record that the records a denial's clock waits for went out: its claim's requests close, its old clock runs.

    Raises ChangeError for a sending that cannot be, or where no records are due.
    """
    if denial.clock != CLOCK:
        raise ChangeError("No records are due for this denial", "sent_on")
    _refuse_impossible(sent, denial.notice_on, acting.today)
    rows = requests_of(session, denial.practice_id, denial.claim_id)
    for row in rows:
        if row.closed_on is None:
            close_request(session, row, sent, knowledge, acting)
    details = {"on": sent.sent_on.isoformat(), "method": sent.method, "tracking": sent.tracking}
    give_clocks_back(session, denial.practice_id, denial.claim_id, details, knowledge, acting)


def give_clocks_back(
    session: Session, practice_id: int, claim_id: int, details: dict[str, Any], knowledge: Knowledge, acting: Acting,
) -> None:  # fmt: skip
    """Let the denials of a claim that wait for records run on the clock they had before, counted anew by its rule."""
    for denial in _open_denials(session, practice_id, claim_id):
        if denial.clock == CLOCK:
            values = clock_before(session, denial, CLOCK, knowledge)
            change_denials(session, [denial], "records_sent", values, acting.now, acting.user_id, details)


def _log(
    session: Session, row: RecordsRequest, kind: str, acting: Acting, details: dict[str, Any] | None = None
) -> None:
    session.add(
        Event(
            practice_id=row.practice_id, at=acting.now, user_id=acting.user_id, kind=kind, subject_kind="records_request",
            subject_id=row.id, details=details or {},
        )
    )  # fmt: skip
