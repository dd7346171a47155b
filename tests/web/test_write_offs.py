"""Write-offs on the pages: asked by a biller, seen in the queue, approved or returned by a lead, never by who asked."""

import pytest

from tests import build
from tests.forms import send
from tests.web.test_denial_page import address, make_denial, stored
from tracker.db import transaction
from tracker.models import Practice


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).write_off_limit_cents = 10_000
        return make_denial(session, cast.eastside)


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def bob(signed_in, cast, become):
    """Bob leads at Eastside."""
    become(cast.bob, "lead")
    return signed_in(cast.bob)


def ask(client, denied, why="Not worth a second level"):
    fields = {"close-reason": "written_off", "close-why": why}
    return send(client, address(denied), address(denied, "/close"), **fields)


def decide(client, denied, do, words=""):
    return send(client, address(denied), address(denied, "/write-off"), **{"do": do, "write_off-words": words})


def test_a_write_off_needs_its_reason(alice, denied, sessions):
    answer = ask(alice, denied, why=" ")
    assert answer.status_code == 422
    assert "Say why the amount is written off" in answer.text
    assert stored(sessions, denied).is_open


def test_above_the_limit_it_waits_and_the_queue_says_so(alice, bob, denied, sessions):
    assert ask(alice, denied).status_code == 303
    assert stored(sessions, denied).is_open
    page = alice.get(address(denied)).text
    assert "waits for approval of its write-off" in page
    assert "Alice asks to write off $147.00: Not worth a second level" in page
    assert "Approve write-off" not in page
    assert "Waiting for approval" in alice.get("/queue").text
    assert "Write-offs to approve" not in alice.get("/queue").text
    assert f"D-{denied.number}" in bob.get("/queue?view=to-approve").text


def test_a_lead_approves_and_undo_takes_it_back(alice, bob, denied, sessions):
    ask(alice, denied)
    assert decide(bob, denied, "approve").status_code == 303
    row = stored(sessions, denied)
    assert (row.is_open, row.close_reason, row.status) == (False, "written_off", "closed_not_paid")
    page = bob.get(address(denied)).text
    assert "Write-off approved and closed" in page
    assert "Asked to write it off: Not worth a second level" in page
    event = page.split('name="event" value="')[1].split('"')[0]
    send(bob, address(denied), "/undo", event=event)
    assert (stored(sessions, denied).is_open, stored(sessions, denied).write_off) == (True, "asked")


def test_a_lead_returns_it_with_words(alice, bob, denied, sessions):
    ask(alice, denied)
    refused = decide(bob, denied, "return")
    assert refused.status_code == 422
    assert "Say what is to be done instead" in refused.text
    decide(bob, denied, "return", "Send the records first")
    assert "Bob returned the write-off:</b> Send the records first" in alice.get(address(denied)).text
    assert "Waiting for approval" not in alice.get("/queue").text


def test_a_biller_cannot_approve(alice, bob, denied, sessions):
    ask(alice, denied)
    form = {"do": "approve", "csrf_token": build.csrf_token(alice.get("/queue"))}
    answer = alice.post(address(denied, "/write-off"), data=form)
    assert answer.status_code == 403
    assert "Only an owner or a lead can approve write-offs" in answer.text
    assert stored(sessions, denied).is_open


def test_nobody_approves_what_they_asked_for_themselves(bob, denied, sessions):
    ask(bob, denied)
    assert "A lead or an owner other than you approves it" in bob.get(address(denied)).text
    form = {"do": "approve", "csrf_token": build.csrf_token(bob.get("/queue"))}
    answer = bob.post(address(denied, "/write-off"), data=form)
    assert answer.status_code == 422
    assert "Somebody else approves what you asked for" in answer.text
    assert stored(sessions, denied).is_open


def test_a_lead_of_another_practice_does_not_find_it(alice, signed_in, cast, become, denied):
    ask(alice, denied)
    become(cast.charlie, "owner")
    charlie = signed_in(cast.charlie)
    form = {"do": "approve", "csrf_token": build.csrf_token(charlie.get("/queue"))}
    assert charlie.post(address(denied, "/write-off"), data=form).status_code == 404


def test_the_queue_says_until_when_a_denial_is_snoozed_beside_its_clock(alice, denied):
    send(alice, address(denied), address(denied, "/snooze"), **{"snooze-until": "12/01/2026"})
    row = alice.get("/queue?view=all").text.split('data-l="Deadline"')[1].split("</td>")[0]
    assert "Snoozed to 12/01/2026" in row
    assert "File by" in row
    assert "Snoozed to 12/01/2026." in alice.get(address(denied)).text
