"""What people do about money a payer took back: accept it, or record that they disputed it."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.deadlines import Clock
from tracker.knowledge import Knowledge
from tracker.models import Event, Payer, PayerProfile, ProviderAdjustment, Remittance
from tracker.services.clocks import Start, file_by


class TakebackRefused(Exception):  # noqa: N818  # an answer, not a fault
    """Raised for a step that is not possible; the message says why."""


def dispute_clock(payer_kind: str, taken_on: date, profile: PayerProfile | None, knowledge: Knowledge) -> Clock | None:
    """Return the clock of a dispute, counted like a first appeal from the remittance that took the money.

    ``profile`` holds the practice's own limits for the payer, which win. None where no limit is known. A demand letter that came earlier has its own date, which then decides
    (42 CFR 405.924(b)(12), 405.942: an overpayment determination is appealed like a denial).
    """
    return file_by(knowledge, Start(payer_kind, taken_on, None), profile)


def move_disputes(
    session: Session, practice_id: int, payer: Payer, profile: PayerProfile | None, knowledge: Knowledge
) -> None:
    """Count the dates of a payer's open takebacks anew, by the practice's limits as they are now."""
    query = (
        select(ProviderAdjustment, Remittance.payment_date)
        .join(
            Remittance,
            and_(
                Remittance.practice_id == ProviderAdjustment.practice_id,
                Remittance.id == ProviderAdjustment.remittance_id,
            ),
        )
        .where(
            ProviderAdjustment.practice_id == practice_id,
            ProviderAdjustment.task == "open",
            Remittance.payer_id == payer.id,
        )
    )
    for takeback, taken_on in session.execute(query):
        due = dispute_clock(payer.kind, taken_on, profile, knowledge)
        takeback.dispute_by, takeback.dispute_rule = (due.safe, due.rule.id) if due else (None, "")
    session.flush()


def settle(session: Session, takeback: ProviderAdjustment, task: str, words: str, now: datetime, user_id: int) -> None:
    """Set a takeback's task to accepted, disputed or open again, with what the person says about it.

    Raises TakebackRefused for another word, or for an adjustment that is no takeback.
    """
    if not takeback.task:
        raise TakebackRefused("This adjustment is no takeback")
    if task not in {"open", "accepted", "disputed"}:
        raise TakebackRefused("Choose Accept, Dispute sent or Open again")
    before, takeback.task = takeback.task, task
    details = {"changes": {"task": [before, task]}, "words": words}
    session.add(
        Event(
            practice_id=takeback.practice_id, at=now, user_id=user_id, kind="takeback",
            subject_kind="takeback", subject_id=takeback.id, details=details,
        )
    )  # fmt: skip
    session.flush()
