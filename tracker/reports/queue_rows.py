"""The rows of a page of the queue as people read them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.asking import Asked
from tracker.domain.due import Due, due
from tracker.domain.turns import Turn
from tracker.domain.write_offs import ASKED
from tracker.knowledge import RootCause, load
from tracker.models import Claim, Denial, Patient, Payer, Practice, User
from tracker.models.denial import ACTED_ON
from tracker.models.sealed import require_place
from tracker.reports.open_asks import open_asks
from tracker.reports.turns import turns
from tracker.services.barring import appeal_barred_by

# The button of a row: what the status asks for, and for a denial under review what its path asks for.
_STEP_OF_STATUS = {
    "needs_note": "Add note",
    "ready_to_send": "Send",
    "waiting_on_payer": "Follow up",
    "corrected_claim_sent": "Follow up",
}
_NOT_LOOKED_AT = ("new", "reopened")
_STEP_OF_PATH = {
    "corrected_claim": "Correct claim",
    "reopening": "Ask for reopening",
    "send_records": "Send records",
    "bill_other_payer": "Bill other payer",
    "bill_patient": "Bill patient",
    "write_off": "Write off",
    "none": "Close",
}


class QueueRow(NamedTuple):
    """A denial as a row. ``due`` is None when it is closed; ``days_old`` counts from its first denial.

    ``asked`` is an ask of the therapist that has no answer yet, ``turn`` who has the next move with an open one.
    """

    id: int
    public_id: str
    practice_id: int
    number: int
    due: Due | None
    patient: str
    payer: str
    practice: str
    service_date: date | None
    denied_on: date
    days_old: int
    code: str
    remarks: str
    cause: str
    strength: str
    amount_cents: int
    status: str
    snoozed_to: date | None
    owner: str
    next_step: str
    claim_number: str
    asked: Asked | None
    waits_for_approval: bool
    turn: Turn | None


def queue_rows(
    session: Session, ids: Sequence[int], root_causes: Mapping[str, RootCause], today: date
) -> list[QueueRow]:
    """Return the rows with these ids, in their order."""
    owner = aliased(User)
    query = (
        select(
            Denial, Patient.last_name, Patient.first_name, Payer.name, Practice.name, owner.name, Claim.control_number
        )
        .join(Patient, and_(Patient.practice_id == Denial.practice_id, Patient.id == Denial.patient_id))
        .join(Claim, and_(Claim.practice_id == Denial.practice_id, Claim.id == Denial.claim_id))
        .join(Payer, Payer.id == Denial.payer_id)
        .join(Practice, Practice.id == Denial.practice_id)
        .outerjoin(owner, owner.id == Denial.owner_id)
        .where(Denial.id.in_(ids))
    )
    rows, asks, found = {}, open_asks(session, ids), session.execute(query).all()
    whose = turns(session, [denial for denial, *_ in found], today)
    for denial, last, first, payer, practice, owner_name, claim_number in found:
        require_place(last, denial.practice_id, denial.patient_id)
        require_place(first, denial.practice_id, denial.patient_id)
        cause = root_causes.get(denial.root_cause)
        ask = asks.get(denial.id) if denial.is_open else None
        rows[denial.id] = QueueRow(
            denial.id, denial.public_id, denial.practice_id, denial.number,
            due(denial.running_clock, denial.due_on, today, denial.running_legal) if denial.is_open else None,
            f"{last}, {first[:1]}." if first else last, payer, practice,
            denial.service_date, denial.denied_on, (today - denial.denied_on).days,
            denial.reason, denial.remarks,
            cause.title if cause else denial.root_cause, denial.strength, denial.amount_cents,
            denial.status, denial.snoozed_to if denial.snoozed_to and denial.snoozed_to > today else None,
            owner_name or "", _next_step(denial, ask, today), claim_number,
            ask, denial.is_open and denial.write_off == ASKED, whose.get(denial.id),
        )  # fmt: skip
    return [rows[row_id] for row_id in ids if row_id in rows]


def _next_step(denial: Denial, ask: Asked | None, today: date) -> str:
    if not denial.is_open:
        return "Open"
    return _of_status(denial, ask, today) or _of_path(denial)


def _of_status(denial: Denial, ask: Asked | None, today: date) -> str:
    if denial.clock == "records_due":
        return "Send records"
    if ask is not None and ask.is_late(today) and denial.status not in ACTED_ON:
        return "Ask again"
    return _STEP_OF_STATUS.get(denial.status, "")


def _of_path(denial: Denial) -> str:
    if appeal_barred_by(denial, load()):
        return "Send new claim"
    if not denial.root_cause and denial.status in _NOT_LOOKED_AT:
        return "Review"
    return _STEP_OF_PATH.get(denial.path, "Draft appeal")
