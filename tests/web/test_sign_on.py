"""Single sign-on, at a real OpenID Connect provider that runs beside the test."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests import build
from tests.web.test_second_factor import turn_on
from tests.web.test_users import send
from tracker.app import create_app
from tracker.db import transaction
from tracker.models import User
from tracker.services.user_links import Kind, make_link, open_link

# The provider of the tests, not ours, uses parts of Authlib that will go.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

DORA = Person(sub="dora-at-provider", claims={"email": "dora@clinic.example", "email_verified": True})
UNVERIFIED = Person(sub="eve-at-provider", claims={"email": "dora@clinic.example", "email_verified": False})
STRANGER = Person(sub="stranger", claims={"email": "stranger@elsewhere.example", "email_verified": True})


@pytest.fixture
def issuer():
    with run_server_in_thread(require_nonce=True, user_claims=[DORA, UNVERIFIED, STRANGER]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def with_sign_on(settings, issuer):
    return replace(
        settings, oidc_issuer=issuer, oidc_client_id="tracker", oidc_client_secret="not so secret",
        oidc_name="Clinic ID",
    )  # fmt: skip


@pytest.fixture
def app(with_sign_on, clock):
    app = create_app(with_sign_on, clock)
    yield app
    app.extensions["tracker_sessions"].engine.dispose()


@pytest.fixture
def dora(sessions, cast, settings):
    """Dora was invited and has not come yet."""
    with transaction(sessions.system()) as session:
        user = build.user(session, "dora", cast.eastside, email="Dora@Clinic.example")
        user.password_hash = ""
        make_link(session, user, Kind.INVITATION, build.NOW, settings.secret_key, None)
        return user


def ask(client, path="/login/sign-on"):
    """Go to the provider; the address the browser is sent to."""
    answer = client.get(path)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def approve(address, person):
    """Sign in at the provider as a person; the path and query it sends the browser back to."""
    answer = requests.post(address, data={"sub": person.sub}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def come_in(client, person, path="/login/sign-on"):
    return client.get(approve(ask(client, path), person))


def subject_of(sessions, user):
    with sessions.reading(()) as session:
        return session.get_one(User, user.id).oidc_subject


def test_the_provider_is_asked_with_state_nonce_and_pkce(client, issuer):
    assert "Sign in with Clinic ID" in client.get("/login").text
    address = ask(client)
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{issuer}/oauth2/authorize?")
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) >= 20
    assert len(asked["nonce"][0]) >= 20
    assert asked["redirect_uri"] == ["http://localhost/login/sign-on/back"]


def test_an_invited_person_is_connected_once_and_comes_in_again(app, client, dora, sessions, issuer):
    assert come_in(client, DORA, "/login/sign-on?next=/queue?view=mine").headers["Location"] == "/queue?view=mine"
    assert client.get("/queue").status_code == 200
    assert subject_of(sessions, dora) == f"{issuer}|dora-at-provider"
    with sessions.reading(()) as session:
        assert open_link(session, dora.id, build.NOW) is None
    again = app.test_client()
    assert come_in(again, DORA).headers["Location"] == "/"
    assert again.get("/queue").status_code == 200


@pytest.mark.parametrize("person", [UNVERIFIED, STRANGER], ids=["address not verified", "not invited"])
def test_nobody_else_comes_in_and_no_account_is_made(client, dora, sessions, person):
    answer = come_in(client, person)
    assert answer.status_code == 403
    assert "have no account here" in answer.text
    assert client.get("/queue").status_code == 303
    assert subject_of(sessions, dora) is None


def test_an_address_alone_is_no_invitation(client, cast, sessions):
    """Who has an account and no open link is not connected by an address they typed themselves."""
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.bob.id).email = "dora@clinic.example"
    assert come_in(client, DORA).status_code == 403
    assert subject_of(sessions, cast.bob) is None


def test_an_address_that_two_were_invited_at_connects_nobody(client, dora, cast, sessions, settings):
    with transaction(sessions.system()) as session:
        bob = session.get_one(User, cast.bob.id)
        bob.email = "dora@clinic.example"
        make_link(session, bob, Kind.RESET, build.NOW, settings.secret_key, None)
    assert come_in(client, DORA).status_code == 403


def test_a_disabled_person_stays_out(app, client, dora, sessions):
    come_in(client, DORA)
    with transaction(sessions.system()) as session:
        session.get_one(User, dora.id).is_active = False
    assert client.get("/queue").status_code == 303
    assert come_in(app.test_client(), DORA).status_code == 403


def test_an_answer_with_a_strange_state_or_used_twice_is_not_trusted(app, client, dora):
    back = approve(ask(client), DORA)
    stranger = app.test_client()
    for browser, path in (
        (stranger, back),
        (client, back.replace("state=", "state=x")),
        (client, "/login/sign-on/back"),
    ):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "could not be trusted" in answer.text
    again = approve(ask(client), DORA)
    assert client.get(again).status_code == 303
    assert client.get(again).status_code == 403


def test_who_denies_at_the_provider_is_told(client, dora):
    answer = requests.post(ask(client), data={"action": "deny"}, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    page = client.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 403
    assert "Start again from the sign-in page" in page.text


@pytest.fixture
def impostor(issuer):
    """A server that passes the description of the real provider off as its own."""
    described = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    server = make_server("127.0.0.1", 0, Request.application(lambda _: Response(json.dumps(described))))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def test_an_answer_of_another_issuer_than_the_one_set_is_not_taken(with_sign_on, impostor, clock, dora, sessions):
    app = create_app(replace(with_sign_on, oidc_issuer=impostor), clock)
    client = app.test_client()
    answer = come_in(client, DORA)
    assert answer.status_code == 403
    assert "does not say who you are" in answer.text
    assert subject_of(sessions, dora) is None
    app.extensions["tracker_sessions"].engine.dispose()


def test_a_provider_that_does_not_answer_is_said(settings, clock):
    app = create_app(
        replace(settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="x", oidc_client_secret="y"), clock
    )
    answer = app.test_client().get("/login/sign-on")
    assert answer.status_code == 403
    assert "does not answer" in answer.text
    app.extensions["tracker_sessions"].engine.dispose()


def test_without_a_provider_there_is_no_such_page(settings, clock):
    app = create_app(settings, clock)
    client = app.test_client()
    assert "Sign in with" not in client.get("/login").text
    assert client.get("/login/sign-on").status_code != 302
    app.extensions["tracker_sessions"].engine.dispose()


def test_a_second_factor_of_ones_own_is_asked_for_after_the_provider_too(client, app, dora, clock):
    come_in(client, DORA)
    turn_on(client, clock)
    assert come_in(app.test_client(), DORA).headers["Location"] == "/login/code"


def test_beyond_one_laptop_a_second_factor_given_at_the_provider_counts(with_sign_on, issuer, clock, dora):
    app = create_app(replace(with_sign_on, profile="office"), clock)
    plain = app.test_client()
    come_in(plain, DORA)
    assert plain.get("/queue").headers["Location"] == "/account/second-factor"
    requests.put(
        f"{issuer}/users/{DORA.sub}", json=DORA.claims | {"amr": ["pwd", "mfa"]}, timeout=10
    ).raise_for_status()
    proven = app.test_client()
    come_in(proven, DORA)
    assert proven.get("/queue").status_code == 200
    app.extensions["tracker_sessions"].engine.dispose()


def test_who_has_no_password_confirms_dangerous_acts_at_the_provider(client, dora, cast, sessions, become, clock):
    become(dora, "owner")
    come_in(client, DORA)
    clock.now += timedelta(minutes=10)
    page = send(client, f"/users/{cast.bob.public_id}/link")
    assert page.status_code == 422
    assert 'href="/login/sign-on"' in page.text
    assert "prompt=login" in ask(client)
    come_in(client, DORA)
    assert send(client, f"/users/{cast.bob.public_id}/link").status_code == 303
