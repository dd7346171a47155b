"""Deleting a practice in two steps and bringing it back; in a company a second owner confirms, and only once."""

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tests import build
from tests.auditing.entries import detail, entries
from tests.forms import fields_of
from tests.web.test_second_factor import turn_on
from tracker.app import create_app
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.audit import Chain
from tracker.models import OwnerRequest, Practice, RawFile, User
from tracker.services.owner_requests import expire_requests
from tracker.web import practice_requests


def page_of(cast) -> str:
    return f"/settings/practices/{cast.eastside.public_id}/delete"


def send(client, page, action, **typed):
    return client.post(action, data=fields_of(client.get(page).text, action) | typed)


def delete(client, cast, name="Eastside PT"):
    return send(client, f"{page_of(cast)}?step=2", page_of(cast), name=name)


def practice(sessions, cast) -> Practice:
    with sessions.system() as session:
        return session.get_one(Practice, cast.eastside.id)


def requests(sessions) -> list[OwnerRequest]:
    with sessions.system() as session:
        return list(session.scalars(select(OwnerRequest).order_by(OwnerRequest.id)))


@pytest.fixture
def owners(cast, become, sessions):
    become(cast.alice, Role.OWNER)
    become(cast.bob, Role.OWNER)
    with transaction(sessions.system()) as session:
        build.denied_line(session, session.merge(cast.eastside))


# ---- one owner is enough ----


def test_the_first_step_counts_what_goes_and_the_second_asks_for_the_name(signed_in, cast, owners):
    client = signed_in(cast.alice)
    first = client.get(page_of(cast)).text
    assert "1 denial<" in first
    assert "2 people with access" in first
    assert 'name="name"' not in first
    assert 'name="name"' in client.get(f"{page_of(cast)}?step=2").text


def test_a_practice_is_deleted_by_its_name_and_brought_back(signed_in, cast, owners, sessions, clock):
    client = signed_in(cast.alice)
    assert "Type the name as it stands here" in delete(client, cast, "Eastside").text
    assert practice(sessions, cast).deleted_at is None
    done = delete(client, cast, " eastside  pt ")
    assert done.location == "/settings#deleted"
    assert (practice(sessions, cast).deleted_at, practice(sessions, cast).deleted_by_id) == (clock.now, cast.alice.id)
    settings = client.get("/settings").text
    assert "Until 12/23/2026 an owner can bring it back" in settings
    assert client.get(page_of(cast)).status_code == 403  # no practice is left to her
    back = f"/settings/deleted/{cast.eastside.public_id}"
    assert "1 denial<" in client.get(back).text
    assert send(client, back, back).status_code == 303
    assert practice(sessions, cast).deleted_at is None
    assert "Eastside PT" in client.get("/settings").text


def test_only_owners_see_a_deleted_practice(signed_in, cast, owners, become, sessions):
    delete(signed_in(cast.alice), cast)
    back = f"/settings/deleted/{cast.eastside.public_id}"
    assert signed_in(cast.bob).get(back).status_code == 200
    become(cast.bob, Role.ADMIN)
    client = signed_in(cast.bob)
    assert client.get(back).status_code == 403
    assert "Eastside PT" not in client.get("/settings").text
    assert signed_in(cast.charlie).get(back).status_code == 403
    become(cast.charlie, Role.OWNER)
    assert signed_in(cast.charlie).get(back).status_code == 404


def test_a_practice_that_was_changed_since_is_looked_at_again(signed_in, cast, owners, sessions):
    client = signed_in(cast.alice)
    form = fields_of(client.get(f"{page_of(cast)}?step=2").text, page_of(cast))
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).phone = "555-0100"
    told = client.post(page_of(cast), data=form | {"name": "Eastside PT"})
    assert (told.status_code, "was changed since" in told.text) == (409, True)
    assert practice(sessions, cast).deleted_at is None


def test_an_old_proof_is_asked_for_anew(signed_in, cast, owners, clock, sessions):
    client = signed_in(cast.alice)
    clock.now += timedelta(minutes=10)
    assert "Confirm that it is you" in delete(client, cast).text
    assert practice(sessions, cast).deleted_at is None


# ---- two owners in a company ----


@pytest.fixture
def company(settings, clock, sessions):
    app = create_app(replace(settings, profile="company"), clock)
    yield app
    app.extensions["tracker_sessions"].engine.dispose()


