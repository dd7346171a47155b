"""The likely cause of each denial a file would open, from the file alone: nothing of it is stored yet.

Notes, the claim as billed and what is on file about coverage are read once the denials are logged, and may say more.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.diagnosis import diagnose
from tracker.diagnosis.findings import LineDiagnosis
from tracker.domain.case import (
    Case,
    CaseClaim,
    CaseLine,
    CasePatient,
    CasePayer,
    CasePractice,
    CaseRemittance,
    History,
    LineAnswer,
)
from tracker.domain.remittance import ClaimPayment, ServicePayment
from tracker.knowledge import Knowledge
from tracker.models import Payer, Practice
from tracker.services.triage import OpenedDenial


class LikelyCause(NamedTuple):
    """The first suggestion about a denial; both empty where no rule matched."""

    root_cause: str = ""
    strength: str = ""


def causes_of_file(
    session: Session, practice: Practice, opened: Sequence[OpenedDenial], knowledge: Knowledge
) -> Mapping[str, LikelyCause]:
    """Return the likely cause of each denial that triage opened, by its key."""
    payers = {
        payer.id: payer
        for payer in session.scalars(select(Payer).where(Payer.id.in_({each.claim.payer_id for each in opened})))
    }
    found: dict[str, LikelyCause] = {}
    for _, of_claim in groupby(opened, key=lambda each: id(each.paid)):
        denials = list(of_claim)
        case = _case(practice, payers[denials[0].claim.payer_id], denials[0])
        lines = {line.line: line for line in diagnose(case, knowledge)}
        found |= {each.key: _first(lines, each.number) for each in denials}
    return found


def _first(lines: Mapping[int, LineDiagnosis], number: int | None) -> LikelyCause:
    """A claim denied as a whole is diagnosed by its first line."""
    line = lines.get(number) if number is not None else next(iter(lines.values()), None)
    if line is None or not line.suggestions:
        return LikelyCause()
    return LikelyCause(line.suggestions[0].root_cause, str(line.suggestions[0].strength))


def _case(practice: Practice, payer: Payer, opened: OpenedDenial) -> Case:
    """Return the claim and the payer's answer as the file tells them; a line without a day has none that can be read."""
    paid = opened.paid
    days = [service.service_from or paid.statement_from for service in paid.services]
    dated = [
        (number, service, day) for number, (service, day) in enumerate(zip(paid.services, days, strict=True), 1) if day
    ]
    return Case(
        case_id=paid.control_number,
        payer=CasePayer(payer.name, payer.kind),
        practice=CasePractice(practice.setting, practice.npi or "", practice.name),
        patient=CasePatient("", paid.patient.birth_date, paid.patient.sex or None, paid.patient.member_id or None),
        claim=_claim(paid, tuple(_line(number, service, day) for number, service, day in dated)),
        remittance=CaseRemittance(
            opened.denied_on, None, paid.status, paid.adjustments, paid.remarks,
            tuple(_answer(number, service) for number, service, _ in dated),
        ),
        history=History(opened.denied_on),
    )  # fmt: skip


def _claim(paid: ClaimPayment, lines: tuple[CaseLine, ...]) -> CaseClaim:
    return CaseClaim(
        paid.control_number, paid.payer_claim_number or None, paid.frequency_code, None, paid.facility_code or None, (),
        None, None, None, lines,
    )  # fmt: skip


def _line(number: int, service: ServicePayment, day: date) -> CaseLine:
    modifiers = service.submitted_modifiers if service.submitted_code else service.modifiers
    code = service.submitted_code or service.code
    return CaseLine(number, day, code, modifiers, abs(service.units_billed), abs(service.charge_cents))


def _answer(number: int, service: ServicePayment) -> LineAnswer:
    changed = service.submitted_code not in (None, "", service.code)
    return LineAnswer(
        number, service.paid_cents, service.allowed_cents, service.adjustments, service.remarks, service.units_paid,
        service.code if changed else None, service.policy or None,
    )  # fmt: skip
