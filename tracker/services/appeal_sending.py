"""What happens to an appeal on its way: sent with proof, followed up, withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tracker.domain.appeal_life import FORWARDED, METHODS, AppealMoveError, Forwarding, require_move
from tracker.domain.deadlines import answer_due
from tracker.knowledge import Knowledge
from tracker.models import Appeal
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused, log_appeal, newest_letter
from tracker.services.clock_history import clock_before
from tracker.services.clocks import level_rule
from tracker.services.signature_requests import drop_request
from tracker.services.working import change_denials


@dataclass(frozen=True, slots=True)
class Sending:
    """How and when an appeal went out; ``tracking`` is the number of the portal, fax or parcel."""

    sent_on: date
    method: str
    tracking: str = ""


def usual_reply_due(session: Session, appeal: Appeal, sent_on: date, knowledge: Knowledge) -> date | None:
    """Return the day a payer of this kind has to decide by, or None where no source says how long it may take."""
    rule = level_rule(session, appeal.practice_id, appeal.payer_id, appeal.level, sent_on, knowledge)
    return answer_due(rule, sent_on, knowledge.closed_days) if rule is not None else None


def move(appeal: Appeal, status: str) -> None:
    """Move an appeal to another status. Raises AppealRefused, saying why, where its state does not allow it."""
    try:
        require_move(appeal.status, status)
    except AppealMoveError as problem:
        raise AppealRefused(str(problem)) from None
    appeal.status = status


def record_sent(  # who sent what, how and when
    session: Session, appeal: Appeal, sending: Sending, reply_due: date | None, now: datetime, today: date, user_id: int
) -> None:
    """Record that an appeal was sent; its open denials wait for the reply and their clock is the payer's.

    Raises AppealRefused unless the letter is signed, and for a day after today or an unknown way of sending.
    """
    if sending.method not in METHODS:
        raise AppealRefused("Choose how it was sent")
    _with_payer(session, appeal, sending, reply_due, now, today, user_id)


def _with_payer(  # what went out, when the answer is due
    session: Session, appeal: Appeal, sending: Sending, reply_due: date | None, now: datetime, today: date, user_id: int
) -> None:
    if sending.sent_on > today:
        raise AppealRefused("Date sent must be today or before")
    move(appeal, "sent")
    appeal.sent_on, appeal.sent_method, appeal.tracking = sending.sent_on, sending.method, sending.tracking
    appeal.reply_due = reply_due
    session.flush()
    waiting = [denial for denial in denials_of(session, appeal) if denial.is_open]
    values = {
        "status": "waiting_on_payer",
        "clock": "reply_due",
        "clock_rule": "",
        "file_by_safe": reply_due,
        "file_by_legal": reply_due,
        "snoozed_to": None,
    }
    change_denials(session, waiting, "status", values, now, user_id)
    details = {"on": sending.sent_on.isoformat(), "method": sending.method, "tracking": sending.tracking}
    log_appeal(session, appeal, "appeal_sent", now, user_id, details)


def record_forwarded(  # who was told of it, when
    session: Session, appeal: Appeal, by: Forwarding, sent_on: date, now: datetime, today: date, user_id: int
) -> None:
    """Record that the payer sent its refusal on to the next reviewer: no letter of ours goes out.

    Raises AppealRefused for a day after today.
    """
    move(appeal, "ready")
    sending = Sending(sent_on, FORWARDED)
    _with_payer(session, appeal, sending, sent_on + timedelta(days=by.answer_days), now, today, user_id)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A call or message about an appeal: with whom, the reference given, what was said, when to ask again."""

    on: date
    spoke_to: str
    reference: str
    words: str
    again_on: date | None = None


def record_follow_up(session: Session, appeal: Appeal, follow_up: FollowUp, now: datetime, user_id: int) -> None:
    """Keep a follow-up; a day to ask again puts the waiting denials aside until then.

    Raises AppealRefused for an appeal that was not sent.
    """
    if appeal.status != "sent":
        raise AppealRefused("Only an appeal that was sent can be followed up")
    if follow_up.again_on is not None and follow_up.again_on <= now.date():
        raise AppealRefused("The day to ask again must be after today")
    details = {
        "on": follow_up.on.isoformat(), "with": follow_up.spoke_to, "reference": follow_up.reference,
        "words": follow_up.words, "again_on": follow_up.again_on.isoformat() if follow_up.again_on else None,
    }  # fmt: skip
    log_appeal(session, appeal, "follow_up", now, user_id, details)
    if follow_up.again_on is not None:
        waiting = [denial for denial in denials_of(session, appeal) if denial.is_open]
        change_denials(session, waiting, "snooze", {"snoozed_to": follow_up.again_on}, now, user_id)


def withdraw(session: Session, appeal: Appeal, knowledge: Knowledge, now: datetime, user_id: int) -> None:
    """Give an appeal up; its open denials go back to review and to the clock they had before it was sent.

    Raises AppealRefused for a decided one.
    """
    was_sent = appeal.status == "sent"
    move(appeal, "withdrawn")
    log_appeal(session, appeal, "appeal_withdrawn", now, user_id, {})
    drop_request(session, appeal, newest_letter(session, appeal))
    if was_sent:
        for denial in denials_of(session, appeal):
            if denial.is_open:
                values = clock_before(session, denial, "reply_due", knowledge) if denial.clock == "reply_due" else {}
                change_denials(session, [denial], "status", values | {"status": "in_review"}, now, user_id)
