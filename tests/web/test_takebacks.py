"""The list of takebacks: raised by a remittance, accepted or disputed by a person."""

from datetime import date

import pytest

from tests import build
from tests.edi import claim, line, remit
from tests.forms import send
from tracker.db import transaction
from tracker.domain.own_limits import OwnLimit
from tracker.knowledge import load
from tracker.models import Event, Payer, Practice, ProviderAdjustment
from tracker.services import importing
from tracker.services.payer_figures import set_figures, with_limit

PAID = claim("A1", line("97110", 90, 72, "CO-45:18"), payer_number="ICN77", filing="MB")
OTHER = claim("B2", line("97110", 90, 72, "CO-45:18"), payer_number="ICN88", filing="MB", last_name="DALE")


@pytest.fixture
def taken(sessions, cast) -> ProviderAdjustment:
    """$25.00 taken from a payment for a claim paid before."""
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        for number, data in enumerate(
            (
                remit(PAID, payer="MEDICARE PART B"),
                remit(OTHER, trace="EFT2", paid_on="20261102", payer="MEDICARE PART B", plb=[("WO:ICN77", 25.0)]),
            )
        ):
            importing.import_now(session, practice, f"{number}.835", data, build.NOW, load())
        return session.query(ProviderAdjustment).one()


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def stored(sessions, taken):
    with sessions.system() as session:
        return session.get_one(ProviderAdjustment, (taken.practice_id, taken.id))


def test_a_remittance_that_takes_money_raises_a_task_with_a_date(alice, taken):
    page = alice.get("/takebacks").text
    assert "1 takeback to look at, $25.00" in page
    assert (taken.task, taken.dispute_rule) == ("open", "MCR_B_L1")
    assert f"{taken.dispute_by:%m/%d/%Y}" in page
    assert "/claims/" in page
    assert "Takebacks (1)" in alice.get("/appeals").text


def test_a_dispute_is_recorded_with_who_did_it(alice, taken, sessions, cast):
    send(alice, "/takebacks", f"/takebacks/{taken.public_id}", task="disputed")
    assert stored(sessions, taken).task == "disputed"
    with sessions.system() as session:
        event = session.query(Event).filter_by(kind="takeback").one()
    assert (event.user_id, event.details["changes"]["task"]) == (cast.alice.id, ["open", "disputed"])
    assert "Dispute sent" in alice.get("/takebacks").text


def test_the_second_of_two_people_changes_nothing(alice, taken, sessions):
    send(alice, "/takebacks", f"/takebacks/{taken.public_id}", task="accepted")
    answer = send(alice, "/takebacks", f"/takebacks/{taken.public_id}", task="open", version="1")
    assert stored(sessions, taken).task == "accepted"
    assert answer.status_code == 409
    assert "Someone else changed this" in answer.text


def test_an_unknown_step_changes_nothing(alice, taken, sessions):
    send(alice, "/takebacks", f"/takebacks/{taken.public_id}", task="pay it")
    assert stored(sessions, taken).task == "open"
    assert "Choose Accept" in alice.get("/takebacks").text


def test_a_stranger_sees_none_of_it(signed_in, cast, taken):
    charlie = signed_in(cast.charlie)
    assert "No takebacks" in charlie.get("/takebacks").text
    token = build.csrf_token(charlie.get("/queue"))
    answer = charlie.post(f"/takebacks/{taken.public_id}", data={"csrf_token": token, "task": "accepted"})
    assert answer.status_code == 404


def test_the_practices_own_limit_counts_and_moves_what_is_open(sessions, taken):
    limit = OwnLimit(30, "days", "", "", "Agreement 7", build.TODAY, None)
    with transaction(sessions.system()) as session:
        payer = session.query(Payer).one()
        values = with_limit(None, "appeal", 1, limit)
        set_figures(session, taken.practice_id, payer, None, values, load(), build.TODAY)
    assert (stored(sessions, taken).dispute_by, stored(sessions, taken).dispute_rule) == (date(2026, 12, 2), "OWN")
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, taken.practice_id)
        data = remit(OTHER, trace="EFT3", paid_on="20261109", payer="MEDICARE PART B", plb=[("WO:ICN77", 10.0)])
        importing.import_now(session, practice, "3.835", data, build.NOW, load())
        newest = session.query(ProviderAdjustment).filter_by(amount_cents=1_000).one()
    assert (newest.dispute_by, newest.dispute_rule) == (date(2026, 12, 9), "OWN")


def test_a_takeback_somebody_settled_keeps_its_date(alice, sessions, taken):
    send(alice, "/takebacks", f"/takebacks/{taken.public_id}", task="disputed")
    limit = OwnLimit(30, "days", "", "", "Agreement 7", build.TODAY, None)
    with transaction(sessions.system()) as session:
        values = with_limit(None, "appeal", 1, limit)
        set_figures(session, taken.practice_id, session.query(Payer).one(), None, values, load(), build.TODAY)
    assert stored(sessions, taken).dispute_by == taken.dispute_by
