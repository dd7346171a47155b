"""A remittance that pays what an appeal asked for is the payer's decision: the outcome is made from it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from tracker.day_counts import touch_courses
from tracker.domain.appeal_life import Result
from tracker.domain.denial_life import AnswerKind
from tracker.models import Appeal, AppealDenial, ClaimPayment, Denial, DenialAnswer, Event, Outcome, Remittance
from tracker.services.appeal_sending import move
from tracker.services.outcomes import undecided


class PaidLine(NamedTuple):
    """A payment on a denial that an appeal was waiting for, in cents."""

    appeal: Appeal
    denial: Denial
    claim_payment_id: int
    amount_cents: int
    paid_on: date


def record_payments(session: Session, practice_id: int, import_id: int, now: datetime) -> None:
    """Record the outcomes that the payments of one import are.

    A payment that settles the line overturns the denial; one that leaves the rest denied does so in part. Appeals whose lines are all
    decided then are decided. A corrected claim has no appeal, so its payment is never counted as an overturned one.
    """
    lines = _paid_lines(session, practice_id, import_id)
    for line in lines:
        _record(session, line, now)
    for appeal in {line.appeal.id: line.appeal for line in lines}.values():
        _decide_if_done(session, appeal)


def _paid_lines(session: Session, practice_id: int, import_id: int) -> list[PaidLine]:
    query = (
        select(Appeal, Denial, DenialAnswer.claim_payment_id, DenialAnswer.amount_cents, DenialAnswer.answered_on)
        .join(AppealDenial, and_(AppealDenial.practice_id == Appeal.practice_id, AppealDenial.appeal_id == Appeal.id))
        .join(Denial, and_(Denial.practice_id == Appeal.practice_id, Denial.id == AppealDenial.denial_id))
        .join(DenialAnswer, and_(DenialAnswer.practice_id == Appeal.practice_id, DenialAnswer.denial_id == Denial.id))
        .join(
            ClaimPayment,
            and_(
                ClaimPayment.practice_id == DenialAnswer.practice_id, ClaimPayment.id == DenialAnswer.claim_payment_id
            ),
        )
        .join(
            Remittance,
            and_(Remittance.practice_id == ClaimPayment.practice_id, Remittance.id == ClaimPayment.remittance_id),
        )
        .where(
            Appeal.practice_id == practice_id,
            Appeal.status == "sent",
            Remittance.import_id == import_id,
            DenialAnswer.kind.in_([str(AnswerKind.PAYMENT), str(AnswerKind.REPEAT)]),  # a part paid, the rest denied
            DenialAnswer.amount_cents > 0,
            DenialAnswer.answered_on >= Appeal.sent_on,
        )
        .order_by(DenialAnswer.id)
    )
    return [
        PaidLine(appeal, denial, payment_id, cents, paid_on)
        for appeal, denial, payment_id, cents, paid_on in session.execute(query)
        if payment_id is not None
    ]


def _record(session: Session, line: PaidLine, now: datetime) -> None:
    session.execute(
        delete(Outcome).where(
            Outcome.practice_id == line.appeal.practice_id,
            Outcome.appeal_id == line.appeal.id,
            Outcome.denial_id == line.denial.id,
        )
    )
    result = Result.PARTLY if line.denial.is_open else Result.OVERTURNED
    amount = min(line.amount_cents, line.denial.amount_cents)
    session.add(
        Outcome(
            practice_id=line.appeal.practice_id, appeal_id=line.appeal.id, denial_id=line.denial.id,
            claim_payment_id=line.claim_payment_id, result=str(result), amount_cents=amount, decided_on=line.paid_on,
            recorded_at=now,
        )
    )  # fmt: skip
    details = {"on": line.paid_on.isoformat(), "amount_cents": amount, "denial": line.denial.number}
    session.add(
        Event(
            practice_id=line.appeal.practice_id, at=now, kind="decision_paid", subject_kind="appeal",
            subject_id=line.appeal.id, details=details,
        )
    )  # fmt: skip
    session.flush()


def _decide_if_done(session: Session, appeal: Appeal) -> None:
    if not undecided(session, appeal):
        move(appeal, "decided")
        session.flush()


def forget_payments(session: Session, practice_id: int, claim_payment_ids: Iterable[int]) -> None:
    """Take back the outcomes that some payments were (their import is undone): the appeals are with the payer again."""
    mine = (Outcome.practice_id == practice_id, Outcome.claim_payment_id.in_(list(claim_payment_ids)))
    appeals = session.scalars(
        select(Appeal).where(
            Appeal.practice_id == practice_id, Appeal.id.in_(select(Outcome.appeal_id).where(*mine).distinct())
        )
    ).all()
    touch_courses(session, practice_id, session.scalars(select(Outcome.denial_id).where(*mine)))
    session.execute(delete(Outcome).where(*mine))
    for appeal in appeals:
        if appeal.status == "decided":
            move(appeal, "sent")
    session.flush()
