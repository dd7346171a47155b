from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tracker.models import Denial, Event, User
from tracker.services import working
from tracker.services.working import ChangeError


@pytest.fixture
def alice(session: Session, denials: list[Denial]) -> User:
    return build.user(session, "alice", session.get_one(build.Practice, denials[0].practice_id))


@pytest.fixture
def denials(session: Session) -> list[Denial]:
    eastside = build.practice(session)
    return [build.denied_line(session, eastside) for _ in range(3)]


def test_one_undo_takes_a_change_of_many_denials_back(session, denials, alice):
    denials[0].owner_id = alice.id
    session.flush()
    event = working.assign(session, denials, alice.id, build.NOW, alice.id)
    assert event is not None
    assert working.undo(session, event, build.NOW, alice.id) == 2  # the first had that owner before
    assert [denial.owner_id for denial in denials] == [alice.id, None, None]


def test_what_changes_nothing_is_not_logged(session, denials, alice):
    assert working.set_status(session, denials, "new", build.NOW, alice.id) is None
    assert session.scalars(select(Event)).all() == []


def test_a_change_is_undone_once(session, denials, alice):
    event = working.set_status(session, denials, "in_review", build.NOW, alice.id)
    working.undo(session, event, build.NOW, alice.id)
    with pytest.raises(ChangeError, match="undone already"):
        working.undo(session, event, build.NOW, alice.id)


def test_an_earlier_change_is_not_undone_over_a_later_one(session, denials, alice):
    event = working.set_status(session, denials, "in_review", build.NOW, alice.id)
    working.set_status(session, denials[:1], "needs_note", build.NOW, alice.id)
    with pytest.raises(ChangeError, match="changed again since"):
        working.undo(session, event, build.NOW, alice.id)


def test_closing_asks_for_a_known_reason(session, denials, alice):
    with pytest.raises(ChangeError):
        working.close(session, denials, "recovered", build.NOW, build.TODAY, alice.id)  # that is the payer's to say
    working.close(session, denials, "overturned", build.NOW, build.TODAY, alice.id)
    assert {(row.status, row.is_open, row.closed_on) for row in denials} == {("closed_paid", False, build.TODAY)}


def test_undoing_a_close_opens_again_with_the_old_status(session, denials, alice):
    working.set_status(session, denials, "in_review", build.NOW, alice.id)
    event = working.close(session, denials, "written_off", build.NOW, build.TODAY, alice.id)
    working.undo(session, event, build.NOW, alice.id)
    assert {(row.status, row.is_open, row.close_reason, row.closed_on) for row in denials} == {
        ("in_review", True, "", None)
    }


@pytest.mark.parametrize("until", [build.TODAY, date(2026, 11, 1)])
def test_snoozing_needs_a_day_after_today(session, denials, alice, until):
    with pytest.raises(ChangeError, match="after today"):
        working.snooze(session, denials, until, build.NOW, build.TODAY, alice.id)


def test_an_event_names_no_person(session, denials, alice):
    working.assign(session, denials, alice.id, build.NOW, alice.id)
    for event in session.scalars(select(Event)):
        assert "Quill" not in str(event.details)
