"""Who may sign on screen: in one's own name, in that of who gave leave, or with a typed name where that is allowed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tracker.models import Event, Membership, Practice
from tracker.services.pictures import set_signature
from tracker.services.signers import OWN, TYPED, people_who_sign, usual_way, ways_to_sign
from tracker.services.signing_permissions import Days, PermissionProblem, give_leave, leave_of, take_leave_back

TODAY = build.TODAY
WEEK = Days(TODAY, TODAY + timedelta(days=7))


@pytest.fixture
def office(session):
    """Eastside with Alice, who bills, and Dana, a therapist with her credentials."""
    cast = build.cast(session)
    dana = build.user(session, "dana", cast.eastside, role="therapist", name="Dana W.")
    member = session.get_one(Membership, (dana.id, cast.eastside.id))
    member.signs_as, member.printed_name, member.credentials, member.title = (
        "therapist",
        "Dana Whitfield",
        "PT",
        "Director",
    )
    return cast.eastside, cast.alice, dana


def ways(session, office, user, *, clinical=False, today=TODAY):
    return {way.key: way.signer for way in ways_to_sign(session, office[0], user, today, clinical=clinical)}


def test_a_person_signs_in_their_own_name_or_types_one(session, office):
    _, alice, _ = office
    found = ways(session, office, alice)
    assert list(found) == [OWN, TYPED]
    assert found[OWN].name == "Alice"
    assert found[TYPED] is None


def test_name_credentials_and_title_are_those_the_person_set(session, office):
    _, _, dana = office
    own = ways(session, office, dana)[OWN]
    assert (own.name, own.credentials, own.title, own.helper) == ("Dana Whitfield", "PT", "Director", "")


def test_a_practice_can_rule_out_typed_names(session, office):
    practice, alice, _ = office
    practice.own_names_only = True
    assert list(ways(session, office, alice)) == [OWN]


def test_a_practice_can_keep_clinical_letters_for_clinicians(session, office):
    practice, alice, dana = office
    practice.clinicians_only = True
    assert ways(session, office, alice, clinical=True) == {}
    assert list(ways(session, office, alice, clinical=False)) == [OWN, TYPED]
    assert list(ways(session, office, dana, clinical=True)) == [OWN]
    assert [user.name for user in people_who_sign(session, practice, clinical=True)] == ["Dana W."]


def test_leave_lets_a_colleague_sign_in_ones_name_with_their_own_picture(session, office):
    practice, alice, dana = office
    practice.clinicians_only = True
    set_signature(session, alice.id, b"ink of alice", build.NOW)
    set_signature(session, dana.id, b"ink of dana", build.NOW)
    leave = give_leave(session, practice.id, dana, alice.id, WEEK, build.NOW, TODAY)
    signer = ways(session, office, alice, clinical=True)[leave.public_id]
    assert (signer.name, signer.credentials, signer.helper) == ("Dana Whitfield", "PT", "Alice")
    assert signer.picture != ways(session, office, dana)[OWN].picture


@pytest.mark.parametrize(("day", "holds"), [(-1, False), (0, True), (7, True), (8, False)])
def test_leave_holds_from_its_first_day_to_its_last(session, office, day, holds):
    practice, alice, dana = office
    leave = give_leave(session, practice.id, dana, alice.id, WEEK, build.NOW, TODAY)
    assert (leave.public_id in ways(session, office, alice, today=TODAY + timedelta(days=day))) is holds


def test_leave_taken_back_is_gone_at_once_and_both_are_logged(session, office):
    practice, alice, dana = office
    leave = give_leave(session, practice.id, dana, alice.id, WEEK, build.NOW, TODAY)
    take_leave_back(session, leave, build.NOW)
    take_leave_back(session, leave, build.NOW)
    assert leave.public_id not in ways(session, office, alice)
    kinds = session.scalars(select(Event.kind).where(Event.user_id == dana.id).order_by(Event.id)).all()
    assert kinds == ["signing_leave_given", "signing_leave_taken_back"]
    given, got = leave_of(session, dana.id, TODAY)
    assert ([(one.other, one.holds) for one in given], got) == ([("Alice", False)], [])


def test_leave_of_a_person_who_may_not_sign_any_more_is_none(session, office):
    practice, alice, dana = office
    leave = give_leave(session, practice.id, dana, alice.id, WEEK, build.NOW, TODAY)
    session.get_one(Membership, (dana.id, practice.id)).role = "reader"
    assert leave.public_id not in ways(session, office, alice)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (Days(TODAY, TODAY - timedelta(days=1)), "until_on"),
        (Days(TODAY - timedelta(days=9), TODAY - timedelta(days=1)), "until_on"),
        (Days(TODAY, TODAY + timedelta(days=400)), "until_on"),
    ],
)
def test_days_that_cannot_be_are_refused(session, office, days, field):
    practice, alice, dana = office
    with pytest.raises(PermissionProblem) as problem:
        give_leave(session, practice.id, dana, alice.id, days, build.NOW, TODAY)
    assert problem.value.field == field


def test_leave_goes_to_colleagues_who_sign_and_not_to_oneself(session, office):
    practice, _, dana = office
    stranger = build.user(session, "sam", build.practice(session, "Elsewhere"))
    reader = build.user(session, "rita", practice, role="reader")
    for helper in (dana, stranger, reader):
        with pytest.raises(PermissionProblem, match="Choose a colleague"):
            give_leave(session, practice.id, dana, helper.id, WEEK, build.NOW, TODAY)


def test_the_usual_way_is_ones_own_name_once_it_is_set_or_one_was_asked(session, office):
    practice, alice, dana = office
    of_alice = ways_to_sign(session, practice, alice, TODAY, clinical=False)
    assert usual_way(of_alice, asked=False) == TYPED
    assert usual_way(of_alice, asked=True) == OWN
    assert usual_way(ways_to_sign(session, practice, dana, TODAY, clinical=False), asked=False) == OWN
    assert usual_way([], asked=False) == TYPED


def test_practices_start_without_rules(session):
    place = session.get_one(Practice, build.practice(session, "New PT").id)
    assert (place.own_names_only, place.clinicians_only, place.write_off_limit_cents) == (False, False, None)
