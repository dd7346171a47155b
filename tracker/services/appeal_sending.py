"""What happens to an appeal on its way: sent with proof, followed up, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import METHODS, AppealMoveError, require_move
from tracker.domain.deadlines import answer_due
from tracker.knowledge import Knowledge
from tracker.models import Appeal, AppealDenial, Denial
from tracker.services.appealing import AppealRefused, log_appeal
from tracker.services.clocks import level_rule
from tracker.services.working import change_denials


@dataclass(frozen=True, slots=True)
class Sending:
    """How and when an appeal went out; ``tracking`` is the number of the portal, fax or parcel."""

    sent_on: date
    method: str
    tracking: str = ""


def denials_of(session: Session, appeal: Appeal) -> Sequence[Denial]:
    """Return the denials an appeal is about, in the order of their numbers."""
    query = (
        select(Denial)
        .join(AppealDenial, and_(AppealDenial.practice_id == Denial.practice_id, AppealDenial.denial_id == Denial.id))
        .where(AppealDenial.practice_id == appeal.practice_id, AppealDenial.appeal_id == appeal.id)
    )
    return session.scalars(query.order_by(Denial.number)).all()


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
    if sending.sent_on > today:
        raise AppealRefused("Date sent must be today or before")
    if sending.method not in METHODS:
        raise AppealRefused("Choose how it was sent")
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


def withdraw(session: Session, appeal: Appeal, now: datetime, user_id: int) -> None:
    """Give an appeal up; its open denials go back to review. Raises AppealRefused for a decided one."""
    was_sent = appeal.status == "sent"
    move(appeal, "withdrawn")
    log_appeal(session, appeal, "appeal_withdrawn", now, user_id, {})
    if was_sent:
        open_ones = [denial for denial in denials_of(session, appeal) if denial.is_open]
        change_denials(session, open_ones, "status", {"status": "in_review"}, now, user_id)
