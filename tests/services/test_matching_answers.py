"""Which claim, line and denial an answer belongs to: by number, by the payer's number, by patient, day and charge."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import build
from tests.edi import claim, line, remit, reversal
from tracker.knowledge import load
from tracker.models import (
    Claim,
    ClaimLine,
    ClaimPayment,
    Denial,
    ImportFile,
    Patient,
    Practice,
    ProviderAdjustment,
    ServicePayment,
)
from tracker.services import importing
from tracker.services.undoing_imports import undo_import

DENIED = line("97110", 90, 0, "CO-50:90", remarks=["N115"])
PAID = line("97110", 90, 42, "CO-45:48")


@pytest.fixture
def bring_in(session, cast):
    practice = session.get_one(Practice, cast.eastside.id)

    def bring_in(data):
        _, stored = importing.import_now(session, practice, "remit.835", data, build.NOW, load())
        session.flush()
        session.expire_all()
        return stored

    return bring_in


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def only(session, table):
    return session.scalars(select(table)).one()


# ---- claims


def test_a_correction_in_a_later_file_with_a_new_payer_number_goes_on_with_the_denial(session, bring_in):
    denied = claim("A1", DENIED)
    bring_in(remit(denied))
    bring_in(remit(reversal(denied), trace="EFT2", paid_on="20261102"))
    assert only(session, Denial).close_reason == "superseded"
    again = claim("A1", line("97110", 90, 0, "CO-97:90"), payer_number="ICN9")
    bring_in(remit(again, trace="EFT3", paid_on="20261109"))
    denial = only(session, Denial)
    assert (denial.is_open, denial.times_denied, denial.amount_cents) == (True, 2, 9000)


def test_a_correction_that_denies_again_restarts_the_clock(session, bring_in):
    denied = claim("A1", DENIED, filing="MB")
    bring_in(remit(denied, payer="MEDICARE PART B"))
    first = only(session, Denial).file_by_legal
    correction = claim("A1", DENIED, payer_number="ICN9", filing="MB")
    bring_in(remit(reversal(denied), correction, trace="EFT2", paid_on="20261109", payer="MEDICARE PART B"))
    assert (only(session, Denial).file_by_legal - first).days == (date(2026, 11, 9) - date(2026, 10, 5)).days


def test_a_correction_under_another_claim_number_is_found_by_the_number_it_corrects(session, bring_in):
    bring_in(remit(claim("A1", DENIED, payer_number="ICN1")))
    other = remit(claim("A1R", PAID, payer_number="ICN9"), trace="EFT2")
    bring_in(other.replace(b"DTM*232", b"REF*F8*ICN1~\nDTM*232"))
    assert count(session, Claim) == 1
    assert only(session, Denial).recovered_cents == 4200


def test_what_all_remittances_of_a_claim_paid_is_what_it_was_paid(session, bring_in):
    paid = claim("A1", PAID)
    bring_in(remit(paid))
    corrected = claim("A1", line("97110", 90, 55, "CO-45:35"), payer_number="ICN2")
    bring_in(remit(reversal(paid), corrected, trace="EFT2"))
    assert session.scalar(select(func.sum(ClaimPayment.paid_cents))) == 5500


def test_the_same_answer_in_another_payment_is_no_duplicate(session, bring_in):
    bring_in(remit(claim("A1", DENIED)))
    stored = bring_in(remit(claim("A1", DENIED), trace="EFT2", paid_on="20261105"))
    assert (stored.counted.claims, stored.counted.duplicates) == (1, 0)
    assert only(session, Denial).times_denied == 2


def test_payers_keep_only_twenty_characters_of_a_claim_number(session, bring_in):
    bring_in(remit(claim("EASTSIDE-2026-000000017", DENIED)))
    bring_in(remit(claim("eastside-2026-000000", PAID, payer_number="ICN2"), trace="EFT2"))
    assert count(session, Claim) == 1


def test_a_number_used_twice_means_the_claim_of_that_day(session, cast, bring_in):
    patient = build.patient(session, cast.eastside, "Quill", first_name="Nora")
    for day in (date(2026, 9, 14), date(2026, 3, 2)):
        row = build.claim(session, cast.eastside, patient, control_number="A1", service_from=day)
        build.claim_line(session, row, "97110", service_date=day, charge_cents=9000)
    bring_in(remit(claim("A1", DENIED)))
    denial = only(session, Denial)
    assert session.scalars(select(Claim.service_from).where(Claim.id == denial.claim_id)).one() == date(2026, 9, 14)


def test_an_answer_without_our_number_is_found_by_the_payers(session, bring_in):
    bring_in(remit(claim("A1", DENIED, payer_number="ICN1")))
    bring_in(remit(claim("0", PAID, payer_number="ICN1"), trace="EFT2"))
    assert count(session, Claim) == 1
    assert only(session, Denial).recovered_cents == 4200


def test_an_answer_without_any_number_is_found_by_patient_day_and_charge(session, bring_in):
    bring_in(remit(claim("A1", DENIED, payer_number="ICN1")))
    bring_in(remit(claim("0", PAID, payer_number="ICN7"), trace="EFT2"))
    assert count(session, Claim) == 1
    other = line("97110", 91, 0, "CO-50:91")
    bring_in(remit(claim("0", other, payer_number="ICN8"), trace="EFT3"))
    assert count(session, Claim) == 2


def test_an_answer_with_a_number_nobody_knows_goes_to_the_one_claim_that_waits_for_it(session, bring_in):
    bring_in(remit(claim("A0", line("97140", 60, 42, "CO-45:18"))))  # makes the patient known
    patient = session.scalars(select(Patient)).one()
    row = build.claim(
        session, session.get_one(Practice, patient.practice_id), patient, control_number="A1", charge_cents=9000
    )
    build.claim_line(session, row, "97110", service_date=build.VISIT, charge_cents=9000)
    bring_in(remit(claim("PAYER-NO-1", DENIED, payer_number="ICN5"), trace="EFT2"))
    assert only(session, Denial).claim_id == row.id


def test_an_answer_with_an_unknown_number_makes_a_claim_of_its_own_where_the_codes_differ(session, bring_in):
    bring_in(remit(claim("A0", line("97140", 60, 42, "CO-45:18"))))
    patient = session.scalars(select(Patient)).one()
    row = build.claim(
        session, session.get_one(Practice, patient.practice_id), patient, control_number="A1", charge_cents=9000
    )
    build.claim_line(session, row, "97530", service_date=build.VISIT, charge_cents=9000)
    bring_in(remit(claim("PAYER-NO-1", DENIED, payer_number="ICN5"), trace="EFT2"))
    assert only(session, Denial).claim_id != row.id


def test_an_answered_claim_takes_no_answer_with_an_unknown_number(session, bring_in):
    bring_in(remit(claim("A1", DENIED)))
    bring_in(remit(claim("B7", DENIED, payer_number="ICN5"), trace="EFT2"))
    assert count(session, Claim) == 2


# ---- lines


def answered_lines(session):
    """Return the numbers of the claim lines answered, in the order of the answers."""
    query = select(ClaimLine.line).join(ServicePayment, ServicePayment.claim_line_id == ClaimLine.id)
    return session.scalars(query.order_by(ServicePayment.id)).all()


@pytest.fixture
def two_alike(session, cast):
    """A claim with two lines of one code, told apart by number, modifiers and charge."""
    patient = build.patient(session, cast.eastside, "Quill", first_name="Nora")
    row = build.claim(session, cast.eastside, patient, control_number="A1")
    build.claim_line(session, row, "97110", line=1, modifiers="GP", charge_cents=9000, control_number="L1")
    build.claim_line(session, row, "97110", line=2, modifiers="GP 59", charge_cents=9000, control_number="L2")
    build.claim_line(session, row, "97110", line=3, modifiers="GP", charge_cents=4500, control_number="L3")


@pytest.mark.parametrize(
    ("answer", "answered"),
    [
        (line("97112", 90, 0, "CO-50:90", number="L2"), 2),
        (line("97110", 90, 0, "CO-50:90", number="3"), 3),
        (line("97110", 90, 0, "CO-50:90", modifiers="GP:59"), 2),
        (line("97110", 45, 0, "CO-50:45"), 3),
        (line("97110", 60, 0, "CO-50:60", modifiers=""), 1),
    ],
    ids=["our number", "number of the line on a split", "modifiers", "charge", "nothing but code and day"],
)
def test_a_line_is_found_by_number_else_by_what_it_says(session, two_alike, bring_in, answer, answered):
    bring_in(remit(claim("A1", answer)))
    assert answered_lines(session) == [answered]
    assert count(session, ClaimLine) == 3


def test_a_bundled_line_is_found_by_the_code_as_billed(session, two_alike, bring_in):
    changed = remit(claim("A1", line("97530", 45, 0, "CO-97:45")))
    assert b"SVC*HC:97530:GP*45*0****1~" in changed
    bring_in(changed.replace(b"SVC*HC:97530:GP*45*0****1~", b"SVC*HC:97530:GP*45*0***HC:97110:GP*1~"))
    assert answered_lines(session) == [3]


def test_a_line_without_a_date_takes_the_claims(session, bring_in):
    bring_in(remit(claim("A1", DENIED)).replace(b"DTM*472*20260914~\n", b""))
    assert only(session, ClaimLine).service_date == date(2026, 9, 14)
    assert only(session, Denial).service_date == date(2026, 9, 14)


# ---- money at provider level


def test_a_payment_held_back_whole_is_still_a_payment(session, bring_in):
    stored = bring_in(remit(claim("A1", PAID), plb=[("WO:ICN0", 42)]))
    assert stored.problems == []
    assert stored.counted.check_cents == 0
    assert (only(session, ClaimPayment).paid_cents, count(session, Denial)) == (4200, 0)


def test_money_at_provider_level_is_never_spread_over_claims(session, bring_in):
    bring_in(remit(claim("A1", PAID), plb=[("WO:ICN1", 12.5), ("72:ICN1", -12.5), ("L6:ICN1", -0.31), ("FB:", 4)]))
    rows = session.scalars(select(ProviderAdjustment).order_by(ProviderAdjustment.id)).all()
    assert [(row.reason, row.amount_cents, row.claim_id is None) for row in rows] == [
        ("WO", 1250, False), ("72", -1250, False), ("L6", -31, False), ("FB", 400, True),
    ]  # fmt: skip
    assert only(session, ClaimPayment).paid_cents == only(session, ServicePayment).paid_cents == 4200


def test_money_taken_back_starts_the_time_to_appeal_and_undoing_that_file_gives_the_first_back(session, bring_in):
    medicare = {"payer": "MEDICARE PART B"}
    denied, paid = claim("A1", DENIED, filing="MB"), claim("A1", PAID, payer_number="ICN2", filing="MB")
    bring_in(remit(denied, **medicare))
    first = only(session, Denial)
    first.clock = "reply_due"  # it was under appeal when it was paid
    session.flush()
    bring_in(remit(paid, trace="EFT2", paid_on="20261019", **medicare))
    bring_in(remit(reversal(paid), trace="EFT3", paid_on="20261109", **medicare))
    denial = only(session, Denial)
    assert (denial.clock, denial.notice_on, denial.file_by_safe) == ("file_by", date(2026, 11, 9), date(2027, 3, 9))
    last = session.scalars(select(ImportFile).order_by(ImportFile.id.desc())).first()
    undo_import(session, last, build.NOW)
    session.refresh(denial)
    assert (denial.notice_on, denial.file_by_safe) == (date(2026, 10, 5), date(2027, 2, 2))
