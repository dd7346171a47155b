"""The second factor: turning on, signing in with it, recovery codes, and profiles where everybody needs one."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests import build
from tracker.app import create_app
from tracker.db import transaction
from tracker.models import RecoveryCode, User


def post(client, path, token_from="/account", **fields):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get(token_from)), **fields})


def turn_on(client, clock, seed=build.SEED):
    """Turn the second factor on as the page does; the recovery codes shown."""
    page = post(client, "/account/second-factor", "/account/second-factor", seed=seed, code=build.totp(clock.now, seed))
    assert page.status_code == 200, page.text
    return re.findall(r"<li>([a-z2-9-]{19})</li>", page.text)


def give_password(app, user):
    client = app.test_client()
    return client, post(client, "/login", "/login", login=user.login, password=build.PASSWORD)


def give_code(client, code):
    return post(client, "/login/code", "/login/code", code=code)


@pytest.fixture
def codes(signed_in, cast, clock):
    """Alice has a second factor; these are her recovery codes. Her app shows a new code a minute later."""
    found = turn_on(signed_in(cast.alice), clock)
    clock.now += timedelta(minutes=1)
    return found


def test_the_page_shows_a_new_key_as_picture_and_text(signed_in, cast):
    client = signed_in(cast.alice)
    page = client.get("/account/second-factor").text
    [seed] = re.findall(r'name="seed"[^>]*value="([A-Z2-7]{32})"', page)
    shown = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', page)[1]
    assert shown.replace(" ", "") == seed
    assert 'src="data:image/svg+xml' in page
    assert seed not in client.get("/account/second-factor").text


def test_nothing_is_kept_until_a_code_fits(signed_in, cast, clock, sessions):
    client = signed_in(cast.alice)
    page = post(client, "/account/second-factor", "/account/second-factor", seed=build.SEED, code="000000")
    assert page.status_code == 422
    assert "The code does not fit" in page.text
    assert build.SEED in page.text
    with sessions.reading(()) as session:
        assert session.get_one(User, cast.alice.id).totp_since is None


@pytest.mark.parametrize("seed", ["", "ABC", "A" * 31, "a" * 32, "1" * 32, "<script>"])
def test_a_key_that_is_none_is_refused(signed_in, cast, seed):
    client = signed_in(cast.alice)
    assert post(client, "/account/second-factor", "/account/second-factor", seed=seed, code="000000").status_code == 400


def test_turning_on_shows_ten_recovery_codes_once_and_ends_other_sessions(signed_in, cast, clock, sessions):
    here, elsewhere = signed_in(cast.alice), signed_in(cast.alice)
    codes = turn_on(here, clock)
    assert len(set(codes)) == 10
    assert elsewhere.get("/queue").status_code == 303
    page = here.get("/account").text
    assert "10 recovery codes left" in page
    assert not [code for code in codes if code in page]
    with sessions.reading(()) as session:
        kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert not [code for code in codes if code.replace("-", "") in kept]


def test_the_key_is_sealed_in_the_database(codes, sessions, cast):
    with sessions.reading(()) as session:
        kept = session.scalar(text("SELECT totp_seed FROM users WHERE login = 'alice'"))
        assert session.get_one(User, cast.alice.id).totp_seed == build.SEED
    assert build.SEED.encode() not in bytes(kept)


def test_signing_in_takes_password_and_code(app, cast, codes, clock):
    client, answer = give_password(app, cast.alice)
    assert answer.headers["Location"] == "/login/code"
    assert client.get("/queue").headers["Location"] == "/login?next=/queue"
    assert give_code(client, build.totp(clock.now)).headers["Location"] == "/"
    assert client.get("/queue").status_code == 200


def test_the_code_step_leads_on_to_the_page_asked_for(app, cast, codes, clock):
    client = app.test_client()
    form = {"login": "alice", "password": build.PASSWORD, "next": "/queue?view=mine"}
    step = post(client, "/login", "/login", **form).headers["Location"]
    assert step == "/login/code?next=/queue?view%3Dmine"
    answer = post(client, "/login/code", step, code=build.totp(clock.now), next="/queue?view=mine")
    assert answer.headers["Location"] == "/queue?view=mine"


def test_a_half_signed_in_browser_opens_no_page_whatever_the_method(app, cast, codes):
    client, _ = give_password(app, cast.alice)
    token = build.csrf_token(client.get("/login/code"))
    for path in ("/", "/account", "/account/second-factor", "/settings", "/queue/export.csv", "/confirm"):
        assert client.get(path).headers["Location"].startswith("/login"), path
    for path in ("/account/password", "/account/second-factor", "/account/recovery-codes", "/logout"):
        assert client.post(path, data={"csrf_token": token}).headers["Location"] == "/login", path


def test_the_code_step_has_its_own_token_and_ends_after_ten_minutes(app, cast, codes, clock):
    client, _ = give_password(app, cast.alice)
    half = {cookie.value for cookie in client._cookies.values() if "session" in cookie.key}
    clock.now += timedelta(minutes=9)
    give_code(client, build.totp(clock.now))
    assert half.isdisjoint({cookie.value for cookie in client._cookies.values() if "session" in cookie.key})
    late, _ = give_password(app, cast.alice)
    clock.now += timedelta(minutes=10)
    assert late.get("/login/code").headers["Location"].startswith("/login")


def test_a_code_is_taken_once(app, cast, codes, clock):
    code = build.totp(clock.now)
    first, _ = give_password(app, cast.alice)
    assert give_code(first, code).status_code == 303
    second, _ = give_password(app, cast.alice)
    page = give_code(second, code)
    assert page.status_code == 422
    assert "The code is not right, or it was used before" in page.text


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 303), (0, 303), (30, 303), (60, 422)])
def test_a_phone_whose_clock_is_half_a_minute_off_still_fits(app, cast, codes, clock, seconds, status):
    clock.now += timedelta(minutes=5)
    client, _ = give_password(app, cast.alice)
    assert give_code(client, build.totp(clock.now + timedelta(seconds=seconds))).status_code == status


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "x" * 16])
def test_what_is_no_code_is_refused(app, cast, codes, code):
    client, _ = give_password(app, cast.alice)
    assert give_code(client, code).status_code == 422


def test_a_code_with_what_no_keyboard_types_is_refused(app, cast, codes):
    client, _ = give_password(app, cast.alice)
    assert give_code(client, "000000\x00").status_code == 400


def test_a_recovery_code_signs_in_once_in_any_spelling(app, cast, codes):
    client, _ = give_password(app, cast.alice)
    assert give_code(client, f" {codes[3].upper().replace('-', ' ')} ").status_code == 303
    assert "9 recovery codes left" in client.get("/account").text
    again, _ = give_password(app, cast.alice)
    assert give_code(again, codes[3]).status_code == 422
    assert give_code(again, codes[4]).status_code == 303


def test_wrong_codes_count_even_between_right_passwords(app, cast, codes, clock):
    """Who knows the password gets no more guesses at the code by giving the password again."""
    for _ in range(5):
        client, _ = give_password(app, cast.alice)
        assert give_code(client, "000000").status_code == 422
    assert give_password(app, cast.alice)[1].status_code == 429


def test_new_recovery_codes_make_the_old_ones_void(app, cast, codes, clock):
    client, _ = give_password(app, cast.alice)
    give_code(client, build.totp(clock.now))
    page = post(client, "/account/recovery-codes")
    fresh = re.findall(r"<li>([a-z2-9-]{19})</li>", page.text)
    assert len(fresh) == 10
    assert set(fresh).isdisjoint(codes)
    other, _ = give_password(app, cast.alice)
    assert give_code(other, codes[0]).status_code == 422
    assert give_code(other, fresh[0]).status_code == 303


def test_recovery_codes_are_for_who_has_a_second_factor(signed_in, cast):
    assert post(signed_in(cast.alice), "/account/recovery-codes").status_code == 404


def test_the_factor_moves_to_another_app(app, cast, codes, clock):
    client, _ = give_password(app, cast.alice)
    give_code(client, build.totp(clock.now))
    other = "MZXW6YTBOI" + "A" * 22
    turn_on(client, clock, other)
    clock.now += timedelta(minutes=1)
    again, _ = give_password(app, cast.alice)
    assert give_code(again, build.totp(clock.now)).status_code == 422
    assert give_code(again, build.totp(clock.now, other)).status_code == 303


def test_turning_off_takes_a_password_that_can_stand_alone(app, cast, codes, clock):
    client, _ = give_password(app, cast.alice)
    give_code(client, build.totp(clock.now))
    short = post(client, "/account/password", old=build.PASSWORD, new="blue otter", again="blue otter")
    assert short.status_code == 303
    page = post(client, "/account/second-factor/off", password="blue otter")
    assert page.status_code == 422
    assert "Choose a password of at least 15 characters first" in page.text
    post(client, "/account/password", old="blue otter", new=build.PASSWORD, again=build.PASSWORD)
    assert post(client, "/account/second-factor/off", password="not the right one").status_code == 422
    assert post(client, "/account/second-factor/off", password=build.PASSWORD).status_code == 303
    _, answer = give_password(app, cast.alice)
    assert answer.headers["Location"] == "/"


# ---- where everybody needs one ----


@pytest.fixture
def office(settings, clock):
    app = create_app(replace(settings, profile="office"), clock)
    yield app
    app.extensions["tracker_sessions"].engine.dispose()


def test_beyond_one_laptop_nothing_opens_before_the_second_factor_is_set_up(office, cast, clock):
    client, answer = give_password(office, cast.alice)
    assert answer.status_code == 303
    for path in ("/queue", "/", "/account", "/settings", "/queue/export.csv"):
        assert client.get(path).headers["Location"] == "/account/second-factor", path
    token = build.csrf_token(client.get("/account/second-factor"))
    assert client.post("/queue/search", data={"words": "x", "csrf_token": token}).headers["Location"].endswith("factor")
    assert "Everybody here signs in with a second factor" in client.get("/account/second-factor").text
    assert len(turn_on(client, clock)) == 10
    assert client.get("/queue").status_code == 200


def test_beyond_one_laptop_it_cannot_be_turned_off(office, cast, clock):
    client, _ = give_password(office, cast.alice)
    turn_on(client, clock)
    assert "Turn off second factor" not in client.get("/account").text
    assert post(client, "/account/second-factor/off", password=build.PASSWORD).status_code == 404


def test_half_a_sign_in_does_not_pass_for_a_second_factor(office, sessions, cast, clock):
    """A second factor taken away by an admin has to be set up anew before anything opens."""
    from tracker.services.second_factor import turn_off

    client, _ = give_password(office, cast.alice)
    turn_on(client, clock)
    with transaction(sessions.system()) as session:
        turn_off(session, session.get_one(User, cast.alice.id))
    fresh, answer = give_password(office, cast.alice)
    assert answer.headers["Location"] == "/"
    assert fresh.get("/queue").headers["Location"] == "/account/second-factor"
