"""Requests for records: logged from the payer's letter, listed with their dates, answered."""

import io
import re
from datetime import date

import pytest

from tests import build
from tests.forms import send
from tests.letters.drawing import picture
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Claim, RecordsRequest
from tracker.services.acting import Acting
from tracker.services.records_requests import Asked, log_request

NEW = "/records-requests/new"
TYPED = {
    "payer": "Medicare Part B", "patient": "Okafor, Nina", "claim_number": "EPT-900", "service_date": "09/14/2026",
    "requested_on": "11/02/2026", "wanted": "Evaluation and daily notes", "reference": "ADR 5511",
}  # fmt: skip


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def only(sessions) -> RecordsRequest:
    with sessions.system() as session:
        return session.query(RecordsRequest).one()


def address(row, part: str = "") -> str:
    return f"/records-requests/{row.public_id}{part}"


def test_a_letter_about_a_claim_that_is_not_here_makes_the_claim_and_its_clock(alice, sessions):
    scan = picture("PNG")
    answer = send(alice, NEW, NEW, **TYPED, file=(io.BytesIO(scan), "letter.png"), billed="180.00")
    row = only(sessions)
    assert answer.headers["Location"] == address(row)
    page = re.sub(r"\s+", " ", alice.get(address(row)).text)
    assert "Records due Thu, Dec 17, 2026." in page
    assert "PIM ch.3 s.3.2.3.2" in page
    assert "Evaluation and daily notes" in page
    [paper] = set(re.findall(r'href="(/papers/[^"]+)"', page))
    assert alice.get(paper).data == scan
    with sessions.system() as session:
        claim = session.query(Claim).one()
    assert (claim.control_number, claim.charge_cents, claim.source) == ("EPT-900", 18_000, "hand")


def test_the_list_and_what_is_due_name_it_until_it_is_answered(alice, sessions):
    send(alice, NEW, NEW, **TYPED)
    row = only(sessions)
    assert "12/17/2026" in alice.get("/records-requests").text
    assert "R-201" in alice.get("/digest").text
    sent = {"sent-sent_on": "11/20/2026", "sent-method": "portal", "sent-tracking": "P-77"}
    assert send(alice, address(row), address(row, "/sent"), **sent).status_code == 303
    assert "Sent on Fri, Nov 20, 2026: Payer" in alice.get(address(row)).text
    assert "R-201" not in alice.get("/digest").text
    send(alice, address(row), address(row, "/close"))
    assert "R-201" in alice.get("/digest").text


def test_a_date_the_payer_gives_later_is_set(alice, sessions):
    send(alice, NEW, NEW, **TYPED)
    row = only(sessions)
    assert send(alice, address(row), address(row, "/due"), **{"due-due": "12/24/2026"}).status_code == 303
    assert only(sessions).due_safe == date(2026, 12, 24)
    refused = send(alice, address(row), address(row, "/due"), **{"due-due": "11/01/2026"})
    assert refused.status_code == 422
    assert "Records due must not be before the letter" in refused.text
    assert (
        send(alice, address(row), address(row, "/due"), **{"due-version": "0", "due-due": "12/30/2026"}).status_code
        == 409
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"wanted": ""}, "Enter what the letter asks for"),
        ({"patient": "Nina Okafor"}, "comma between"),
        ({"requested_on": "11/24/2026"}, "Date of the letter must be today or before"),
        ({"file": "letter.exe"}, "it is no PDF, PNG, JPG or TIF"),
    ],
)
def test_a_letter_that_cannot_be_kept_is_refused_and_nothing_typed_is_lost(alice, sessions, changes, why):
    if name := changes.get("file"):
        changes = {"file": (io.BytesIO(b"MZ"), name)}
    answer = send(alice, NEW, NEW, **TYPED | changes)
    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="EPT-900"' in answer.text
    with sessions.system() as session:
        assert session.query(RecordsRequest).count() == 0


def test_from_a_claims_page_the_form_is_filled(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside, build.patient(session, cast.eastside, "Okafor", first_name="Nina"))
    link = f"{NEW}?claim={claim.public_id}"
    assert link.replace("&", "&amp;") in alice.get(f"/claims/{claim.public_id}").text
    page = alice.get(link).text
    assert 'value="Okafor, Nina"' in page
    assert f'value="{claim.control_number}"' in page


def test_another_practice_sees_none_of_it(alice, sessions, signed_in, cast):
    send(alice, NEW, NEW, **TYPED)
    row, charlie = only(sessions), signed_in(cast.charlie)
    token = build.csrf_token(charlie.get(NEW))
    assert "R-201" not in charlie.get("/records-requests").text
    assert charlie.get(address(row)).status_code == 404
    for part in ("/sent", "/due", "/close"):
        assert charlie.post(address(row, part), data={"csrf_token": token}).status_code == 404


def test_a_denial_after_an_unanswered_request_and_the_request_name_each_other(alice, cast, sessions):
    acting = Acting(build.NOW, build.TODAY, cast.alice.id)
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside)
        denial = build.denial(session, build.claim_line(session, claim), carc="226", denied_on=date(2026, 10, 5))
        row = log_request(
            session, claim, Asked(date(2026, 8, 3), "All", due=date(2026, 9, 17)), load(), acting
        )  # fmt: skip
    page = alice.get(f"/denials/{denial.public_id}").text
    assert "After a request for records:" in page
    assert "due 09/17/2026. No answer is recorded, and its last day had passed." in page
    assert f"D-{denial.number}</a> on 10/05/2026" in alice.get(f"/records-requests/{row.public_id}").text
