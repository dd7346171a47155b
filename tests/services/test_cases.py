from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import build
from tracker.domain.case import Case
from tracker.domain.remittance import Adjustment
from tracker.models import Authorization, Claim, PayerProfile, PlanOfCare, Practice, Submission
from tracker.services.cases import case_from_rows, cases_from_rows


@pytest.fixture
def eastside(session: Session) -> Practice:
    return build.practice(session)


LIMITS = {"claim_filing-0": {"length": 95, "unit": "days"}}


def built(session: Session, claim: Claim) -> Case:
    return case_from_rows(session, claim.practice_id, claim.id, build.TODAY)


def test_a_case_holds_the_claim_as_billed(session: Session, eastside: Practice):
    clinician = build.provider(session, eastside, credential="DPT")
    claim = build.claim(session, eastside, rendering_provider_id=clinician.id, diagnoses="M54.50 M62.81")
    build.claim_line(session, claim, "97530", line=1, modifiers="GP KX", units=3, diagnosis_pointers="1 2")
    case = built(session, claim)
    assert case.claim.control_number == claim.control_number
    assert case.claim.diagnoses == ("M54.50", "M62.81")
    assert case.claim.rendering_provider is not None
    assert case.claim.rendering_provider.discipline == "PT"
    [line] = case.claim.lines
    assert (line.code, line.modifiers, line.units, line.diagnosis_pointers) == ("97530", ("GP", "KX"), 3, (1, 2))


