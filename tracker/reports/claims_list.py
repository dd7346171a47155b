"""The claims there are, newest visits first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from tracker.models import Claim, Patient, Payer


@dataclass(frozen=True, slots=True)
class ClaimsWanted:
    """Which claims: of a patient or payer (public ids), visits of some days. What is empty does not narrow."""

    patient: str = ""
    payer: str = ""
    first_day: date | None = None
    last_day: date | None = None


class ClaimRow(NamedTuple):
    """A claim with whose it is and who pays."""

    claim: Claim
    patient: Patient
    payer: Payer


def claims_list(session: Session, wanted: ClaimsWanted, skip: int, most: int) -> tuple[Sequence[ClaimRow], int]:
    """Return ``most`` claims after the first ``skip``, and how many there are."""
    where = list(_conditions(wanted))
    of_patient = and_(Patient.practice_id == Claim.practice_id, Patient.id == Claim.patient_id)
    query = (
        select(Claim, Patient, Payer).join(Patient, of_patient).join(Payer, Payer.id == Claim.payer_id).where(*where)
    )
    order = Claim.service_from.is_(None), Claim.service_from.desc(), Claim.id.desc()
    rows = session.execute(query.order_by(*order).offset(skip).limit(most))
    count = select(func.count()).select_from(Claim).join(Patient, of_patient).join(Payer, Payer.id == Claim.payer_id)
    return [ClaimRow(*row) for row in rows], session.scalar(count.where(*where)) or 0


def _conditions(wanted: ClaimsWanted) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.patient:
        found.append(Patient.public_id == wanted.patient)
    if wanted.payer:
        found.append(Payer.public_id == wanted.payer)
    if wanted.first_day:
        found.append(Claim.service_from >= wanted.first_day)
    if wanted.last_day:
        found.append(Claim.service_from <= wanted.last_day)
    return found
