"""A person's own account: password, sessions."""

import pytest

from tests import build
from tracker.db import transaction
from tracker.models import User


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get("/account")), **fields})


def change(client, old=build.PASSWORD, new="seven blue chairs", again="seven blue chairs"):
    return post(client, "/account/password", old=old, new=new, again=again)


def signs_in(app, login, password):
    client = app.test_client()
    form = {"login": login, "password": password, "csrf_token": build.csrf_token(client.get("/login"))}
    return client.post("/login", data=form).status_code == 303


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(app, signed_in, cast):
    here, elsewhere = signed_in(cast.alice), signed_in(cast.alice)
    assert change(here).status_code == 303
    assert here.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 303
    assert signs_in(app, "alice", "seven blue chairs")
    assert not signs_in(app, "alice", build.PASSWORD)


def test_a_new_password_gives_this_browser_a_new_token(app, signed_in, cast):
    client = signed_in(cast.alice)
    thief = app.test_client()
    for cookie in list(client._cookies.values()):
        thief.set_cookie(cookie.key, cookie.value)
    assert thief.get("/queue").status_code == 200
    change(client)
    assert thief.get("/queue").status_code == 303
    assert client.get("/queue").status_code == 200


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"old": "wrong"}, "The present password is not right"),
        ({"new": "short", "again": "short"}, "The password must have at least 15 characters"),
        ({"new": "x" * 129, "again": "x" * 129}, "The password must have at most 128 characters"),
        ({"new": "alice eastside 7", "again": "alice eastside 7"}, "must be more than your name"),
        ({"new": "Eastside PT Eastside PT", "again": "Eastside PT Eastside PT"}, "The password "),
        ({"again": "other words here"}, "The two new passwords must be the same"),
        ({"old": ""}, "Enter the present password"),
    ],
)
def test_a_password_that_will_not_do(app, signed_in, cast, fields, message):
    page = change(signed_in(cast.alice), **fields)
    assert page.status_code == 422
    assert page.text.count(message) == 2
    assert signs_in(app, "alice", build.PASSWORD)


def test_wrong_present_passwords_count_like_wrong_sign_ins(signed_in, cast):
    client = signed_in(cast.alice)
    for _ in range(5):
        assert change(client, old="wrong").status_code == 422
    answer = change(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_accents_typed_in_two_ways_are_one_password(app, signed_in, cast):
    change(signed_in(cast.alice), new="cafe\u0301 au lait fort", again="cafe\u0301 au lait fort")
    assert signs_in(app, "alice", "caf\u00e9 au lait fort")


# ---- sessions ----


def browser(app, user, agent):
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    form = {"login": user.login, "password": build.PASSWORD, "csrf_token": build.csrf_token(client.get("/login"))}
    client.post("/login", data=form)
    return client


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"


def test_the_account_page_lists_browsers_in_words(app, signed_in, cast):
    here = browser(app, cast.alice, EDGE)
    browser(app, cast.alice, FIREFOX)
    browser(app, cast.bob, "curl/8")
    page = here.get("/account").text
    assert "Edge on Windows" in page
    assert "Firefox on Windows" in page
    assert "Another program" not in page
    assert page.count("This browser") == 1


def test_one_browser_is_signed_out(app, sessions, cast):
    here, there = browser(app, cast.alice, EDGE), browser(app, cast.alice, FIREFOX)
    address = here.get("/account").text.split('action="/account/sessions/')[1].split('"')[0]
    assert post(here, f"/account/sessions/{address}").status_code == 303
    assert there.get("/queue").status_code == 303
    assert here.get("/queue").status_code == 200


def test_nobody_signs_out_the_browser_of_another(app, sessions, cast):
    browser(app, cast.bob, FIREFOX)
    from sqlalchemy import select

    from tracker.models import UserSession

    with sessions.system() as session:
        bobs = session.scalars(select(UserSession.public_id)).one()
    assert post(browser(app, cast.alice, EDGE), f"/account/sessions/{bobs}").status_code == 404


def test_other_browsers_are_signed_out_on_demand(signed_in, cast):
    here, elsewhere, bobs = signed_in(cast.alice), signed_in(cast.alice), signed_in(cast.bob)
    post(here, "/account/sessions")
    assert "1 other session signed out." in here.get("/account").text
    assert elsewhere.get("/queue").status_code == 303
    assert bobs.get("/queue").status_code == 200


def test_a_disabled_person_is_out_at_the_next_request(signed_in, sessions, cast):
    client = signed_in(cast.alice)
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).is_active = False
    assert client.get("/queue").status_code == 303
