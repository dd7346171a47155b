"""Signing in and out: passwords, the throttle, sessions, what a stranger may reach."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tracker.app import create_app
from tracker.db import transaction
from tracker.models import SignInTries, User, UserSession
from tracker.services import sign_in

REFUSED = "The sign-in name or the password is not right"


def try_to_sign_in(client, login, password, path="/login"):
    token = build.csrf_token(client.get(path))
    next_page = path.partition("next=")[2]
    return client.post("/login", data={"login": login, "password": password, "csrf_token": token, "next": next_page})


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, cast):
    wrong = try_to_sign_in(client, "alice", "not the password")
    unknown = try_to_sign_in(client, "nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert REFUSED in wrong.text
    assert wrong.text.replace("alice", "nobody").split("csrf_token")[0] == unknown.text.split("csrf_token")[0]


def test_the_name_is_kept_and_the_password_is_not(client, cast):
    page = try_to_sign_in(client, "alice", "not the password")
    assert 'value="alice"' in page.text
    assert "not the password" not in page.text


def test_an_unknown_name_is_hashed_too(sessions, cast, monkeypatch):
    """Otherwise its quicker answer would tell who has an account; the same for who was invited and has no password."""
    from tracker.services import sign_in

    with transaction(sessions.system()) as session:
        session.get_one(User, cast.bob.id).password_hash = ""
    hashed = []
    real = sign_in.password_is_right
    monkeypatch.setattr(sign_in, "password_is_right", lambda *a, **k: hashed.append(a[0]) or real(*a, **k))
    for name in ("nobody", "bob"):
        with sessions.reading(()) as session:
            assert not sign_in.try_password(session, name, "x", fast_hash=True).right
    assert [one.startswith("$argon2id$") for one in hashed] == [True, True]


def test_the_name_is_found_in_any_mix_of_capitals(client, cast):
    assert try_to_sign_in(client, " ALICE ", build.PASSWORD).status_code == 303


def test_a_person_who_left_cannot_sign_in(client, sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).is_active = False
    assert REFUSED in try_to_sign_in(client, "alice", build.PASSWORD).text


# ---- the throttle ----


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_after_five_wrong_tries_a_name_waits_whether_it_exists_or_not(client, cast, clock, name):
    for _ in range(5):
        assert try_to_sign_in(client, name, "wrong").status_code == 422
    page = try_to_sign_in(client, name, build.PASSWORD)
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "1"
    assert "There were too many wrong tries. Wait 1 second, then try again" in page.text


def test_after_the_wait_the_right_password_signs_in(client, cast, clock):
    for _ in range(5):
        try_to_sign_in(client, "alice", "wrong")
    clock.now += timedelta(seconds=2)
    assert try_to_sign_in(client, "alice", build.PASSWORD).status_code == 303


@pytest.mark.parametrize(("wrong_tries", "seconds"), [(4, 0), (5, 1), (6, 2), (8, 8), (40, 60), (5000, 60)])
def test_the_wait_grows_and_ends_at_a_minute(sessions, cast, wrong_tries, seconds):
    counted = sign_in.counters("alice", "192.0.2.7")
    with transaction(sessions.system()) as session:
        sign_in.count_wrong(session, counted, build.NOW)
        session.get_one(SignInTries, counted[0].key).wrong = wrong_tries - 1
        sign_in.count_wrong(session, counted, build.NOW)
        until = session.get_one(SignInTries, counted[0].key).waits_until
    assert until == (build.NOW + timedelta(seconds=seconds) if seconds else None)


def test_waiting_does_not_make_the_wait_longer(client, sessions, cast):
    for _ in range(12):
        try_to_sign_in(client, "alice", "wrong")
    with sessions.reading(()) as session:
        assert session.get_one(SignInTries, sign_in.counters("alice", "")[0].key).wrong == 5


def test_an_address_that_tries_many_names_waits_too(app, client, cast, clock):
    for number in range(30):
        assert try_to_sign_in(client, f"name{number}", "wrong").status_code == 422
    assert try_to_sign_in(client, "alice", build.PASSWORD).status_code == 429
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert try_to_sign_in(elsewhere, "alice", build.PASSWORD).status_code == 303


def test_an_account_under_attack_from_elsewhere_waits_a_minute_at_most(app, client, cast, clock):
    for number in range(200):
        attacker = app.test_client()
        attacker.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        try_to_sign_in(attacker, "alice", "wrong")
        clock.now += timedelta(seconds=61)
    assert try_to_sign_in(client, "alice", build.PASSWORD).status_code == 303


def test_a_right_password_forgets_the_wrong_tries(client, sessions, cast):
    for _ in range(3):
        try_to_sign_in(client, "alice", "wrong")
    try_to_sign_in(client, "alice", build.PASSWORD)
    with sessions.reading(()) as session:
        assert session.get(SignInTries, sign_in.counters("alice", "")[0].key) is None


def test_counts_are_forgotten_after_a_day(client, sessions, cast, clock):
    for _ in range(4):
        try_to_sign_in(client, "alice", "wrong")
    with transaction(sessions.system()) as session:
        sign_in.forget_old_tries(session, clock.now + timedelta(hours=25))
        assert session.scalars(select(SignInTries)).all() == []


def test_a_password_hashed_with_older_costs_is_hashed_again(app, client, sessions, cast):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(build.PASSWORD)
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).password_hash = old
    assert try_to_sign_in(client, "alice", build.PASSWORD).status_code == 303
    with sessions.reading(()) as session:
        assert "t=1" in session.get_one(User, cast.alice.id).password_hash
    assert try_to_sign_in(app.test_client(), "alice", build.PASSWORD).status_code == 303


# ---- sessions ----


def test_only_the_hash_of_the_token_is_kept(signed_in, sessions, cast):
    client = signed_in(cast.alice)
    token = next(cookie.value for cookie in client._cookies.values() if "session" in cookie.key)
    with sessions.reading(()) as session:
        stored = session.scalars(select(UserSession.token_hash)).all()
    assert len(token) >= 43
    assert token not in stored


def test_every_sign_in_makes_a_new_token(signed_in, sessions, cast):
    signed_in(cast.alice)
    signed_in(cast.alice)
    with sessions.reading(()) as session:
        assert len(set(session.scalars(select(UserSession.token_hash)))) == 2


def test_signing_in_again_ends_the_session_before(app, client, cast):
    try_to_sign_in(client, "alice", build.PASSWORD)
    before = app.test_client()
    for cookie in list(client._cookies.values()):
        before.set_cookie(cookie.key, cookie.value)
    token = build.csrf_token(client.get("/account"))
    form = {"login": "alice", "password": build.PASSWORD, "csrf_token": token}
    assert client.post("/login", data=form).status_code == 303
    assert before.get("/queue").status_code == 303
    assert client.get("/queue").status_code == 200


def test_the_cookies_are_hidden_from_scripts_and_other_sites(client, cast):
    answers = [client.get("/login"), try_to_sign_in(client, "alice", build.PASSWORD)]
    cookies = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for line in cookies:
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Secure" not in line


def test_on_https_the_cookies_are_secure_and_bound_to_the_host(client, cast):
    lines = client.get("/login", base_url="https://localhost").headers.getlist("Set-Cookie")
    assert lines
    assert all(line.startswith("__Host-") and "Secure" in line for line in lines)


def test_an_idle_session_ends(signed_in, cast, clock):
    client = signed_in(cast.alice)
    clock.now += timedelta(minutes=29)
    assert client.get("/queue").status_code == 200
    clock.now += timedelta(minutes=29)
    assert client.get("/queue").status_code == 200
    clock.now += timedelta(minutes=31)
    assert client.get("/queue").headers["Location"] == "/login?next=/queue"


def test_a_busy_session_ends_after_twelve_hours(signed_in, cast, clock):
    client = signed_in(cast.alice)
    for _ in range(36):
        assert client.get("/queue").status_code == 200
        clock.now += timedelta(minutes=20)
    assert client.get("/queue").status_code == 303


def test_short_limits_are_kept_to_the_second(settings, clock, cast):
    app = create_app(replace(settings, session_idle_minutes=0.05, session_hours=0.002), clock)
    client = app.test_client()
    try_to_sign_in(client, "alice", build.PASSWORD)
    for _ in range(3):
        clock.now += timedelta(seconds=2)
        assert client.get("/queue").status_code == 200
    clock.now += timedelta(seconds=2)
    assert client.get("/queue").status_code == 303
    app.extensions["tracker_sessions"].engine.dispose()


def test_signing_out_ends_the_session_for_good(signed_in, app, cast):
    client = signed_in(cast.alice)
    stolen = {cookie.key: cookie.value for cookie in client._cookies.values()}
    answer = client.post("/logout", data={"csrf_token": build.csrf_token(client.get("/queue"))})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = app.test_client()
    for name, value in stolen.items():
        thief.set_cookie(name, value)
    assert thief.get("/queue").status_code == 303


def test_the_token_of_a_form_dies_at_sign_in(client, cast):
    before = build.csrf_token(client.get("/login"))
    assert (
        client.post("/login", data={"login": "alice", "password": build.PASSWORD, "csrf_token": before}).status_code
        == 303
    )
    assert client.post("/queue/search", data={"words": "x", "csrf_token": before}).status_code == 400


def test_after_signing_in_the_page_asked_for_opens(client, cast):
    asked = client.get("/queue?view=mine").headers["Location"]
    assert asked == "/login?next=/queue?view%3Dmine"
    page = client.get(asked)
    assert 'name="next"' in page.text
    answer = try_to_sign_in(client, "alice", build.PASSWORD, "/login?next=/queue?view=mine")
    assert answer.headers["Location"] == "/queue?view=mine"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y"]
)
def test_signing_in_never_leads_to_another_site(client, cast, elsewhere):
    token = build.csrf_token(client.get("/login"))
    form = {"login": "alice", "password": build.PASSWORD, "csrf_token": token, "next": elsewhere}
    location = client.post("/login", data=form).headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location


def test_htmx_is_sent_to_the_sign_in_page(client):
    answer = client.get("/queue", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login"


# ---- the practice switcher ----


def switch(client, public_id):
    token = build.csrf_token(client.get("/queue"))
    return client.post("/practice", data={"practice": public_id, "csrf_token": token})


def test_the_switcher_narrows_what_is_seen(signed_in, sessions, cast):
    with transaction(sessions.system()) as session:
        dana = build.user(session, "dana", cast.eastside, cast.lakeview)
        build.denied_line(session, cast.eastside, number=2001)
        build.denied_line(session, cast.lakeview, number=2002)
    client = signed_in(dana)
    assert "D-2001" in client.get("/queue").text
    assert "D-2002" in client.get("/queue").text
    switch(client, cast.eastside.public_id)
    page = client.get("/queue").text
    assert "D-2001" in page
    assert "D-2002" not in page
    switch(client, "")
    assert "D-2002" in client.get("/queue").text


def test_nobody_switches_to_a_practice_of_others(signed_in, cast):
    client = signed_in(cast.alice)
    assert switch(client, cast.lakeview.public_id).status_code == 404


def test_a_membership_taken_away_ends_the_view_at_once(signed_in, sessions, cast):
    from tracker.models import Membership

    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, number=2001)
    client = signed_in(cast.alice)
    assert "D-2001" in client.get("/queue").text
    with transaction(sessions.system()) as session:
        session.delete(session.get_one(Membership, (cast.alice.id, cast.eastside.id)))
    assert "D-2001" not in client.get("/queue").text
