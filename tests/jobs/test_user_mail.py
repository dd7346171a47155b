"""What people are told about their accounts by e-mail, through a real mail server."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.apps import app_with
from tests.build import NOW
from tests.smtp import mail_server
from tests.web.test_account import EDGE, FIREFOX, browser, change, post
from tests.web.test_second_factor import give_code, give_password, turn_on
from tests.web.test_users import invite, send
from tracker.app import create_app
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.models import Job, User
from tracker.services.emergency import make_code


@pytest.fixture
def mailbox():
    with mail_server() as box:
        yield box


@pytest.fixture
def with_mail(settings, mailbox):
    return replace(settings, smtp_url=mailbox.url, mail_from="denials@clinic.example")


@pytest.fixture
def app(with_mail, clock, sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).email = "alice@clinic.example"
    with app_with(with_mail, clock) as app:
        yield app


@pytest.fixture
def sent(sessions, with_mail, mailbox):
    """Give a function that has the worker send what is asked for, and returns the mails by subject."""

    def deliver():
        worker = Worker(sessions, with_mail, TASKS)
        while worker.work_once(datetime.now(UTC) + timedelta(days=900)):
            pass
        return {message["Subject"]: message for message in mailbox.messages}

    return deliver


def test_a_new_password_is_told(signed_in, cast, sent):
    change(signed_in(cast.alice))
    message = sent()["Your password was changed"]
    assert message["To"] == "alice@clinic.example"
    assert "If this was not you" in message.get_content()


def test_a_new_address_is_told_to_the_old_one(signed_in, cast, sent):
    post(signed_in(cast.alice), "/settings/mail", email="mallory@elsewhere.example")
    assert sent()["Your e-mail address was changed"]["To"] == "alice@clinic.example"


def test_a_new_browser_is_told_and_a_known_one_is_not(app, cast, sent):
    browser(app, cast.alice, EDGE)
    assert sent() == {}
    browser(app, cast.alice, EDGE)
    assert sent() == {}
    browser(app, cast.alice, FIREFOX)
    assert "with Firefox on Windows, on 11/23/2026" in sent()["Signed in from a new place"].get_content()


def test_changes_of_the_second_factor_are_told(app, signed_in, cast, clock, sent):
    client = signed_in(cast.alice)
    codes = turn_on(client, clock)
    clock.now += timedelta(minutes=1)
    post(client, "/account/recovery-codes")
    other, _ = give_password(app, cast.alice)
    assert give_code(other, codes[0]).status_code == 422
    post(client, "/account/second-factor/off", password=build.PASSWORD)
    assert set(sent()) == {"Second factor turned on", "New recovery codes", "Second factor turned off"}


def test_a_recovery_code_that_was_used_is_told(app, signed_in, cast, clock, sent):
    codes = turn_on(signed_in(cast.alice), clock)
    client, _ = give_password(app, cast.alice)
    give_code(client, codes[0])
    assert "A recovery code was used" in sent()


def test_an_emergency_code_that_was_used_is_told_to_owners(app, cast, become, sessions, sent):
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        code = make_code(session, cast.eastside.id, session.get_one(User, cast.bob.id), cast.alice.id, NOW)
    client = app.test_client()
    form = {"login": "bob", "code": code, "csrf_token": build.csrf_token(client.get("/login/emergency"))}
    assert client.post("/login/emergency", data=form).status_code == 303
    message = sent()["Emergency access was used"]
    assert message["To"] == "alice@clinic.example"


def test_an_invitation_is_mailed_with_a_link_that_works_and_the_job_holds_no_key(
    app, signed_in, cast, become, sessions, sent
):
    become(cast.alice, Role.ADMIN)
    invite(signed_in(cast.alice), cast.eastside, email="dora@clinic.example")
    message = sent()["Your account at Rehab Denials"]
    assert message["To"] == "dora@clinic.example"
    [key] = re.findall(r"http://127\.0\.0\.1:8000/links/(\S+)", message.get_content())
    assert app.test_client().get(f"/links/{key}").status_code == 200
    with sessions.reading(()) as session:
        assert key not in str([job.arguments for job in session.scalars(select(Job))])


def test_a_person_without_an_address_gets_no_mail(signed_in, cast, sessions, sent):
    change(signed_in(cast.bob))
    assert sent() == {}
    with sessions.reading(()) as session:
        assert session.scalars(select(Job)).all() == []


def test_no_mail_names_a_patient_a_practice_or_a_password(app, signed_in, cast, become, sent):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    send(client, f"/users/{cast.bob.public_id}/link")
    change(client)
    for message in sent().values():
        assert not [word for word in ("Quill", "Eastside", "seven blue", build.PASSWORD) if word in message.as_string()]
    assert sent()


def test_without_a_mail_server_nothing_is_asked_for(settings, clock, cast, sessions):
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).email = "alice@clinic.example"
    app = create_app(settings, clock)
    browser(app, cast.alice, EDGE)
    browser(app, cast.alice, FIREFOX)
    with sessions.reading(()) as session:
        assert session.scalars(select(Job)).all() == []
    app.extensions["tracker_sessions"].engine.dispose()
