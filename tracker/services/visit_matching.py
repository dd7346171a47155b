"""Finding the claim of an answer whose numbers nobody knows: by patient, first day and charge (x12.md rule 28)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.remittance import ClaimPayment
from tracker.models import Claim
from tracker.services.known_claims import KnownClaim, chunks


class Visit(NamedTuple):
    """What tells claims apart when numbers do not: patient, first day of service, charge in cents."""

    patient_id: int
    day: date
    charge_cents: int


def first_day(paid: ClaimPayment) -> date | None:
    """Return the first date of service of a claim payment (x12.md rule 30: the line's, else the claim's)."""
    days = [service.service_from for service in paid.services if service.service_from]
    return min(days) if days else paid.statement_from


def visit_of(paid: ClaimPayment, patient_id: int | None) -> Visit | None:
    """Return the visit an answer is about, or None when its patient or day is not known."""
    day = first_day(paid)
    return Visit(patient_id, day, abs(paid.charge_cents)) if patient_id is not None and day is not None else None


def find_visits(session: Session, practice_id: int, visits: Iterable[Visit]) -> dict[Visit, list[str]]:
    """Return the control keys of the stored claims of these patients between the first and the last of these days."""
    wanted = set(visits)
    if not wanted:
        return {}
    first, last = min(visit.day for visit in wanted), max(visit.day for visit in wanted)
    found: dict[Visit, list[str]] = {}
    for part in chunks({visit.patient_id for visit in wanted}):
        query = select(Claim.patient_id, Claim.service_from, Claim.charge_cents, Claim.control_key).where(
            Claim.practice_id == practice_id, Claim.patient_id.in_(part), Claim.service_from.between(first, last)
        )
        for patient_id, day, cents, key in session.execute(query):
            if day is not None:
                found.setdefault(Visit(patient_id, day, cents), []).append(key)
    return found


def awaits(claim: KnownClaim, paid: ClaimPayment) -> bool:
    """Whether a claim was billed with the codes of an answer and has no answer yet."""
    billed = sorted(line.code for line in claim.lines)
    answered = sorted(service.submitted_code or service.code for service in paid.services)
    return not claim.payments and not claim.denials() and billed == answered
