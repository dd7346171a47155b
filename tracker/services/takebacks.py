"""What people do about money a payer took back: accept it, or record that they disputed it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.domain.deadlines import Clock
from tracker.knowledge import Knowledge
from tracker.models import Event, ProviderAdjustment
from tracker.services.clocks import Start, file_by


class TakebackRefused(Exception):  # noqa: N818  # an answer, not a fault
    """Raised for a step that is not possible; the message says why."""


def dispute_clock(payer_kind: str, taken_on: date, knowledge: Knowledge) -> Clock | None:
    """Return the clock of a dispute, counted like a first appeal from the remittance that took the money.

    None where no limit is known. A demand letter that came earlier has its own date, which then decides
    (42 CFR 405.924(b)(12), 405.942: an overpayment determination is appealed like a denial).
    """
    return file_by(knowledge, Start(payer_kind, taken_on, None), None)


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
