"""The threshold ledger of a patient and year, from stored remittances."""

from datetime import date

import pytest

from tests import build
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Patient, Practice
from tracker.reports.threshold_page import threshold_page


def visit(session, patient, payer, day, modifiers, *, allowed=None, paid=0, answered=True, shares=()):
    """A claim of one line with its answer."""
    practice = session.get_one(Practice, patient.practice_id)
    claim = build.claim(session, practice, patient, payer, service_from=day)
    line = build.claim_line(session, claim, modifiers=modifiers, service_date=day, charge_cents=20_000)
    if answered:
        payment = build.claim_payment(session, build.remittance(session, practice, payer), claim)
        service = build.service_payment(session, payment, line, allowed_cents=allowed, paid_cents=paid)
        for group, carc, cents in shares:
            build.adjustment(session, service, group, carc, cents)
    return claim


@pytest.fixture
def patient(sessions, cast):
    with transaction(sessions.system()) as session:
        patient = build.patient(session, cast.eastside)
        medicare, other = build.payer(session, "Medicare", "medicare_b"), build.payer(session)
        visit(session, patient, medicare, date(2026, 3, 2), "GP", allowed=240_000, paid=200_000)
        visit(session, patient, medicare, date(2026, 3, 4), "GN", allowed=9_000, paid=9_000)
        shares = (("PR", "2", 2_000), ("CO", "253", 160), ("CO", "45", 500))
        visit(session, patient, medicare, date(2026, 3, 6), "GP KX", paid=7_840, shares=shares)
        visit(session, patient, medicare, date(2026, 3, 9), "GO", allowed=5_000, paid=4_000)
        visit(session, patient, medicare, date(2026, 3, 10), "", allowed=3_000, paid=3_000)
        visit(session, patient, medicare, date(2026, 3, 12), "GP", answered=False)
        visit(session, patient, medicare, date(2025, 12, 31), "GP", allowed=1_000, paid=1_000)
        visit(session, patient, other, date(2026, 3, 20), "GP", allowed=99_000, paid=99_000)
    return patient


def test_each_pool_counts_its_own_allowed_amounts(sessions, patient):
    with sessions.reading([patient.practice_id]) as session:
        page = threshold_page(session, session.get_one(Patient, (patient.practice_id, patient.id)), 2026, load())
    therapy, occupational = page.ledgers
    # 7,840 paid, 2,000 coinsurance and 160 sequestration were allowed; 500 above the fee schedule were not.
    assert [entry.total_cents for entry in therapy.entries] == [240_000, 249_000, 259_000]
    assert therapy.crossed_on == date(2026, 3, 4)
    assert [entry.line.modifiers for entry in therapy.without_kx] == [("GN",)]
    assert (occupational.total_cents, occupational.kx_left_cents) == (5_000, 243_000)
    assert (page.years, page.unanswered, page.unanswered_cents) == ((2026, 2025), 1, 20_000)
    assert (page.no_discipline, page.no_discipline_cents) == (1, 3_000)


def test_the_page_says_what_was_used_and_what_is_not_known(signed_in, cast, patient):
    alice = signed_in(cast.alice)
    page = " ".join(alice.get(f"/patients/{patient.public_id}/thresholds/2026").text.split())
    assert "$2,590.00" in page
    assert "passed on 03/04/2026" in page
    assert "1 line without an answer yet, billed at $200.00" in page
    assert "Services other practices billed to Medicare" in page
    assert "42 USC 1395l(g)" in page
    assert patient.last_name not in page.split("<title>")[1].split("</title>")[0]


def test_a_year_that_is_not_loaded_says_so(signed_in, cast, patient):
    page = signed_in(cast.alice).get(f"/patients/{patient.public_id}/thresholds/2027").text
    assert "Not known for 2027" in page
    assert "The threshold of 2027: it is not among the loaded figures" in page


def test_the_patient_and_the_claim_lead_to_the_ledger(signed_in, cast, sessions, patient):
    alice = signed_in(cast.alice)
    address = f"/patients/{patient.public_id}/thresholds"
    assert f'href="{address}"' in alice.get(f"/patients/{patient.public_id}").text
    assert alice.get(address).headers["Location"] == f"{address}/{build.TODAY.year}"
    with transaction(sessions.system()) as session:
        own = session.get_one(Patient, (patient.practice_id, patient.id))
        claim = visit(session, own, build.payer(session, "Medicare B", "medicare_b"), date(2025, 5, 5), "GP")
    assert f'href="{address}/2025"' in alice.get(f"/claims/{claim.public_id}").text


def test_another_practice_finds_nothing(signed_in, cast, patient):
    charlie = signed_in(cast.charlie)
    assert charlie.get(f"/patients/{patient.public_id}/thresholds/2026").status_code == 404
    assert charlie.get(f"/patients/{patient.public_id}/thresholds").status_code == 404
