"""Writing off: with a reason, above the practice's limit only with somebody else's approval, all of it undone again."""

import pytest
from sqlalchemy import select

from tests import build
from tracker.domain.write_offs import must_wait
from tracker.models import Denial, Event, Practice
from tracker.services import working, write_offs
from tracker.services.working import ChangeError

NOW, TODAY = build.NOW, build.TODAY


@pytest.fixture
def office(session):
    """Eastside, where write-offs above $50 wait; a denial of $90; Alice, who works it, and Bob."""
    cast = build.cast(session)
    cast.eastside.write_off_limit_cents = 5_000
    return build.denied_line(session, cast.eastside, amount_cents=9_000), cast.alice.id, cast.bob.id


@pytest.mark.parametrize(
    ("amount", "limit", "waits"), [(9_000, None, False), (9_000, 9_000, False), (9_001, 9_000, True), (1, 0, True)]
)
def test_what_is_above_the_limit_waits(amount, limit, waits):
    assert must_wait(amount, limit) is waits


def test_without_a_limit_a_reason_is_enough(session, office):
    denial, alice, _ = office
    session.get_one(Practice, denial.practice_id).write_off_limit_cents = None
    with pytest.raises(ChangeError, match="Say why"):
        write_offs.write_off(session, denial, "", NOW, TODAY, alice)
    event = write_offs.write_off(session, denial, "The filing limit passed", NOW, TODAY, alice)
    assert (denial.is_open, denial.close_reason, denial.write_off_words) == (
        False,
        "written_off",
        "The filing limit passed",
    )
    working.undo(session, event, NOW, alice)
    assert (denial.is_open, denial.close_reason, denial.write_off_words) == (True, "", None)


def test_above_the_limit_it_stays_open_until_somebody_else_approves(session, office):
    denial, alice, bob = office
    write_offs.write_off(session, denial, "Not worth a second level", NOW, TODAY, alice)
    assert (denial.is_open, denial.write_off) == (True, "asked")
    with pytest.raises(ChangeError, match="Somebody else approves"):
        write_offs.approve(session, denial, NOW, TODAY, alice)
    write_offs.approve(session, denial, NOW, TODAY, bob)
    assert (denial.is_open, denial.close_reason, denial.write_off, denial.closed_on) == (
        False,
        "written_off",
        "approved",
        TODAY,
    )
    said = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(event.kind, event.user_id) for event in said] == [("write_off_asked", alice), ("write_off_approved", bob)]


def test_a_returned_request_says_what_to_do_and_can_be_asked_again(session, office):
    denial, alice, bob = office
    write_offs.write_off(session, denial, "Too small", NOW, TODAY, alice)
    with pytest.raises(ChangeError, match="Say what is to be done instead"):
        write_offs.give_back(session, denial, "", NOW, bob)
    write_offs.give_back(session, denial, "Send the corrected claim first", NOW, bob)
    assert (denial.is_open, denial.write_off, denial.write_off_words) == (
        True,
        "returned",
        "Send the corrected claim first",
    )
    with pytest.raises(ChangeError, match="Nobody asks"):
        write_offs.approve(session, denial, NOW, TODAY, bob)
    write_offs.write_off(session, denial, "The corrected claim was refused", NOW, TODAY, alice)
    assert denial.write_off == "asked"


def test_each_step_is_undone(session, office):
    denial, alice, bob = office
    asked = write_offs.write_off(session, denial, "Too small", NOW, TODAY, alice)
    approved = write_offs.approve(session, denial, NOW, TODAY, bob)
    working.undo(session, approved, NOW, bob)
    assert (denial.is_open, denial.write_off, denial.close_reason) == (True, "asked", "")
    working.undo(session, asked, NOW, alice)
    assert (denial.write_off, denial.write_off_words, denial.write_off_by_id) == (None, None, None)


def test_what_was_closed_meanwhile_cannot_be_approved(session, office):
    denial, alice, bob = office
    write_offs.write_off(session, denial, "Too small", NOW, TODAY, alice)
    working.close(session, [denial], "duplicate", NOW, TODAY, bob)
    with pytest.raises(ChangeError, match="Nobody asks"):
        write_offs.approve(session, denial, NOW, TODAY, bob)
    assert session.get_one(Denial, (denial.practice_id, denial.id)).close_reason == "duplicate"