@pytest.fixture
def enter(company, clock):
    """Give a function that signs a person in where everybody has a second factor."""

    def sign_in(user):
        client = company.test_client()
        form = {"login": user.login, "password": build.PASSWORD, "csrf_token": build.csrf_token(client.get("/login"))}
        assert client.post("/login", data=form).status_code == 303
        turn_on(client, clock)
        return client

    return sign_in


def the_request(cast, row: OwnerRequest) -> str:
    return f"/settings/practices/{cast.eastside.public_id}/requests/{row.public_id}"


def test_a_second_owner_confirms_a_deletion(enter, cast, owners, sessions, engine, clock):
    alice, bob = enter(cast.alice), enter(cast.bob)
    asked = delete(alice, cast)
    [row] = requests(sessions)
    assert asked.location == the_request(cast, row)
    assert practice(sessions, cast).deleted_at is None
    own = alice.get(asked.location).text
    assert "Somebody else confirms it: Bob" in own
    assert "Confirm deletion" not in own
    for page in ("/settings", f"/settings/practices/{cast.eastside.public_id}/data"):
        assert the_request(cast, row) in bob.get(page).text
    shown = bob.get(asked.location).text
    assert "Alice asks" in shown
    assert "1 denial<" in shown
    assert send(bob, asked.location, f"{asked.location}/confirm").status_code == 303
    assert practice(sessions, cast).deleted_at == clock.now
    [row] = requests(sessions)
    assert (row.state, row.asked_by_id, row.decided_by_id) == ("confirmed", cast.alice.id, cast.bob.id)
    told = [(each.actor, detail(each).get("page")) for each in entries(engine) if each.action == "configured"]
    assert ("alice", "practice_deleting.delete") in told
    assert ("bob", "practice_requests.agree") in told


def test_who_asked_cannot_confirm(enter, cast, owners, sessions):
    alice = enter(cast.alice)
    address = delete(alice, cast).location
    form = {"csrf_token": build.csrf_token(alice.get("/settings")), "version": "1"}
    told = alice.post(f"{address}/confirm", data=form)
    assert (told.status_code, "Somebody else confirms what you asked for" in told.text) == (409, True)
    assert practice(sessions, cast).deleted_at is None


def test_a_confirmation_asks_for_a_fresh_proof(enter, cast, owners, sessions, clock):
    alice, bob = enter(cast.alice), enter(cast.bob)
    address = delete(alice, cast).location
    clock.now += timedelta(minutes=10)
    assert "Confirm that it is you" in send(bob, address, f"{address}/confirm").text
    assert practice(sessions, cast).deleted_at is None


def test_the_only_owner_is_told_what_to_do(enter, cast, owners, become, sessions):
    alice = enter(cast.alice)
    form = fields_of(alice.get(f"{page_of(cast)}?step=2").text, page_of(cast))
    become(cast.bob, Role.LEAD)
    page = alice.get(f"{page_of(cast)}?step=2").text
    assert "You are the only owner of Eastside PT who can sign in" in page
    assert 'name="name"' not in page
    told = alice.post(page_of(cast), data=form | {"name": "Eastside PT"})
    assert (told.status_code, "you are the only one who can sign in" in told.text) == (422, True)
    assert requests(sessions) == []


def test_the_same_is_not_asked_twice_and_can_be_taken_back_or_declined(enter, cast, owners, sessions):
    alice, bob = enter(cast.alice), enter(cast.bob)
    form = fields_of(alice.get(f"{page_of(cast)}?step=2").text, page_of(cast)) | {"name": "Eastside PT"}
    address = alice.post(page_of(cast), data=form).location
    assert "This is asked already" in alice.post(page_of(cast), data=form).text
    assert send(alice, address, f"{address}/decline").status_code == 303
    address = delete(alice, cast).location
    assert send(bob, address, f"{address}/decline").status_code == 303
    assert [row.state for row in requests(sessions)] == ["withdrawn", "declined"]
    assert practice(sessions, cast).deleted_at is None
    assert "It was declined" in alice.get(address).text


