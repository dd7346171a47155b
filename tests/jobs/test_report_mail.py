"""A final monthly report is told by e-mail where its practice wants that, through a real mail server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests import build
from tests.apps import app_with
from tests.smtp import mail_server
from tests.web.test_reports import add_denials, make, post, version_on
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.models import Job, Membership, MonthlyReport, Practice, User


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
        for person in (cast.alice, cast.bob, cast.charlie):
            session.get_one(User, person.id).email = f"{person.login}@clinic.example"
    with app_with(with_mail, clock) as app:
        yield app


@pytest.fixture
def lead(signed_in, cast, become):
    become(cast.alice, Role.LEAD)
    return signed_in(cast.alice)


@pytest.fixture
def deliver(sessions, with_mail, mailbox):
    """Give a function that has the worker do what is asked for, and returns the mails about reports."""

    def work():
        worker = Worker(sessions, replace(with_mail, public_url="https://denials.clinic.example"), TASKS)
        while worker.work_once(datetime.now(UTC) + timedelta(days=900)):
            pass
        return [message for message in mailbox.messages if "report" in message["Subject"]]

    return work


@pytest.fixture
def october(sessions, cast):
    with sessions.system() as session:
        payer = build.payer(session, "Harbor Health")
        session.commit()
    add_denials(sessions, cast, payer, 3)


def wish(sessions, practice, *, told):
    with transaction(sessions.system()) as session:
        session.execute(update(Practice).where(Practice.id == practice.id).values(mail_reports=told))


def finish(lead, cast) -> str:
    address = make(lead, cast)
    assert post(lead, f"{address}/final", version=version_on(lead, address)).status_code == 303
    return address.rpartition("/reports/")[2]


def test_colleagues_get_a_link_and_no_figure(lead, sessions, cast, october, deliver):
    wish(sessions, cast.eastside, told=True)
    report = finish(lead, cast)
    [message] = deliver()
    assert (message["To"], message["Subject"]) == ("bob@clinic.example", "Denial report for October 2026 is final")
    text = message.get_content()
    assert f"https://denials.clinic.example/reports/{report}" in text
    assert "Eastside PT" in text
    for secret in ("Quill", "Harbor Health", "$", "%", "denials,"):
        assert secret not in text.replace("https://denials.clinic.example", "")


def test_without_the_practices_wish_nobody_is_told(lead, sessions, cast, october, deliver):
    finish(lead, cast)
    assert deliver() == []
    with sessions.system() as session:
        assert not session.scalars(select(Job).where(Job.kind == "reports.mail")).all()


def test_who_sees_no_reports_is_not_told(lead, sessions, cast, become, october, deliver):
    wish(sessions, cast.eastside, told=True)
    become(cast.bob, Role.THERAPIST)
    finish(lead, cast)
    assert deliver() == []


def test_who_left_before_the_mail_went_out_is_not_told(lead, sessions, cast, october, deliver):
    wish(sessions, cast.eastside, told=True)
    finish(lead, cast)
    with transaction(sessions.system()) as session:
        session.delete(session.scalars(select(Membership).where(Membership.user_id == cast.bob.id)).one())
    assert deliver() == []
    with sessions.system() as session:
        [job] = session.scalars(select(Job).where(Job.kind == "reports.mail"))
        assert job.state == "failed"


def test_the_wish_is_kept_in_the_settings_of_the_practice(signed_in, sessions, cast, become):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    address = f"/settings/practices/{cast.eastside.public_id}"
    page = client.get(address)
    assert "E-mail a link when a monthly report is final" in page.text
    version = version_on(client, address)
    form = {"csrf_token": build.csrf_token(page), "version": version, "name": "Eastside PT", "npi": cast.eastside.npi}
    assert client.post(address, data=form | {"mail_reports": "y"}).status_code == 303
    with sessions.system() as session:
        assert session.get_one(Practice, cast.eastside.id).mail_reports is True
        assert session.scalars(select(MonthlyReport)).all() == []
