"""Dangerous acts ask for the password or a code again when the last time is some minutes ago; nothing typed is lost."""

import re
from datetime import timedelta
from io import BytesIO

import pytest

from tests import build
from tests.web.test_second_factor import turn_on
from tracker.domain.access import Action, Role
from tracker.models import User
from tracker.services.users import find_user
from tracker.web import access


@pytest.fixture
def owner(cast, become):
    become(cast.alice, Role.OWNER)
    return cast.alice


@pytest.fixture
def late(signed_in, owner, clock):
    """The owner's browser, ten minutes after signing in."""
    client = signed_in(owner)
    clock.now += timedelta(minutes=10)
    return client


def send(client, path, **fields):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get("/account")), **fields})


def carried(page):
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    return {name: value for name, value in found.items() if name != "csrf_token"}


# They show what a text would make of the facts chosen, and keep nothing.
TRIALS = {"templates.try_html", "templates.try_pdf"}
# Taking access away has to be quick.
REVOKES = {"api_tokens.revoke"}


def test_every_change_of_users_owners_templates_and_practices_asks_for_a_proof(app):
    dangerous = {Action.MANAGE_USERS, Action.MANAGE_OWNERS, Action.OWN_PRACTICE, Action.TEMPLATES}
    with app.app_context():
        found = [
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if rule.methods & {"POST", "PUT", "PATCH", "DELETE"} and access.declared(rule.endpoint) in dangerous
        ]
        assert {name for name in found if not access.is_dangerous(name)} == TRIALS | REVOKES
    assert len(found) >= 7


def test_lately_signed_in_nothing_is_asked(signed_in, owner, cast, sessions):
    client = signed_in(owner)
    assert send(client, f"/users/{cast.bob.public_id}/disable").status_code == 303
    with sessions.reading(()) as session:
        assert not session.get_one(User, cast.bob.id).is_active


def test_later_the_password_is_asked_and_what_was_typed_is_kept(late, cast, sessions):
    typed = {"name": "Dora Quill", "login": "dora", "email": "dora@clinic.example"}
    typed[f"role-{cast.eastside.public_id}"] = "reader"
    page = send(late, "/users/new", **typed)
    assert page.status_code == 422
    assert "Confirm that it is you" in page.text
    assert 'action="/users/new"' in page.text
    assert carried(page) == typed
    with sessions.reading(()) as session:
        assert find_user(session, "dora") is None
    assert send(late, "/users/new", **carried(page), proof=build.PASSWORD).status_code == 303
    with sessions.reading(()) as session:
        assert find_user(session, "dora") is not None


def test_a_proof_gives_a_new_token_and_lasts_five_minutes(late, cast, clock, app):
    thief = app.test_client()
    for cookie in list(late._cookies.values()):
        thief.set_cookie(cookie.key, cookie.value)
    send(late, f"/users/{cast.bob.public_id}/link", proof=build.PASSWORD)
    assert late.get("/queue").status_code == 200
    assert thief.get("/queue").status_code == 303
    clock.now += timedelta(minutes=4)
    assert send(late, f"/users/{cast.bob.public_id}/link").status_code == 303
    clock.now += timedelta(minutes=2)
    assert send(late, f"/users/{cast.bob.public_id}/link").status_code == 422


def test_a_wrong_password_changes_nothing_and_counts(late, cast, sessions):
    for _ in range(5):
        page = send(late, f"/users/{cast.bob.public_id}/disable", proof="not the password")
        assert page.status_code == 422
        assert "This is not your password" in page.text
    answer = send(late, f"/users/{cast.bob.public_id}/disable", proof=build.PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    with sessions.reading(()) as session:
        assert session.get_one(User, cast.bob.id).is_active


def test_a_code_of_the_app_will_do_and_is_used_up(signed_in, owner, cast, clock):
    client = signed_in(owner)
    turn_on(client, clock)
    clock.now += timedelta(minutes=10)
    code = build.totp(clock.now)
    assert send(client, f"/users/{cast.bob.public_id}/link", proof=code).status_code == 303
    clock.now += timedelta(minutes=6)
    assert send(client, f"/users/{cast.bob.public_id}/link", proof=code).status_code == 422


def test_a_role_that_may_not_do_it_is_refused_before_anything_is_asked(signed_in, cast, clock):
    client = signed_in(cast.alice)
    clock.now += timedelta(minutes=10)
    assert send(client, f"/users/{cast.bob.public_id}/disable", proof=build.PASSWORD).status_code == 403


@pytest.mark.own_app
def test_a_dangerous_page_is_opened_after_a_proof(app, signed_in, owner, clock):
    app.add_url_rule("/everything", "everything", access.needs(Action.OWN_PRACTICE, fresh=True)(lambda: "all of it"))
    client = signed_in(owner)
    assert client.get("/everything?kind=all").text == "all of it"
    clock.now += timedelta(minutes=10)
    asked = client.get("/everything?kind=all").headers["Location"]
    assert asked == "/confirm?next=/everything?kind%3Dall"
    answer = send(client, "/confirm", proof=build.PASSWORD, next="/everything?kind=all")
    assert answer.headers["Location"] == "/everything?kind=all"
    assert client.get("/everything?kind=all").text == "all of it"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_proof_leads_to_no_other_site(late, elsewhere):
    assert send(late, "/confirm", proof=build.PASSWORD, next=elsewhere).headers["Location"] == "/"


@pytest.mark.own_app
def test_a_file_is_not_kept_and_the_page_says_so(app, signed_in, owner, clock):
    view = access.needs(Action.OWN_PRACTICE, fresh=True)(lambda: "taken")
    app.add_url_rule("/restore", "restore", view, methods=["POST"])
    client = signed_in(owner)
    clock.now += timedelta(minutes=10)
    data = {"csrf_token": build.csrf_token(client.get("/account")), "file": (BytesIO(b"x"), "backup")}
    page = client.post("/restore", data=data)
    assert page.status_code == 422
    assert "choose it again" in page.text


def test_htmx_is_sent_to_the_page_that_asks(late, cast):
    token = build.csrf_token(late.get("/account"))
    address = f"/users/{cast.bob.public_id}"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{address}"}
    answer = late.post(f"{address}/disable", data={"csrf_token": token}, headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, f"/confirm?next={address}")


def test_someone_who_left_the_proof_empty_is_told(late):
    page = send(late, "/confirm", proof="")
    assert page.status_code == 422
    assert "Enter your password" in page.text
