"""What a payer decided on an appeal, line by line, and what follows: closed, the next level's clock, records wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Consequence, DecisionError, Result, consequence, forwarding, require_amount
from tracker.domain.deadlines import Clock
from tracker.domain.statuses import status_after_closing
from tracker.knowledge import Knowledge
from tracker.models import Appeal, Denial, Outcome, Payer
from tracker.services.appeal_sending import move
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused, log_appeal
from tracker.services.barring import is_late_medicare_claim
from tracker.services.clocks import counted, counted_from_service, level_rule, profile_of, rule_after
from tracker.services.working import change_denials


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What the payer said of one denial: the result, and the cents it allows."""

    denial_id: int
    result: Result
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A payer's answer to an appeal. ``records_due`` is set by the payer when it wants more information."""

    decided_on: date
    lines: Sequence[LineDecision]
    reference: str = ""
    reason: str = ""
    records_due: date | None = None


def next_level_clock(
    session: Session, appeal: Appeal, decided_on: date, knowledge: Knowledge, *, dismissed: bool = False
) -> Clock | None:
    """Return the clock of what follows an appeal that was decided or ``dismissed``, or None where none is known.

    It counts from the decision, from the first denial where both levels share one window, or from the first date of
    service where the rule says so.
    """
    payer = session.get_one(Payer, appeal.payer_id)
    if asks_for_exception(session, appeal, payer.kind):
        return None
    profile = profile_of(session, appeal.practice_id, payer.id)
    rule = rule_after(knowledge, payer.kind, profile, appeal.level, decided_on, dismissed=dismissed)
    if rule is not None and rule.from_denial:
        return counted(rule, min(denial.denied_on for denial in denials_of(session, appeal)), knowledge)
    if rule is not None and rule.counts_service:
        served = [denial.service_date for denial in denials_of(session, appeal) if denial.service_date is not None]
        return counted_from_service(rule, min(served, default=None), knowledge)
    return counted(rule, decided_on, knowledge)


def record_decision(
    session: Session,
    appeal: Appeal,
    decision: Decision,
    knowledge: Knowledge,
    now: datetime,
    today: date,
    user_id: int,
) -> None:
    """Record a payer's decision on every line of an appeal that is not decided yet.

    A line that a remittance paid, or an earlier answer decided, keeps that decision. Overturned lines close; upheld
    ones stay open with the next level's clock, dismissed ones with that of the dismissal's review where there is one; a
    request for more information leaves the appeal with the payer. Raises AppealRefused, and nothing is changed, when the appeal was not
    sent, the date is impossible, a line is missing, or an amount does not fit its result.
    """
    denials = {denial.id: denial for denial in undecided(session, appeal)}
    _refuse_impossible(appeal, decision, denials, today)
    _forget_requests(session, appeal)
    following = {
        dismissed: next_level_clock(session, appeal, decision.decided_on, knowledge, dismissed=dismissed)
        for dismissed in {line.result is Result.DISMISSED for line in decision.lines}
    }
    has_next_level = _has_next_level(session, appeal, decision.decided_on, knowledge)
    for line in decision.lines:
        session.add(_outcome(appeal, decision, line, now, user_id))
        after = consequence(line.result, has_next_level=has_next_level)
        values = _values(after, decision, following[line.result is Result.DISMISSED])
        change_denials(session, [denials[line.denial_id]], _event_kind(after), values, now, user_id)
    if all(line.result.decides for line in decision.lines):
        move(appeal, "decided")
    details = {"on": decision.decided_on.isoformat(), "results": sorted({str(line.result) for line in decision.lines})}
    log_appeal(session, appeal, "decision", now, user_id, details)
    session.flush()


def _refuse_impossible(appeal: Appeal, decision: Decision, denials: Mapping[int, Denial], today: date) -> None:
    if appeal.status != "sent":
        raise AppealRefused("Record first when and how this appeal was sent")
    if decision.decided_on > today:
        raise AppealRefused("Date of the decision must be today or before")
    if appeal.sent_on is not None and decision.decided_on < appeal.sent_on:
        raise AppealRefused(f"Date of the decision must not be before the appeal was sent, {appeal.sent_on:%m/%d/%Y}")
    if sorted(line.denial_id for line in decision.lines) != sorted(denials):
        raise AppealRefused("Say for each line what the payer decided")
    for line in decision.lines:
        denial = denials[line.denial_id]
        try:
            require_amount(line.result, line.amount_cents, denial.amount_cents)
        except DecisionError as problem:
            raise AppealRefused(f"D-{denial.number}: {problem}") from None


def _forget_requests(session: Session, appeal: Appeal) -> None:
    """A decision takes the place of an earlier request for information; that stays in the activity."""
    for outcome in outcomes_of(session, appeal):
        if not Result(outcome.result).decides:
            session.delete(outcome)
    session.flush()


def asks_for_exception(session: Session, appeal: Appeal, payer_kind: str) -> bool:
    """Whether a request is only about claims Medicare Part B denied as late, so that no level follows a refusal."""
    return all(is_late_medicare_claim(payer_kind, denial.carc) for denial in denials_of(session, appeal))


def _has_next_level(session: Session, appeal: Appeal, decided_on: date, knowledge: Knowledge) -> bool:
    kind = session.get_one(Payer, appeal.payer_id).kind
    if asks_for_exception(session, appeal, kind):
        return False
    if forwarding(kind, appeal.level + 1) is not None:
        return True
    return level_rule(session, appeal.practice_id, appeal.payer_id, appeal.level + 1, decided_on, knowledge) is not None


def outcomes_of(session: Session, appeal: Appeal) -> Sequence[Outcome]:
    """Return what was decided about an appeal's lines."""
    query = select(Outcome).where(Outcome.practice_id == appeal.practice_id, Outcome.appeal_id == appeal.id)
    return session.scalars(query.order_by(Outcome.denial_id)).all()


def undecided(session: Session, appeal: Appeal) -> Sequence[Denial]:
    """Return the denials of an appeal that nothing has decided yet."""
    decided = {outcome.denial_id for outcome in outcomes_of(session, appeal) if Result(outcome.result).decides}
    return [denial for denial in denials_of(session, appeal) if denial.id not in decided]


def _outcome(appeal: Appeal, decision: Decision, line: LineDecision, now: datetime, user_id: int) -> Outcome:
    return Outcome(
        practice_id=appeal.practice_id, appeal_id=appeal.id, denial_id=line.denial_id, result=str(line.result),
        amount_cents=line.amount_cents, decided_on=decision.decided_on, reference=decision.reference,
        reason=decision.reason, recorded_at=now, recorded_by_id=user_id,
    )  # fmt: skip


def _event_kind(after: Consequence) -> str:
    return "status" if after.is_open else "closed"


def _values(after: Consequence, decision: Decision, following: Clock | None) -> dict[str, Any]:
    if not after.is_open:
        return {
            "status": status_after_closing(after.close_reason), "is_open": False, "close_reason": after.close_reason,
            "closed_on": decision.decided_on, "snoozed_to": None,
        }  # fmt: skip
    notice = {"notice_on": decision.decided_on, "received_on": None, "extension_days": 0, "snoozed_to": None}
    if after.clock == "records_due":
        due = decision.records_due
        return notice | {
            "status": "needs_note", "clock": "records_due", "clock_rule": "by_hand" if due else "",
            "file_by_safe": due, "file_by_legal": due,
        }  # fmt: skip
    return notice | {
        "status": "in_review", "clock": "next_level", "clock_rule": following.rule.id if following else "",
        "file_by_safe": following.safe if following else None, "file_by_legal": following.legal if following else None,
    }  # fmt: skip