def test_after_seven_days_it_is_over(enter, cast, owners, sessions, clock, engine):
    address = delete(enter(cast.alice), cast).location
    clock.now += timedelta(days=7)
    bob = enter(cast.bob)
    assert "Confirm deletion" not in bob.get(address).text
    form = {"csrf_token": build.csrf_token(bob.get("/settings")), "version": "1"}
    assert "its seven days are over" in bob.post(f"{address}/confirm", data=form).text
    assert practice(sessions, cast).deleted_at is None
    with transaction(sessions.system()) as session:
        assert expire_requests(session, clock.now) == 1
    assert requests(sessions)[0].state == "expired"
    assert "owner_requests" in detail(entries(engine, Chain.CHANGES)[-1])["changed"]


def test_a_request_of_somebody_who_owns_nothing_any_more_is_void(enter, cast, owners, become, sessions):
    alice, bob = enter(cast.alice), enter(cast.bob)
    address = delete(alice, cast).location
    become(cast.alice, Role.READER)
    assert "is no owner any more" in send(bob, address, f"{address}/confirm").text
    assert practice(sessions, cast).deleted_at is None


def test_removing_old_files_waits_for_the_second_owner_too(enter, cast, owners, sessions, clock):
    with transaction(sessions.system()) as session:
        stored = build.import_file(session, cast.eastside, stored_at=clock.now - timedelta(days=400))
        session.add(RawFile(practice_id=cast.eastside.id, import_id=stored.id, content=b"an 835"))
    alice, bob = enter(cast.alice), enter(cast.bob)
    page = f"/settings/practices/{cast.eastside.public_id}/data"
    seen = send(alice, page, f"{page}/keep-files", months="12")
    address = alice.post(f"{page}/keep-files", data=fields_of(seen.text, f"{page}/keep-files")).location
    assert practice(sessions, cast).keep_files_months is None
    assert "1 file is older" in bob.get(address).text
    send(bob, address, f"{address}/confirm")
    assert practice(sessions, cast).keep_files_months == 12


@pytest.fixture
def third(sessions, cast, owners):
    with transaction(sessions.system()) as session:
        return build.user(session, "dora", cast.eastside, role="owner")


def test_of_two_who_confirm_at_once_one_is_told_that_it_was_decided(enter, cast, owners, third, sessions):
    address = delete(enter(cast.alice), cast).location
    people = [enter(cast.bob), enter(third)]
    forms = [fields_of(client.get(address).text, f"{address}/confirm") for client in people]
    ready, answers = threading.Barrier(2), {}

    def confirm(number):
        ready.wait()
        answers[number] = people[number].post(f"{address}/confirm", data=forms[number])

    threads = [threading.Thread(target=confirm, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status_code for answer in answers.values())
    # The practice is hidden for who comes second, or the request is decided: one of both is done in any case.
    assert statuses[0] == 303
    assert statuses[1] in {403, 404, 409}
    [row] = requests(sessions)
    assert (row.state, row.version) == ("confirmed", 2)


def test_a_decision_between_reading_and_writing_is_told(enter, cast, owners, third, sessions, monkeypatch):
    """The other's commit comes between this request's reading and its writing, as PostgreSQL lets it."""
    address = delete(enter(cast.alice), cast).location
    bob, really, calls = enter(cast.bob), practice_requests.confirm, []
    form = fields_of(bob.get(address).text, f"{address}/confirm")

    def confirm(session, row, *rest):
        calls.append(row)
        if len(calls) > 1:
            return really(session, row, *rest)
        session.rollback()
        with transaction(sessions.system()) as other:
            found = other.scalars(select(OwnerRequest)).one()
            found.state, found.decided_by_id = "declined", third.id
        raise StaleDataError("the row is not the one that was read")

    monkeypatch.setattr(practice_requests, "confirm", confirm)
    told = bob.post(f"{address}/confirm", data=form)
    assert (told.status_code, "decided by somebody else meanwhile" in told.text) == (409, True)
    assert practice(sessions, cast).deleted_at is None


def test_a_deletion_is_in_nobodys_way_where_one_owner_is_enough(signed_in, cast, become, sessions):
    become(cast.alice, Role.OWNER)
    assert delete(signed_in(cast.alice), cast).status_code == 303
    assert requests(sessions) == []
    with sessions.system() as session:
        assert re.fullmatch("alice", session.get_one(User, practice(sessions, cast).deleted_by_id).login)
