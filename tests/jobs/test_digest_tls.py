"""The digest over TLS, from the start and by STARTTLS: certificates, passwords, what is tried again and what never is."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.jobs.test_digest_mail import NOON, TODAY, work
from tests.smtp import mail_server, throwaway_certificate
from tracker.config import Settings
from tracker.db import transaction
from tracker.models import Job, User
from tracker.reports.digest import mail_problem

ways = pytest.mark.parametrize("starttls", [False, True], ids=["smtps", "starttls"], indirect=True)


@pytest.fixture
def starttls(request) -> bool:
    return request.param


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate for this machine that OpenSSL trusts for as long as the test lasts."""
    pem = throwaway_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return pem


@pytest.fixture
def mailbox(certificate, starttls):
    with mail_server(certificate, starttls=starttls) as box:
        yield box


@pytest.fixture
def alice(sessions, cast):
    """Alice has an address and a denial that is due in a week."""
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).email = "alice@clinic.example"
        denial = build.denied_line(session, cast.eastside, owner_id=cast.alice.id)
        denial.file_by_safe = denial.file_by_legal = TODAY + timedelta(days=7)
    return cast.alice


def with_mail(settings, mailbox, password="s3cret%20words") -> Settings:
    url = mailbox.url.replace("://", f"://alice:{password}@")
    return Settings(settings.data_dir, settings.database_url, smtp_url=url, mail_from="denials@clinic.example")


def newest_job(sessions) -> Job:
    with sessions.system() as session:
        return session.scalars(select(Job).where(Job.kind == "digest.send").order_by(Job.id.desc())).first()


def problem_on_the_page(sessions, alice) -> str:
    with sessions.system() as session:
        return mail_problem(session, alice.id)


@ways
def test_name_and_password_go_over_tls_and_the_digest_arrives(sessions, settings, mailbox, alice):
    work(sessions, with_mail(settings, mailbox), NOON)
    [message] = mailbox.messages
    assert message["Subject"] == "What is due: 1 denial"
    assert [command for command in mailbox.commands if command.startswith("AUTH")]
    assert problem_on_the_page(sessions, alice) == ""


@ways
def test_a_wrong_password_is_said_in_the_log_and_on_the_page_and_mended_within_the_day(
    sessions, settings, mailbox, alice, caplog
):
    with caplog.at_level(logging.WARNING):
        work(sessions, with_mail(settings, mailbox, "wrong"), NOON)
    words = "The mail server refused the name or the password. Look at TRACKER_SMTP_URL"
    assert f"The digest was not sent. {words}" in caplog.text
    assert problem_on_the_page(sessions, alice) == words
    assert "wrong" not in caplog.text
    assert "alice@" not in caplog.text
    assert (newest_job(sessions).state, newest_job(sessions).attempts) == ("failed", 1)

    work(sessions, with_mail(settings, mailbox), NOON + timedelta(minutes=30))  # not yet
    assert mailbox.messages == []
    for hours in (1, 2, 3):
        work(sessions, with_mail(settings, mailbox), NOON + timedelta(hours=hours))
    assert len(mailbox.messages) == 1
    assert problem_on_the_page(sessions, alice) == ""


@ways
def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_said(
    sessions, settings, mailbox, alice, monkeypatch, tmp_path, caplog
):
    monkeypatch.setenv("SSL_CERT_FILE", str(throwaway_certificate(tmp_path, "127.0.0.2")))
    with caplog.at_level(logging.WARNING):
        work(sessions, with_mail(settings, mailbox), NOON)
    assert "The mail server's certificate was refused: self-signed certificate" in caplog.text
    assert "certificate was refused" in problem_on_the_page(sessions, alice)
    assert mailbox.messages == []
    assert not [command for command in mailbox.commands if command.startswith(("AUTH", "MAIL"))]


def test_a_certificate_of_another_host_is_refused(sessions, settings, alice, monkeypatch, tmp_path):
    pem = throwaway_certificate(tmp_path, "127.0.0.9")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with mail_server(pem) as box:
        work(sessions, with_mail(settings, box), NOON)
        assert box.messages == []
    assert "certificate was refused: IP address mismatch" in newest_job(sessions).error


@ways
def test_a_digest_that_may_have_arrived_is_not_sent_again(sessions, settings, mailbox, alice):
    mailbox.hang_up = True
    mail = with_mail(settings, mailbox)
    work(sessions, mail, NOON)
    mailbox.hang_up = False
    for hours in (1, 2, 3):
        work(sessions, mail, NOON + timedelta(hours=hours))
    assert len(mailbox.messages) == 1
    assert "not sent again today" in problem_on_the_page(sessions, alice)
    work(sessions, mail, NOON + timedelta(days=1))
    assert len(mailbox.messages) == 2  # tomorrow's tells what today's may not have told


@ways
def test_a_worker_that_died_while_it_was_handing_over_does_not_send_twice(sessions, settings, mailbox, alice):
    mail = with_mail(settings, mailbox)
    work(sessions, mail, NOON)
    with transaction(sessions.system()) as session:  # as if it had been killed before it could say that it is done
        job = session.scalars(select(Job).where(Job.kind == "digest.send")).one()
        job.state, job.result, job.lease_until = "running", {"handed_over": True}, datetime(2026, 1, 1, tzinfo=UTC)
    work(sessions, mail, NOON + timedelta(hours=2))
    assert len(mailbox.messages) == 1
