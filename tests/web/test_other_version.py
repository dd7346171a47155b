"""Two people open one form; the second to save is told, keeps every word, sees what the first saved, and decides."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tests import build
from tests.forms import fields_of
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Appeal, Denial, Patient, Payer, Practice, ProviderAdjustment, SavedView


@pytest.fixture
def two(signed_in, cast, become):
    """Alice and Bob of one practice, both owners."""
    become(cast.alice, Role.OWNER)
    become(cast.bob, Role.OWNER)
    return signed_in(cast.alice), signed_in(cast.bob)


def saved(sessions, what):
    with sessions.system() as session:
        return session.scalar(what)


def both_save(two, page: str, action: str, first: dict, second: dict):
    """Both open the page, then one saves and the other does; return the answer to the second, which is told."""
    one, other = two
    forms = [fields_of(client.get(page).text, action.split("?", maxsplit=1)[0]) for client in two]
    answer = one.post(action, data=forms[0] | first)
    assert answer.status_code == 303, answer.text[:3000]
    told = other.post(action, data=forms[1] | second)
    assert told.status_code == 409, told.status_code
    assert "Someone else changed this" in told.text
    assert re.search(r"Alice[^<]* changed it on", told.text)
    return told


def keep_mine(client, told, action: str, **changes):
    """Press "Keep mine" on the page that told, with JavaScript or without: it is a form."""
    return client.post(action, data=fields_of(told.text, action.split("?", maxsplit=1)[0]) | changes)


@pytest.fixture
def patient(things, cast, sessions):
    return things[cast.eastside.id]["patient"]


def test_a_patient_keeps_both_versions_on_the_page_and_mine_when_i_say_so(two, patient, sessions):
    page, action = f"/patients/{patient}", f"/patients/{patient}/facts"
    told = both_save(
        two,
        page,
        action,
        {"patient-first_name": "Maria"},
        {"patient-first_name": "Mariana", "patient-member_id": "W99"},
    )
    assert 'value="Mariana"' in told.text
    assert "Saved now: Maria<" in told.text
    assert 'value="W99"' in told.text
    row = select(Patient).where(Patient.public_id == patient)
    assert saved(sessions, row).first_name == "Maria", "nothing is saved before the second person decides"
    assert keep_mine(two[1], told, action).status_code == 303
    assert (saved(sessions, row).first_name, saved(sessions, row).member_id) == ("Mariana", "W99")


def test_theirs_is_taken_by_a_link(two, patient):
    page, action = f"/patients/{patient}", f"/patients/{patient}/facts"
    told = both_save(two, page, action, {"patient-first_name": "Maria"}, {"patient-first_name": "Mariana"})
    assert re.search(rf'<a class="btn" href="{page}">Take theirs</a>', told.text)


def test_what_was_typed_can_be_changed_before_it_is_kept(two, patient, sessions):
    page, action = f"/patients/{patient}", f"/patients/{patient}/facts"
    told = both_save(two, page, action, {"patient-first_name": "Maria"}, {"patient-first_name": "Mariana"})
    keep_mine(two[1], told, action, **{"patient-first_name": "Maria Ana"})
    assert saved(sessions, select(Patient).where(Patient.public_id == patient)).first_name == "Maria Ana"


def test_a_third_writer_in_between_is_seen_too(two, patient):
    page, action = f"/patients/{patient}", f"/patients/{patient}/facts"
    told = both_save(two, page, action, {"patient-first_name": "Maria"}, {"patient-first_name": "Mariana"})
    again = fields_of(two[0].get(page).text, action) | {"patient-first_name": "Marie"}
    assert two[0].post(action, data=again).status_code == 303
    told = keep_mine(two[1], told, action)
    assert told.status_code == 409
    assert "Saved now: Marie<" in told.text


def test_a_double_click_leaves_nothing_to_decide(two, patient):
    page, action = f"/patients/{patient}", f"/patients/{patient}/facts"
    form = fields_of(two[0].get(page).text, action) | {"patient-first_name": "Maria"}
    assert [two[0].post(action, data=form).status_code for _ in range(2)] == [303, 303]


def test_coverage_in_parts_is_one_form(two, patient, sessions):
    page, action = f"/patients/{patient}", f"/patients/{patient}/coverage"
    told = both_save(
        two,
        page,
        action,
        {"authorization-number": "AUTH-1"},
        {"authorization-number": "AUTH-2", "plan-certified_by": "Dr. Hill"},
    )
    assert "Saved now: AUTH-1<" in told.text
    assert 'value="Dr. Hill"' in told.text
    assert keep_mine(two[1], told, action).status_code == 303
    again = fields_of(two[1].get(page).text, action)
    assert (again["authorization-number"], again["plan-certified_by"]) == (["AUTH-2"], ["Dr. Hill"])


def test_a_denial(two, things, cast, sessions):
    denial = things[cast.eastside.id]["denial"]
    page, action = f"/denials/{denial}", f"/denials/{denial}/snooze"
    told = both_save(two, page, action, {"snooze-until": "12/20/2026"}, {"snooze-until": "12/24/2026"})
    assert "Saved now: 12/20/2026<" in told.text
    keep_mine(two[1], told, action)
    assert f"{saved(sessions, select(Denial).where(Denial.public_id == denial)).snoozed_to}" == "2026-12-24"


def test_a_comment_is_added_whatever_else_was_changed(two, things, cast):
    denial = things[cast.eastside.id]["denial"]
    form = fields_of(two[1].get(f"/denials/{denial}").text, f"/denials/{denial}/comment")
    snooze = fields_of(two[0].get(f"/denials/{denial}").text, f"/denials/{denial}/snooze")
    two[0].post(f"/denials/{denial}/snooze", data=snooze | {"snooze-until": "12/20/2026"})
    answer = two[1].post(f"/denials/{denial}/comment", data=form | {"comment-text": "They called back"})
    assert answer.status_code == 303


def test_a_practice(two, cast, sessions):
    action = f"/settings/practices/{cast.eastside.public_id}"
    npi = {"npi": "1234567893"}
    told = both_save(two, action, action, npi | {"phone": "555-0100"}, npi | {"phone": "555-0199"})
    assert "Saved now: 555-0100<" in told.text
    keep_mine(two[1], told, action)
    assert saved(sessions, select(Practice).where(Practice.id == cast.eastside.id)).phone == "555-0199"


def test_rules_of_signing(two, cast, sessions):
    page = f"/settings/practices/{cast.eastside.public_id}/letters"
    told = both_save(two, page, f"{page}/rules", {"write_off_limit": "100"}, {"write_off_limit": "250"})
    keep_mine(two[1], told, f"{page}/rules")
    assert saved(sessions, select(Practice).where(Practice.id == cast.eastside.id)).write_off_limit_cents == 25000


def test_where_a_payers_appeals_go(two, payer, sessions):
    told = both_save(two, f"/payers/{payer}", f"/payers/{payer}/address", {"fax": "555-0100"}, {"fax": "555-0199"})
    assert "Saved now: 555-0100<" in told.text
    keep_mine(two[1], told, f"/payers/{payer}/address")
    assert saved(sessions, select(Payer).where(Payer.public_id == payer)).fax == "555-0199"


def test_a_payers_figures(two, cast, payer):
    place = cast.eastside.public_id
    page, action = f"/payers/{payer}", f"/payers/{payer}/figures?practice={place}"
    name = f"{place}-packet_file_pages"
    assert name in fields_of(two[0].get(page).text, f"/payers/{payer}/figures")
    told = both_save(two, page, action, {name: "40"}, {name: "60"})
    assert "Saved now: 40<" in told.text
    keep_mine(two[1], told, action)
    assert fields_of(two[0].get(page).text, f"/payers/{payer}/figures")[name] == ["60"]


def test_a_limit_of_a_payer(two, cast, payer):
    action = f"/payers/{payer}/limits/appeal-1?practice={cast.eastside.public_id}"
    common = {"unit": "days", "source": "Contract", "confirmed": "1"}
    told = both_save(two, action, action, common | {"length": "90"}, common | {"length": "120"})
    assert "Saved now: 90<" in told.text
    assert 'value="120"' in told.text


def test_a_saved_view_opened_twice(two, cast, sessions):
    client = two[0]
    token = build.csrf_token(client.get("/queue"))
    client.post("/queue/views", data={"csrf_token": token, "name": "Mine", "shared": "", "query": "code=CO-50"})
    view = saved(sessions, select(SavedView)).public_id
    forms = [fields_of(client.get(f"/queue/views/{view}").text, f"/queue/views/{view}") for _ in range(2)]
    client.post(f"/queue/views/{view}", data=forms[0] | {"name": "One"})
    told = client.post(f"/queue/views/{view}", data=forms[1] | {"name": "Two"})
    assert told.status_code == 409
    assert "You changed it on" in told.text
    assert 'value="Two"' in told.text


def test_a_takeback(two, things, cast, sessions):
    takeback = things[cast.eastside.id]["takeback"]
    with transaction(sessions.system()) as session:
        session.scalar(select(ProviderAdjustment).where(ProviderAdjustment.public_id == takeback)).task = "open"
    action = f"/takebacks/{takeback}"
    told = both_save(two, "/takebacks", action, {"task": "accepted"}, {"task": "disputed"})
    keep_mine(two[1], told, action)
    assert (
        saved(sessions, select(ProviderAdjustment).where(ProviderAdjustment.public_id == takeback)).task == "disputed"
    )


def test_an_appeal(two, things, cast, sessions):
    appeal = things[cast.eastside.id]["appeal"]
    with transaction(sessions.system()) as session:
        session.scalar(select(Appeal).where(Appeal.public_id == appeal)).status = "ready"
    page, action = f"/appeals/{appeal}", f"/appeals/{appeal}/sent"
    form = fields_of(two[1].get(page).text, action)
    old = form | {"sent-version": "0", "sent-tracking": "1Z-77", "sent-sent_on": "11/02/2026"}
    told = two[1].post(action, data=old)
    assert told.status_code == 409
    assert 'value="1Z-77"' in told.text


def test_roles_that_somebody_else_changed_are_shown_as_they_stand(two, things, cast, become, sessions, signed_in):
    with transaction(sessions.system()) as session:
        third = build.user(session, "dora", cast.eastside)
        public_id = third.public_id
    page, action = f"/users/{public_id}", f"/users/{public_id}/roles"
    name = f"role-{cast.eastside.public_id}"
    forms = [fields_of(client.get(page).text, action) for client in two]
    assert two[0].post(action, data=forms[0] | {name: "lead"}).status_code == 303
    told = two[1].post(action, data=forms[1] | {name: "reader"})
    assert told.status_code == 409
    assert "Somebody else changed the roles" in told.text


def test_two_writers_at_the_same_moment_are_told_as_well(two, patient, sessions, monkeypatch):
    """The other's commit comes between this request's reading and its writing, as PostgreSQL lets it."""
    from tracker.web import patients

    page, action = f"/patients/{patient}", f"/patients/{patient}/facts"
    form = fields_of(two[1].get(page).text, action) | {"patient-first_name": "Mariana"}
    really, calls = patients.edit_patient, []

    def edit(session, row, *rest):
        calls.append(row)
        if len(calls) > 1:
            return really(session, row, *rest)
        session.rollback()
        with transaction(sessions.system()) as other:
            other.scalar(select(Patient).where(Patient.public_id == patient)).first_name = "Maria"
        raise StaleDataError("the row is not the one that was read")

    monkeypatch.setattr(patients, "edit_patient", edit)
    told = two[1].post(action, data=form)
    assert (told.status_code, len(calls)) == (409, 2)
    assert "Saved now: Maria<" in told.text
    assert 'value="Mariana"' in told.text
