"""The claim's page: what is said of lines that were paid."""

import pytest

from tests import build, edi
from tests.forms import send
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Claim, Denial, Practice
from tracker.services.importing import import_now


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def imported(sessions, cast, line) -> str:
    """Import one claim of Original Medicare with the line; return its page's address."""
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        data = edi.remit(edi.claim("A1", line, filing="MB"), payer="MEDICARE PART B")
        import_now(session, practice, "remit.835", data, build.NOW, load())
        return f"/claims/{session.query(Claim).one().public_id}"


def words(page) -> str:
    return " ".join(page.text.split())


def assistant(paid: float, *adjustments: str):
    return edi.line("97110", 60, paid, *adjustments, modifiers="GP:CQ", remarks=["N851"], allowed=30)


def test_a_line_paid_at_the_assistants_rate_is_only_to_be_posted(alice, sessions, cast):
    page = words(alice.get(imported(sessions, cast, assistant(20.4, "CO-45:33.6", "PR-2:6"))))
    assert "post it, there is nothing to work" in page
    assert "Amount to check" not in page


def test_a_line_paid_below_it_says_the_sum_and_can_be_logged(alice, sessions, cast):
    address = imported(sessions, cast, assistant(16.8, "CO-45:37.2", "PR-2:6"))
    page = words(alice.get(address))
    assert "Amount to check" in page
    assert "85 percent of $24.00 (allowed, less the patient&#39;s share) is $20.40; the payer paid $16.80" in page
    assert 'href="/rules/CLM_ASSISTANT_REDUCTION"' in page
    assert "/denials/new?" in page


def test_once_logged_the_payers_error_and_its_letter_are_suggested(alice, sessions, cast):
    imported(sessions, cast, assistant(16.8, "CO-45:37.2", "PR-2:6"))
    typed = {
        "payer": "MEDICARE PART B", "patient": "Quill, Nora", "claim_number": "A1", "service_date": "09/14/2026",
        "line": "97110 GP CQ", "reason": "CO-45 N851", "amount": "3.60", "denied_on": "10/05/2026",
    }  # fmt: skip
    assert send(alice, "/denials/new", "/denials/new", **typed).status_code == 303
    with sessions.system() as session:
        denial = session.query(Denial).one()
    assert (denial.root_cause, denial.path) == ("pay_payer_error", "reopening")
