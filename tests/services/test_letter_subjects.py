"""What letters on single subjects take out of stored records."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import build
from tracker.knowledge import load
from tracker.letters.facts import LetterFacts
from tracker.letters.subject_facts import OtherClaimFacts, VisitFacts
from tracker.models import Authorization, Claim, Denial, EligibilityCheck, Practice
from tracker.services.appealing import newest_letter, open_appeal
from tracker.services.letter_drafts import letter_in_hand

DAY = date(2026, 9, 14)


@pytest.fixture
def eastside(session: Session) -> Practice:
    return build.practice(session)


def _visit(session: Session, like: Claim, day: date, *, paid: int, modifiers: str = "GP") -> Claim:
    """Another claim of the same patient and payer."""
    practice = session.get_one(Practice, like.practice_id)
    claim = build.claim(
        session, practice, session.get_one(build.Patient, (like.practice_id, like.patient_id)),
        session.get_one(build.Payer, like.payer_id), service_from=day, service_to=day,
    )  # fmt: skip
    line = build.claim_line(session, claim, "97530", line=1, modifiers=modifiers, service_date=day)
    payment = build.claim_payment(session, build.remittance(session, practice), claim, paid_cents=paid)
    build.service_payment(session, payment, line, paid_cents=paid, line_class="paid" if paid else "denied")
    if not paid:
        build.denial(session, line, service_date=day)
    return claim


def _denied(session: Session, practice: Practice, paid_code: str = "97530", **answer: object) -> Denial:
    claim = build.claim(session, practice, service_from=DAY, service_to=DAY)
    line = build.claim_line(session, claim, "97530", line=1, modifiers="GP", service_date=DAY)
    payment = build.claim_payment(session, build.remittance(session, practice), claim)
    service = build.service_payment(session, payment, line, **answer)
    service.code, service.submitted_code = paid_code, "97530"
    build.adjustment(session, service, "PR", "2", 900, adjustment_class="patient_share")
    return build.denial(session, line, carc="197", service_date=DAY)


def _facts(session: Session, denial: Denial, letter: str, **typed: str) -> LetterFacts:
    knowledge, user = load(), build.user(session, "dana")
    appeal = open_appeal(session, denial, letter, knowledge, build.NOW, build.TODAY, user.id)
    row = newest_letter(session, appeal)
    row.fields = row.fields | {"facts": {name.replace("__", "."): text for name, text in typed.items()}}
    return letter_in_hand(session, appeal, row, knowledge, build.TODAY).facts


def test_the_approval_and_the_eligibility_answer_come_from_the_patients_page(session: Session, eastside: Practice):
    denial = _denied(session, eastside)
    claim = session.get_one(Claim, (eastside.id, denial.claim_id))
    own = {"practice_id": eastside.id, "patient_id": claim.patient_id}
    session.add(Authorization(**own, number="PA-1", valid_from=date(2026, 9, 1), visits_allowed=8, codes="97530 97110"))
    session.add(EligibilityCheck(**own, checked_on=date(2026, 9, 10), active_from=date(2026, 1, 1)))
    session.flush()
    facts = _facts(session, denial, "L03", authorization__approved_on="2026-08-30", authorization__number="PA-1/2")
    approval, eligible = facts.authorization, facts.eligibility
    assert approval is not None
    assert (approval.number, approval.approved_on, approval.valid_from) == (
        "PA-1/2",
        date(2026, 8, 30),
        date(2026, 9, 1),
    )
    assert (approval.visits_allowed, approval.codes) == (8, ("97530", "97110"))
    assert eligible is not None
    assert (eligible.checked_on, eligible.active_from, eligible.active_to) == (
        date(2026, 9, 10),
        date(2026, 1, 1),
        None,
    )


def test_visits_are_those_this_payer_paid_one_for_each_day_and_discipline(session: Session, eastside: Practice):
    denial = _denied(session, eastside)
    claim = session.get_one(Claim, (eastside.id, denial.claim_id))
    second = _visit(session, claim, date(2026, 9, 8), paid=5_000, modifiers="GO")
    first = _visit(session, claim, date(2026, 9, 1), paid=5_000)
    _visit(session, claim, date(2026, 9, 1), paid=4_000)  # the same day again
    _visit(session, claim, date(2026, 9, 3), paid=0)
    assert _facts(session, denial, "L10").visits == (
        VisitFacts(date(2026, 9, 1), first.control_number, "PT"),
        VisitFacts(date(2026, 9, 8), second.control_number, "OT"),
    )


def test_other_claims_are_those_that_bill_the_denied_code_on_its_day(session: Session, eastside: Practice):
    denial = _denied(session, eastside)
    claim = session.get_one(Claim, (eastside.id, denial.claim_id))
    same = _visit(session, claim, DAY, paid=5_000, modifiers="GO")
    _visit(session, claim, date(2026, 9, 1), paid=5_000)
    assert _facts(session, denial, "L07").other_claims == (
        OtherClaimFacts(same.control_number, DAY, "97530", ("GO",), "paid"),
    )


@pytest.mark.parametrize(("sent", "allowed"), [(6_100, 6_100), (None, 4_900)])
def test_the_code_paid_and_the_amount_allowed_come_from_the_remittance(
    session: Session, eastside: Practice, sent: int | None, allowed: int
):
    denial = _denied(session, eastside, "97110", allowed_cents=sent, paid_cents=4_000)  # and 9 dollars coinsurance
    (line,) = _facts(session, denial, "L15").lines
    assert (line.allowed_cents, line.paid_code) == (allowed, "97110")


def test_without_records_there_is_nothing_to_say(session: Session, eastside: Practice):
    facts = _facts(session, _denied(session, eastside), "L03")
    assert (facts.authorization, facts.eligibility, facts.visits, facts.other_claims) == (None, None, (), ())
