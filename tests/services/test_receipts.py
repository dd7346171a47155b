"""Receipts go to the claims they are about, as proof of when these arrived."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import build
from tracker.importers.errors import ImportProblem
from tracker.knowledge import load
from tracker.models import Claim, OwnNumber, Practice, Submission
from tracker.services import importing
from tracker.services.payees import require_one_practice
from tracker.services.undoing_imports import undo_import

SAMPLES = Path(__file__).parents[1] / "samples"
ARRIVALS, RECEIPT = (SAMPLES / "arrivals.277").read_bytes(), (SAMPLES / "receipt.999").read_bytes()


@pytest.fixture
def bring_in(session, cast):
    practice = session.get_one(Practice, cast.eastside.id)

    def bring_in(name, data=None):
        data = (SAMPLES / name).read_bytes() if data is None else data
        row, stored = importing.import_now(session, practice, name, data, build.NOW, load())
        session.flush()
        return row, stored

    return bring_in


def proofs(session, receipt):
    query = (
        select(Claim.control_number, Submission.sent_on, Submission.proof)
        .join(Submission, (Submission.practice_id == Claim.practice_id) & (Submission.claim_id == Claim.id))
        .where(Submission.receipt == receipt)
    )
    return {number: (sent_on, proof) for number, sent_on, proof in session.execute(query)}


def test_a_277ca_says_of_each_claim_what_became_of_it(session, bring_in):
    bring_in("medicare_kx.837")
    _, stored = bring_in("arrivals.277")
    found = proofs(session, "277CA")
    assert found["EP10311"] == (
        date(2026, 10, 7),
        "Accepted by the payer on 2026-10-09 (A2:20), payer claim number 2226281000011",
    )
    assert found["EP10312"][1] == "Rejected on arrival on 2026-10-09 (A7:164, A1:19)"
    assert found["EP10313"][1] == "Received or forwarded, not decided on 2026-10-09 (A1:19)"
    assert (stored.status, stored.counted.claims) == ("imported", 3)


def test_a_receipt_for_a_claim_that_is_not_here_is_listed(session, bring_in):
    _, stored = bring_in("arrivals.277")
    assert proofs(session, "277CA") == {}
    assert "No claim EP10311 is on file" in stored.problems[1].why


def test_a_second_time_adds_nothing(session, bring_in):
    bring_in("medicare_kx.837")
    bring_in("arrivals.277")
    row, stored = bring_in("arrivals.277")
    assert (row, stored.status) == (None, "duplicate")
    assert len(session.scalars(select(Submission).where(Submission.receipt == "277CA")).all()) == 3


def test_a_999_goes_to_the_claims_of_the_file_it_answers(session, bring_in):
    bring_in("partial_denial.837")
    bring_in("medicare_kx.837")  # the same control numbers, a month later
    bring_in("receipt.999")
    assert proofs(session, "999") == {"EP10234": (date(2026, 9, 4), "The file could be read on 2026-09-04")}


def test_a_999_without_its_file_asks_for_the_file(bring_in):
    _, stored = bring_in("receipt.999")
    assert stored.problems[0].why == "No 837P with the numbers 1 and 0001 is on file. Import the 837P first."


def test_undo_takes_receipts_back(session, bring_in):
    bring_in("medicare_kx.837")
    row, _ = bring_in("arrivals.277")
    undo_import(session, row, build.NOW)
    session.flush()
    assert proofs(session, "277CA") == {}
    assert len(session.scalars(select(Submission)).all()) == 3


def test_a_999_finds_its_practice_by_the_file_it_answers(session, cast, bring_in):
    with pytest.raises(ImportProblem, match="no practice"):
        require_one_practice(session, RECEIPT)
    bring_in("partial_denial.837")
    assert require_one_practice(session, RECEIPT).id == cast.eastside.id


def test_the_check_page_is_told_how_many_receipts_there_are(session, cast, bring_in):
    bring_in("medicare_kx.837")
    practice = session.get_one(Practice, cast.eastside.id)
    own = OwnNumber(practice_id=practice.id, kind="npi", number="1993000011", added_at=build.NOW)
    session.add(own)
    session.flush()
    row = importing.stage(
        session, practice, "arrivals.277", ARRIVALS, batch="b", user_id=None, now=build.NOW, knowledge=load()
    )
    assert row.preview["receipts"] == 3
    assert proofs(session, "277CA") == {}
