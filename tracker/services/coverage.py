"""The "Coverage and plan" form: what no file brings about a patient or a claim, typed by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Authorization, Claim, EligibilityCheck, Event, PlanOfCare, Submission

Row = TypeVar("Row", Authorization, EligibilityCheck, PlanOfCare)

AUTHORIZATION = ("number", "valid_from", "valid_to", "visits_allowed", "visits_used", "units_allowed", "codes")
ELIGIBILITY = ("active_from", "active_to", "checked_on", "other_coverage", "visit_limit", "visits_used")
PLAN = (
    "established_on", "certified_on", "certified_by", "order_on_file", "sent_to_physician_on", "duration_days",
    "interventions", "last_progress_report_on", "treatment_days_since_progress_report",
)  # fmt: skip
PARTS: Mapping[type[Any], tuple[str, ...]] = {
    Authorization: AUTHORIZATION,
    EligibilityCheck: ELIGIBILITY,
    PlanOfCare: PLAN,
}


class EditConflict(Exception):  # noqa: N818  # a conflict of two people, not a fault
    """Raised when somebody else saved the same part after the form was opened."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is on file for a patient (``claim_id`` null) or for one claim; each part may be missing."""

    authorization: Authorization | None
    eligibility: EligibilityCheck | None
    plan: PlanOfCare | None


def coverage_of(session: Session, practice_id: int, patient_id: int, claim_id: int | None) -> Coverage:
    """Return what is on file for the patient in general, or for one claim."""
    return Coverage(
        _on_file(session, Authorization, practice_id, patient_id, claim_id),
        _on_file(session, EligibilityCheck, practice_id, patient_id, claim_id),
        _on_file(session, PlanOfCare, practice_id, patient_id, claim_id),
    )


def _on_file(session: Session, model: type[Row], practice_id: int, patient_id: int, claim_id: int | None) -> Row | None:
    query = select(model).where(
        model.practice_id == practice_id,
        model.patient_id == patient_id,
        model.claim_id.is_(None) if claim_id is None else model.claim_id == claim_id,
    )
    return session.scalars(query.order_by(model.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class TypedPart:
    """One part of the form: its table, the typed values, and the version the person saw (None: there was none)."""

    model: type[Any]
    values: Mapping[str, Any]
    seen_version: int | None


def save_part(session: Session, practice_id: int, patient_id: int, claim_id: int | None, part: TypedPart) -> bool:
    """Save one part; return whether anything changed. An empty part that was never there is not made.

    Raises EditConflict when the stored part is not the one the person saw.
    """
    row: Any = _on_file(session, part.model, practice_id, patient_id, claim_id)
    if (row.version if row is not None else None) != part.seen_version:
        raise EditConflict
    wanted = {name: part.values[name] for name in PARTS[part.model]}
    if row is None:
        if not any(value not in {None, ""} for value in wanted.values()):
            return False
        session.add(part.model(practice_id=practice_id, patient_id=patient_id, claim_id=claim_id, **wanted))
        session.flush()
        return True
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    return bool(changed)


def add_submission(session: Session, claim: Claim, sent_on: date, receipt: str, proof: str) -> Submission:
    """Record that a claim was sent, with what the receipt says (999, 277CA or nothing)."""
    row = Submission(practice_id=claim.practice_id, claim_id=claim.id, sent_on=sent_on, receipt=receipt, proof=proof)
    session.add(row)
    session.flush()
    return row


def log_change(
    session: Session,
    practice_id: int,
    subject_kind: str,
    subject_id: int,
    parts: list[str],
    now: datetime,
    user_id: int,
) -> None:
    """Log which parts of the form were changed, and by whom."""
    session.add(
        Event(
            practice_id=practice_id,
            at=now,
            user_id=user_id,
            kind="coverage",
            subject_kind=subject_kind,
            subject_id=subject_id,
            details={"parts": parts},
        )
    )


def claims_of_patient(session: Session, practice_id: int, patient_id: int) -> list[int]:
    """Return the ids of a patient's claims: what is on file bears on all of them."""
    return list(
        session.scalars(select(Claim.id).where(Claim.practice_id == practice_id, Claim.patient_id == patient_id))
    )