def test_a_case_holds_the_payers_answer_line_by_line(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    line = build.claim_line(session, claim, line=1)
    payment = build.claim_payment(session, build.remittance(session, eastside), claim, status="4")
    service = build.service_payment(session, payment, line, policy="L34049")
    build.adjustment(session, service, "CO", "50", 9_000)
    build.remark(session, service, "N115")
    remittance = built(session, claim).remittance
    assert remittance is not None
    [answer] = remittance.lines
    assert remittance.claim_status == "4"
    assert answer.adjustments == (Adjustment("CO", "50", 9_000),)
    assert (answer.remarks, answer.policy, answer.paid_cents) == (("N115",), "L34049", 0)


def test_a_reversed_answer_is_no_answer(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    line = build.claim_line(session, claim)
    first = build.claim_payment(session, build.remittance(session, eastside), claim)
    build.service_payment(session, first, line)
    reversal = build.claim_payment(session, build.remittance(session, eastside), claim, status="22")
    first.reversed_by_id = reversal.id
    session.flush()
    assert built(session, claim).remittance is None


def test_the_latest_answer_of_a_line_stands(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    line = build.claim_line(session, claim)
    for day, carc in ((date(2026, 11, 2), "16"), (date(2026, 10, 5), "50")):
        remit = build.remittance(session, eastside, payment_date=day)
        service = build.service_payment(session, build.claim_payment(session, remit, claim), line)
        build.adjustment(session, service, "CO", carc, 9_000)
    remittance = built(session, claim).remittance
    assert remittance is not None
    assert remittance.payment_date == date(2026, 11, 2)
    assert [a.carc for a in remittance.lines[0].adjustments] == ["16"]


def test_a_duplicate_answer_to_a_denial_sent_again_does_not_hide_the_denial(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    line = build.claim_line(session, claim)
    for day, carc in ((date(2026, 10, 5), "50"), (date(2026, 11, 2), "18")):
        remit = build.remittance(session, eastside, payment_date=day)
        service = build.service_payment(session, build.claim_payment(session, remit, claim), line)
        build.adjustment(session, service, "CO", carc, 9_000)
    remittance = built(session, claim).remittance
    assert remittance is not None
    assert [a.carc for a in remittance.lines[0].adjustments] == ["50"]


def test_a_line_answered_in_two_parts_is_one_answer(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    line = build.claim_line(session, claim, units=4)
    payment = build.claim_payment(session, build.remittance(session, eastside), claim)
    build.service_payment(session, payment, line, paid_cents=6_000, units_paid=3, line_class="paid")
    denied = build.service_payment(session, payment, line)
    build.adjustment(session, denied, "CO", "151", 3_000)
    remittance = built(session, claim).remittance
    assert remittance is not None
    [answer] = remittance.lines
    assert (answer.paid_cents, answer.units_paid, len(answer.adjustments)) == (6_000, 3, 1)


def test_a_denial_logged_by_hand_is_the_payers_answer(session: Session, eastside: Practice):
    claim = build.claim(session, eastside, source="hand")
    line = build.claim_line(session, claim, line=1)
    build.denial(session, line, source="hand", carc="197", remarks="M62")
    remittance = built(session, claim).remittance
    assert remittance is not None
    assert remittance.lines[0].adjustments == (Adjustment("CO", "197", 9_000),)
    assert remittance.lines[0].remarks == ("M62",)


def test_only_linked_notes_are_in_the_case(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    build.claim_line(session, claim)
    patient = session.get_one(build.Patient, (eastside.id, claim.patient_id))
    linked, removed = build.note(session, patient, "Ther ex x 22 min"), build.note(session, patient, "Not this one")
    build.note(session, patient, "Never linked")
    build.link(session, linked, claim)
    build.link(session, removed, claim).removed = True
    session.flush()
    assert [note.text for note in built(session, claim).notes] == ["Ther ex x 22 min"]


def test_what_is_on_file_for_the_claim_goes_before_what_is_on_file_for_the_patient(
    session: Session, eastside: Practice
):
    claim = build.claim(session, eastside)
    build.claim_line(session, claim)
    own = {"practice_id": eastside.id, "patient_id": claim.patient_id}
    session.add(Authorization(**own, number="GENERAL", valid_from=date(2026, 9, 1), valid_to=date(2026, 9, 30)))
    session.add(Authorization(**own, number="LATER", valid_from=date(2026, 10, 1)))
    session.flush()
    permit = built(session, claim).history.authorization
    assert permit is not None
    assert permit.number == "GENERAL"
    session.add(Authorization(**own, claim_id=claim.id, number="OF-THE-CLAIM", codes="97110 97530"))
    session.flush()
    permit = built(session, claim).history.authorization
    assert permit is not None
    assert (permit.number, permit.codes) == ("OF-THE-CLAIM", ("97110", "97530"))


def test_history_holds_other_claims_with_their_outcome(session: Session, eastside: Practice):
    patient, payer = build.patient(session, eastside), build.payer(session)
    claims = [build.claim(session, eastside, patient, payer) for _ in range(3)]
    for claim in claims:
        build.claim_line(session, claim)
    build.claim_payment(session, build.remittance(session, eastside, payer), claims[1], paid_cents=5_000)
    other = {claim.control_number: claim.outcome for claim in built(session, claims[0]).history.other_claims}
    assert other == {claims[1].control_number: "paid", claims[2].control_number: "pending"}


def test_the_medicare_amount_counts_earlier_visits_of_the_year_in_the_same_pool(session: Session, eastside: Practice):
    patient, medicare = build.patient(session, eastside), build.payer(session, "Medicare", kind="medicare_b")

    def visit(day: date, modifiers: str, allowed: int | None, paid: int = 0) -> Claim:
        claim = build.claim(session, eastside, patient, medicare, service_from=day)
        line = build.claim_line(session, claim, modifiers=modifiers, service_date=day)
        payment = build.claim_payment(session, build.remittance(session, eastside, medicare), claim)
        service = build.service_payment(session, payment, line, allowed_cents=allowed, paid_cents=paid)
        build.adjustment(session, service, "PR", "2", 1_000, adjustment_class="patient_share")
        return claim

    visit(date(2026, 3, 2), "GP", 8_000)
    visit(date(2026, 4, 2), "GN", None, paid=4_000)  # 40 paid and 10 coinsurance make 50 allowed
    visit(date(2026, 4, 2), "GO", 9_900)
    visit(date(2025, 12, 2), "GP", 9_900)
    visit(date(2026, 9, 2), "GP", 9_900)
    case = built(session, visit(date(2026, 6, 2), "GP KX", 7_000))
    assert case.history.therapy_allowed_year_to_date_cents == 13_000


def test_the_practices_own_payer_figures_are_in_the_case(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    session.add(
        PayerProfile(
            practice_id=eastside.id, payer_id=claim.payer_id, counting_method="spm", limits=LIMITS, named="cigna"
        )
    )
    session.flush()
    payer = built(session, claim).payer
    assert (payer.counting_method, payer.filing_days, payer.appeal_days, payer.named) == ("spm", 95, None, "cigna")


def test_plan_of_care_and_receipts_are_in_the_history(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    build.claim_line(session, claim)
    session.add(
        PlanOfCare(
            practice_id=eastside.id, patient_id=claim.patient_id, established_on=date(2026, 8, 3),
            interventions="97110, manual therapy",
        )
    )  # fmt: skip
    session.add(Submission(practice_id=eastside.id, claim_id=claim.id, sent_on=date(2026, 9, 16), proof="277CA A2"))
    session.flush()
    history = built(session, claim).history
    assert history.plan_of_care is not None
    assert history.plan_of_care.interventions == ("97110", "manual therapy")
    assert [sent.proof for sent in history.submissions] == ["277CA A2"]


def test_another_practices_rows_never_enter_a_case(session: Session, eastside: Practice):
    claim = build.claim(session, eastside)
    lakeview = build.practice(session, "Lakeview Hand Therapy")
    assert cases_from_rows(session, lakeview.id, [claim.id], build.TODAY) == {}


def test_many_cases_cost_no_more_queries_than_one(session: Session, eastside: Practice):
    claims = [build.claim(session, eastside) for _ in range(40)]
    for claim in claims:
        build.claim_line(session, claim)
    statements = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    cases_from_rows(session, eastside.id, [claims[0].id], build.TODAY)
    one = len(statements)
    statements.clear()
    assert len(cases_from_rows(session, eastside.id, [claim.id for claim in claims], build.TODAY)) == 40
    assert len(statements) <= one
