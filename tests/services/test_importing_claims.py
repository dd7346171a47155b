"""Claims as billed: they make claims, complete those a remittance made, and are told apart from what is known."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from tests import build
from tests.edi import NPI, line, remit
from tests.edi import claim as paid_claim
from tracker.db import transaction
from tracker.demo.volume import make_835, make_837p
from tracker.demo.x12_facts import Party, Sending
from tracker.demo.x12_writer_837p import write_837p
from tracker.domain.claim import BilledClaim, BilledLine, Provider
from tracker.domain.remittance import Person
from tracker.knowledge import load
from tracker.models import Claim, ClaimLine, Denial, Patient, Practice, ServicePayment, Submission
from tracker.models import Provider as ProviderRow
from tracker.services import importing
from tracker.services.undoing_imports import undo_import

EASTSIDE = Party("EASTSIDE PT", NPI, "310000001", taxonomy="261QP2000X")
HARBOR = Party("HARBOR HEALTH", "H0001", "990000002")
VISIT = date(2026, 9, 14)


def billed_line(number=1, code="97110", **fields):
    given = {
        "line": number, "code": code, "modifiers": ("GP",), "units": 2.0, "charge_cents": 9000,
        "diagnosis_pointers": (1, 2), "service_from": VISIT, "service_to": None, "control_number": f"A1L{number}",
    } | fields  # fmt: skip
    return BilledLine(**given)


BILLED = BilledClaim(
    control_number="A1", charge_cents=15000, place_of_service="11", frequency_code="1", original_reference="",
    prior_authorization="AUTH77", referral_number="", filing_code="CI", diagnoses=("M5450", "M6281"),
    patient=Person("QUILL", "NORA", "", "W00000001", date(1961, 4, 2), "F"), subscriber=None,
    payer_name="HARBOR HEALTH", payer_id="H0001", billing=Provider("EASTSIDE PT", NPI), billing_tin="310000001",
    rendering=Provider("REYES, MORGAN", "1000000020", "225100000X"), referring=Provider("RUIZ, ANA", "1000000038"),
    submitted_on=date(2026, 9, 16), lines=(billed_line(), billed_line(2, "97140", units=1.0, charge_cents=6000)),
    segment=0, content_hash="",
)  # fmt: skip


def sent(*claims, on=date(2026, 9, 16)):
    return write_837p([Sending(EASTSIDE, HARBOR, on, "B1", tuple(claims))], build.NOW)


@pytest.fixture
def bring_in(session, cast):
    practice = session.get_one(Practice, cast.eastside.id)

    def bring_in(data, filename="claims.837"):
        row, stored = importing.import_now(session, practice, filename, data, build.NOW, load())
        session.flush()
        session.expire_all()
        return row, stored

    return bring_in


def test_an_837p_makes_the_claim_as_billed(session, bring_in):
    _, stored = bring_in(sent(BILLED))
    assert (stored.as_result()["claims"], stored.as_result()["lines"]) == (1, 2)
    row = session.scalars(select(Claim)).one()
    assert (row.source, row.prior_authorization, row.diagnoses, row.place_of_service) == (
        "837", "AUTH77", "M54.50 M62.81", "11",
    )  # fmt: skip
    assert (row.referring_npi, row.submitted_on, row.service_from) == ("1000000038", date(2026, 9, 16), VISIT)
    provider = session.scalars(select(ProviderRow)).one()
    assert (provider.discipline, provider.name) == ("PT", "Reyes, Morgan")
    assert session.scalars(select(Patient.last_name)).one() == "Quill"
    lines = session.scalars(select(ClaimLine).order_by(ClaimLine.line)).all()
    assert [(each.code, each.units, each.diagnosis_pointers) for each in lines] == [
        ("97110", 2.0, "1 2"), ("97140", 1.0, "1 2"),
    ]  # fmt: skip


def test_the_remittance_finds_its_claim_and_line_by_their_control_numbers(session, bring_in):
    bring_in(sent(BILLED))
    changed = line("97112", 60, 0, "CO-97:60", number="A1L2")
    bring_in(remit(paid_claim("a1 ", line("97110", 90, 40, "CO-45:50", number="A1L1"), changed)), "remit.835")
    assert session.scalar(select(func.count()).select_from(Claim)) == 1
    denial = session.scalars(select(Denial)).one()
    denied = session.scalars(select(ClaimLine).where(ClaimLine.id == denial.claim_line_id)).one()
    assert (denied.line, denied.code, denied.first_remit_on) == (2, "97140", date(2026, 10, 5))


def test_an_837p_that_comes_late_completes_the_claim_the_remittance_made(session, bring_in):
    paid = paid_claim("A1", line("97110", 90, 0, "CO-50:90", number="A1L1"), line("97140", 60, 30, "CO-45:30"))
    bring_in(remit(paid), "remit.835")
    bring_in(sent(BILLED))
    row = session.scalars(select(Claim)).one()
    assert (row.source, row.prior_authorization, row.submitted_on) == ("837", "AUTH77", date(2026, 9, 16))
    assert session.scalars(select(Patient.birth_date)).one() == date(1961, 4, 2)
    lines = session.scalars(select(ClaimLine).order_by(ClaimLine.line)).all()
    assert [(each.code, each.units) for each in lines] == [("97110", 2.0), ("97140", 1.0)]
    assert session.scalar(select(func.count()).select_from(ServicePayment)) == 2


def test_the_same_claims_sent_on_the_same_day_are_known(session, bring_in):
    bring_in(sent(BILLED))
    row, stored = bring_in(sent(BILLED))
    assert (row, stored.status) == (None, "duplicate")
    assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_replacement_is_another_sending_of_the_claim(session, bring_in):
    bring_in(sent(BILLED))
    again = replace(BILLED, frequency_code="7", original_reference="ICN1", submitted_on=date(2026, 11, 2))
    bring_in(sent(again, on=date(2026, 11, 2)))
    row = session.scalars(select(Claim)).one()
    assert (row.frequency_code, row.original_reference) == ("7", "ICN1")
    days = session.scalars(select(Submission.sent_on).order_by(Submission.sent_on)).all()
    assert days == [date(2026, 9, 16), date(2026, 11, 2)]


def test_undoing_an_837p_takes_its_claims_back(session, bring_in):
    row, _ = bring_in(sent(BILLED))
    undo_import(session, row, build.NOW)
    for table in (Claim, ClaimLine, Submission, Patient, ProviderRow):
        assert session.scalar(select(func.count()).select_from(table)) == 0, table


def test_a_volume_of_claims_and_its_remittances_meet(sessions, cast):
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        importing.import_now(session, practice, "all.837", make_837p(300, seed=5), build.NOW, load())
        known = session.scalar(select(func.count()).select_from(Claim))
        importing.import_now(session, practice, "all.835", make_835(300, seed=5), build.NOW, load())
        assert session.scalar(select(func.count()).select_from(Claim)) == known
