"""Emergency access: an owner seals a code, its person reads the practice with it for four hours, once, and loudly."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.auditing.entries import entries
from tests.forms import fields_of
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import denied, letter, make_ready, sign
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import EmergencyCode, Membership, User

__all__ = ["denied", "letter"]  # the fixtures

CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}")


@pytest.fixture
def owner(cast, become, signed_in):
    become(cast.alice, Role.OWNER)
    return signed_in(cast.alice)


@pytest.fixture
def alice(owner):
    """Whose letter it is."""
    return owner


@pytest.fixture
def therapist(sessions, cast):
    """A therapist, who sees nothing of the queue on other days; their password is lost."""
    with transaction(sessions.system()) as session:
        user = User(login="tess", name="Tess Ruiz", password_hash="")
        session.add(user)
        session.flush()
        for place in (cast.eastside, cast.lakeview):
            session.add(Membership(user_id=user.id, practice_id=place.id, role=Role.THERAPIST))
        return user


@pytest.fixture
def denial(sessions, cast):
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside)


def seal(owner, cast, person) -> str:
    """Make a code through the page and return it."""
    action = f"/settings/practices/{cast.eastside.public_id}/emergency"
    answer = owner.post(
        action, data=fields_of(owner.get("/settings/emergency").text, action) | {"person": person.public_id}
    )
    assert answer.status_code == 200, answer.text
    [code] = CODE.findall(answer.text)
    return code


def use(client, login: str, code: str):
    page = client.get("/login/emergency").text
    return client.post("/login/emergency", data=fields_of(page, "/login/emergency") | {"login": login, "code": code})


def test_the_code_is_shown_once_and_only_its_hash_is_kept(owner, cast, therapist, sessions):
    code = seal(owner, cast, therapist)
    page = owner.get("/settings/emergency").text
    assert "For Tess Ruiz" in page
    assert "not used" in page
    assert code not in page
    with sessions.system() as session:
        row = session.scalars(select(EmergencyCode)).one()
        assert code.replace("-", "") not in str(vars(row))


def test_it_opens_the_practice_of_the_code_alone_to_read(owner, cast, therapist, denial, client):
    code = seal(owner, cast, therapist)
    answer = use(client, "TESS", code.lower().replace("-", " "))
    assert answer.status_code == 303
    page = client.get(f"/denials/{denial.public_id}")
    assert page.status_code == 200
    assert "Emergency access</b> to Eastside PT until" in page.text
    assert "Okafor" in page.text
    assert cast.lakeview.name not in client.get("/queue").text


@pytest.mark.parametrize("path", ["/settings/emergency", "/settings/keys", "/users", "/settings/practices/new"])
def test_what_owners_decide_stays_closed(owner, cast, therapist, client, path):
    use(client, "tess", seal(owner, cast, therapist))
    assert client.get(path).status_code in {403, 404}


def test_nothing_can_be_changed(owner, cast, therapist, denial, client, sessions):
    use(client, "tess", seal(owner, cast, therapist))
    address = f"/denials/{denial.public_id}"
    fields = fields_of(client.get(address).text, f"{address}/comment") | {"comment-text": "Looked at it"}
    answer = client.post(f"{address}/comment", data=fields)
    assert answer.status_code == 403
    assert "change nothing" in answer.text
    answer = client.post("/queue/search", data=fields | {"q": "Okafor"})
    assert answer.status_code == 303


def test_a_signed_letter_and_its_packet_are_read_and_none_is_signed(
    owner, cast, therapist, alice, letter, client, sessions
):
    make_ready(alice, letter)
    assert sign(alice, letter).status_code == 303
    use(client, "tess", seal(owner, cast, therapist))
    for path in ("/letter", "/letter/preview", "/letter.pdf", "/packet.pdf"):
        assert client.get(letter.removesuffix("/letter") + path).status_code == 200, path
    assert client.get(letter.removesuffix("/letter") + "/sign").status_code == 403


def test_it_works_once(owner, cast, therapist, app, client):
    code = seal(owner, cast, therapist)
    use(client, "tess", code)
    again = use(app.test_client(), "tess", code)
    assert again.status_code == 422
    assert "does not open anything" in again.text


def test_it_opens_to_its_person_alone(owner, cast, therapist, client):
    code = seal(owner, cast, therapist)
    assert use(client, "alice", code).status_code == 422
    assert use(client, "nobody", code).status_code == 422
    assert use(client, "tess", "A" * 32).status_code == 422
    assert use(client, "tess", code).status_code == 303


def test_wrong_codes_have_to_wait(owner, cast, therapist, client):
    code = seal(owner, cast, therapist)
    assert [use(client, "tess", "A" * 32).status_code for _ in range(7)][-1] == 429
    assert use(client, "tess", code).status_code == 429


def test_it_ends_after_four_hours_though_it_is_busy(owner, cast, therapist, client, clock):
    use(client, "tess", seal(owner, cast, therapist))
    for _ in range(23):
        clock.now += timedelta(minutes=10)
        assert client.get("/queue").status_code == 200
    clock.now += timedelta(minutes=10)
    assert client.get("/queue").location.startswith("/login")


def test_every_owner_is_told_and_the_log_is_loud(owner, cast, therapist, denial, client, sessions):
    use(client, "tess", seal(owner, cast, therapist))
    client.get(f"/denials/{denial.public_id}")
    assert "Somebody used an emergency code of a practice of yours" in owner.get("/queue").text
    theirs = [one for one in entries(sessions.engine) if one.actor_id == therapist.id]
    assert [one.practice_id for one in theirs if one.action == "emergency"] == [cast.eastside.id]
    read = [one.detail for one in theirs if one.object_id == denial.public_id]
    assert read
    assert all('"emergency"' in detail for detail in read)
    assert "Used an emergency code" in owner.get("/audit").text


def test_an_owner_revokes_what_was_opened(owner, cast, therapist, client):
    use(client, "tess", seal(owner, cast, therapist))
    action = f"/settings/practices/{cast.eastside.public_id}/emergency/revoke"
    answer = owner.post(action, data=fields_of(owner.get("/settings/emergency").text, action))
    assert "Emergency code revoked" in owner.get(answer.location).text
    assert client.get("/queue").location.startswith("/login")


def test_a_new_code_takes_the_place_of_the_unused_one(owner, cast, therapist, client):
    first, second = seal(owner, cast, therapist), seal(owner, cast, therapist)
    assert use(client, "tess", first).status_code == 422
    assert use(client, "tess", second).status_code == 303


def test_who_left_opens_nothing(owner, cast, therapist, client, sessions):
    code = seal(owner, cast, therapist)
    with transaction(sessions.system()) as session:
        session.delete(session.get_one(Membership, (therapist.id, cast.eastside.id)))
    assert use(client, "tess", code).status_code == 422


def test_a_foreign_practice_is_not_there(owner, cast, therapist):
    token = build.csrf_token(owner.get("/settings/emergency"))
    for action in ("emergency", "emergency/revoke"):
        answer = owner.post(
            f"/settings/practices/{cast.lakeview.public_id}/{action}",
            data={"csrf_token": token, "person": therapist.public_id},
        )
        assert answer.status_code == 404
