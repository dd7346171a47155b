"""The `tracker user` commands."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from tests import build
from tests.web.test_second_factor import give_password, turn_on
from tests.web.test_users import take_up
from tracker.cli import main
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.services.users import find_user


@pytest.fixture
def tracker(settings, monkeypatch):
    """Give a function that runs the command on the test's database."""
    for name in ("data_dir", "database_url"):
        monkeypatch.setenv(f"TRACKER_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("TRACKER_FAST_HASH", "yes")
    return lambda *arguments: CliRunner().invoke(main, [str(one) for one in arguments])


def test_a_weak_password_is_refused_in_words(tracker):
    result = tracker("user", "add", "dora", "--practice", "New Clinic", "--password", "new clinic 2026")
    assert result.exit_code == 1
    assert "The password must be more than your name, your practice" in result.output


def test_the_list_says_who_has_an_account(tracker, cast, signed_in, clock):
    turn_on(signed_in(cast.alice), clock)
    lines = tracker("user", "list").output.splitlines()
    assert "alice  active, second factor on: biller of Eastside PT" in lines
    assert "charlie  active, second factor off: biller of Lakeview Hand Therapy" in lines


def test_a_disabled_person_is_out(tracker, cast, signed_in):
    client = signed_in(cast.bob)
    assert tracker("user", "disable", "BOB").exit_code == 0
    assert client.get("/queue").status_code == 303
    assert "bob  disabled" in tracker("user", "list").output


def test_the_last_owner_stays(tracker, sessions, cast):
    with transaction(sessions.system()) as session:
        build.user(session, "olga", cast.eastside, role=Role.OWNER)
    result = tracker("user", "disable", "olga")
    assert result.exit_code == 1
    assert "Olga is the only owner of Eastside PT" in result.output
    with sessions.reading(()) as session:
        assert find_user(session, "olga").is_active


def test_a_reset_prints_a_link_that_works_once(tracker, app, cast, clock, settings):
    said = tracker("user", "reset-password", "bob").output
    clock.now = datetime.now(UTC)
    link = said.split("http://127.0.0.1:8000")[1].strip()
    assert take_up(app, link).status_code == 303
    assert app.test_client().get(link).status_code == 404


def test_a_lost_second_factor_is_taken_away(tracker, app, cast, signed_in, clock):
    client = signed_in(cast.bob)
    turn_on(client, clock)
    assert tracker("user", "totp-reset", "bob").exit_code == 0
    assert client.get("/queue").status_code == 303
    assert give_password(app, cast.bob)[1].headers["Location"] == "/"


@pytest.mark.parametrize("command", ["disable", "reset-password", "totp-reset"])
def test_an_unknown_name_is_said(tracker, cast, command):
    result = tracker("user", command, "nobody")
    assert (result.exit_code, result.output) == (1, "Error: There is no user named nobody.\n")
