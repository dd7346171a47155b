"""A denial after a request for records that nobody answered: linked to it, and the likely cause says so."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import build, edi
from tracker.knowledge import load
from tracker.models import Claim, Denial, Practice, RecordsRequest, Suggestion
from tracker.reports.followed_requests import denials_after, followed_request
from tracker.services.acting import Acting
from tracker.services.appeal_sending import Sending
from tracker.services.bringing_in import diagnose_stored
from tracker.services.importing import import_now
from tracker.services.records_requests import Asked, close_request, log_request

LETTER_OF, DUE = date(2026, 8, 3), date(2026, 9, 17)


@pytest.fixture
def acting(cast) -> Acting:
    return Acting(build.NOW, build.TODAY, cast.alice.id)


@pytest.fixture
def practice(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def asked(session, practice, acting) -> RecordsRequest:
    """A request of August 3 about a claim that is not denied yet, due September 17."""
    claim = build.claim(session, practice, control_number="A1", service_from=date(2026, 7, 6))
    build.claim_line(session, claim, "97110", service_date=date(2026, 7, 6), diagnosis_pointers="1")
    return log_request(session, claim, Asked(LETTER_OF, "Notes of July", "ADR 5511", due=DUE), load(), acting)


def deny(session, practice, *reasons, remarks=(), paid_on="20261005") -> Denial:
    line = edi.line("97110", 90, 0, *reasons, remarks=remarks, day="20260706")
    data = edi.remit(edi.claim("A1", line), paid_on=paid_on)
    _, stored = import_now(session, practice, "a.835", data, build.NOW, load())
    diagnose_stored(session, practice.id, stored, load(), build.TODAY)
    return session.scalars(select(Denial).where(Denial.practice_id == practice.id)).one()


def causes(session, denial) -> dict[str, Suggestion]:
    rows = session.scalars(select(Suggestion).where(Suggestion.denial_id == denial.id, Suggestion.ruled_out.is_(False)))
    return {row.root_cause: row for row in rows}


@pytest.mark.parametrize(("reason", "remarks"), [("CO-226:90", ["N706"]), ("CO-252:90", []), ("CO-50:90", ["N102"])])
def test_an_835_that_denies_for_missing_records_is_linked_and_its_cause_says_when(
    session, practice, asked, reason, remarks
):
    denial = deny(session, practice, reason, remarks=remarks)
    found = followed_request(session, denial, load())
    assert (found.request, found.words) == (asked, "No answer is recorded, and its last day had passed")
    assert denials_after(session, asked, load()) == [denial]
    cause = causes(session, denial)["doc_record_not_provided"]
    assert denial.root_cause == "doc_record_not_provided"
    assert "request dated 08/03/2026, due 09/17/2026, no answer recorded" in str(cause.reasons)
    assert "ADR 5511" in str(cause.reasons)
    assert cause.strength == "strong"


@pytest.mark.parametrize("reason", ["CO-50:90", "CO-16:90"])
def test_a_code_that_says_nothing_of_records_counts_once_the_last_day_passed(session, practice, asked, reason):
    denial = deny(session, practice, reason)
    assert followed_request(session, denial, load()).request is asked
    assert "request dated 08/03/2026" in str(causes(session, denial)["doc_record_not_provided"].reasons)


def test_the_same_code_before_the_last_day_is_about_something_else(session, practice, asked):
    denial = deny(session, practice, "CO-50:90", paid_on="20260901")
    assert followed_request(session, denial, load()) is None
    assert "request dated" not in str([row.reasons for row in causes(session, denial).values()])


@pytest.mark.parametrize("reason", ["CO-197:90", "CO-252:90"])
def test_other_codes_and_papers_of_another_payer_are_not_linked(session, practice, asked, reason):
    remarks = ["N4"] if reason.startswith("CO-252") else []
    assert followed_request(session, deny(session, practice, reason, remarks=remarks), load()) is None


def test_an_answer_recorded_later_changes_what_is_said(session, practice, asked, acting):
    denial = deny(session, practice, "CO-226:90", remarks=["N706"])
    close_request(session, asked, Sending(date(2026, 9, 10), "fax", "F-1"), load(), acting)
    assert "in time: enclose the proof" in followed_request(session, denial, load()).words
    cause = causes(session, denial)["doc_record_not_provided"]
    assert "went out on 09/10/2026, in time" in str(cause.reasons)


def test_records_that_went_out_late_are_said_to_be_late(session, practice, asked, acting):
    close_request(session, asked, Sending(DUE + timedelta(days=3), "fax", ""), load(), acting)
    denial = deny(session, practice, "CO-226:90")
    assert followed_request(session, denial, load()).words == "The records went out after its last day"
    assert "too late" in str(causes(session, denial)["doc_record_not_provided"].reasons)


def test_a_request_that_was_taken_back_is_no_reason(session, practice, asked, acting):
    close_request(session, asked, None, load(), acting)
    assert followed_request(session, deny(session, practice, "CO-226:90"), load()) is None


def test_a_request_of_another_claim_or_after_the_denial_is_not_linked(session, practice, asked, acting):
    denial = deny(session, practice, "CO-226:90", paid_on="20260801")
    assert followed_request(session, denial, load()) is None
    other = build.claim(session, practice, control_number="B1")
    log_request(session, other, Asked(date(2026, 7, 1), "All"), load(), acting)
    assert followed_request(session, denial, load()) is None


def test_a_request_logged_after_the_denial_was_imported_is_found_by_its_date(session, practice, acting):
    denial = deny(session, practice, "CO-50:90")
    claim = session.get_one(Claim, (practice.id, denial.claim_id))
    log_request(session, claim, Asked(LETTER_OF, "Notes", due=DUE), load(), acting)
    assert followed_request(session, denial, load()) is not None
    assert "request dated 08/03/2026" in str(causes(session, denial)["doc_record_not_provided"].reasons)
