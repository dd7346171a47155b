"""An invented patient with many visits, all denied by one payer for one reason, with the record behind them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests import build
from tracker.knowledge import load
from tracker.models import Denial, Patient, Payer, PlanOfCare, Practice
from tracker.services.diagnosing import diagnose_claims

FIRST = date(2026, 8, 3)
_EVERY = (2, 2, 3)  # Monday, Wednesday, Friday

_NOTE = """S: L knee pain {pain}/10, still needs rail on stairs, visit {number}.
O: LEFS {score}/80, was 27/80 at evaluation.
Tactile cues for quad timing on step-down; height graded {height} in. after PT judged no valgus below.
97110 therapeutic exercise 23 min. 97112 neuromuscular re-education 15 min.
Total timed minutes 38.
A: Pt tolerated treatment. Plan: raise step height next visit.
Electronically signed by Amara Okoro, PT, DPT"""


def visit_days(visits: int) -> list[date]:
    days = [FIRST]
    while len(days) < visits:
        days.append(days[-1] + timedelta(days=_EVERY[(len(days) - 1) % 3]))
    return days


def episode(session: Session, practice: Practice, visits: int = 12, **fields: Any) -> list[Denial]:
    """Two denied lines for each visit, in order of date; four visits share a remittance. Fields go to the denials."""
    practice.address, practice.phone, practice.tin = (
        "410 Alder Street, Springfield, IL 62701",
        "217-555-0142",
        "98-7000001",
    )
    payer = build.payer(session, "Prairie Medicare Part B", kind="medicare_b", appeal_address="PO Box 5500\nFargo, ND")
    patient = build.patient(session, practice, "Okafor", first_name="Nkechi", member_id="1EG4TE5MK73")
    therapist = build.provider(session, practice, "Amara Okoro", credential="PT, DPT")
    session.add(
        PlanOfCare(
            practice_id=practice.id, patient_id=patient.id, established_on=FIRST, certified_on=FIRST + timedelta(days=8),
            certified_by="Ruth Halloran, MD",
        )
    )  # fmt: skip
    for kind, day, words in (
        ("evaluation", FIRST - timedelta(days=3), "Evaluation. LEFS 27/80. Needs rail on 14 steps."),
        ("plan_of_care", FIRST - timedelta(days=3), "Plan of care. Goal: stairs without rail in 8 weeks."),
        ("progress_report", FIRST + timedelta(days=16), "Progress report. LEFS 33/80, was 27/80."),
    ):
        build.note(session, patient, words, kind=kind, service_date=day)
    found: list[Denial] = []
    for number, day in enumerate(visit_days(visits)):
        if number % 4 == 0:
            paid_on = day + timedelta(days=24)
            remittance = build.remittance(session, practice, payer, payment_date=paid_on)
        clocks = {
            "denied_on": paid_on,
            "file_by_safe": paid_on + timedelta(days=120),
            "file_by_legal": paid_on + timedelta(days=125),
        }
        found += _visit(session, patient, payer, therapist.id, remittance, number, day, **clocks | fields)
    session.flush()
    diagnose_claims(session, practice.id, [denial.claim_id for denial in found], load(), build.TODAY)
    return found


def _visit(
    session: Session,
    patient: Patient,
    payer: Payer,
    therapist: int,
    remittance: Any,
    number: int,
    day: date,
    **fields: Any,
) -> Sequence[Denial]:
    practice = session.get_one(Practice, patient.practice_id)
    claim = build.claim(
        session, practice, patient, payer, payer_claim_number=f"22262{number:08}", service_from=day, service_to=day,
        submitted_on=day + timedelta(days=2), rendering_provider_id=therapist, charge_cents=14_820,
    )  # fmt: skip
    text = _NOTE.format(pain=max(1, 6 - number // 3), number=number + 1, score=28 + number, height=4 + number % 4)
    build.link(session, build.note(session, patient, text, service_date=day), claim)
    answer = build.claim_payment(session, remittance, claim)
    denials = []
    for line, (code, units, cents) in enumerate((("97110", 2, 9_800), ("97112", 1, 5_020)), start=1):
        row = build.claim_line(
            session, claim, code, line=line, units=units, charge_cents=cents, service_date=day, diagnosis_pointers="1",
            modifiers="GP KX",
        )  # fmt: skip
        service = build.service_payment(session, answer, row)
        build.adjustment(session, service, "CO", "50", cents)
        build.remark(session, service, "N115")
        denials.append(build.denial(session, row, remarks="N115", **fields))
    return denials
