"""The digest by e-mail, through a real mail server: who, what, once a day, and nothing about a patient."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from tests import build
from tests.smtp import mail_server
from tracker.config import Settings
from tracker.db import transaction
from tracker.jobs.digest_mail import ask_for_digests, send
from tracker.jobs.engine import JobFailed, Worker
from tracker.jobs.tasks import TASKS, chores
from tracker.models import Claim, Denial, Job, Membership, TherapistAsk, User

NOON = datetime(2026, 11, 23, 12).astimezone().astimezone(UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def mailbox():
    with mail_server() as box:
        yield box


@pytest.fixture
def with_mail(settings, mailbox) -> Settings:
    return Settings(
        settings.data_dir, settings.database_url, smtp_url=mailbox.url, mail_from="denials@clinic.example",
        public_url="https://denials.clinic.example/",
    )  # fmt: skip


@pytest.fixture
def alices(sessions, cast):
    """Alice has an address and three denials: passed, in a week, and in two months; bob's is near and nobody's too."""
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).email = "alice@clinic.example"
        own = [build.denied_line(session, cast.eastside, owner_id=cast.alice.id) for _ in range(3)]
        others = [build.denied_line(session, cast.eastside, owner_id=owner) for owner in (cast.bob.id, None)]
        for denial, left in zip((*own, *others), (-2, 7, 60, 3, 1), strict=True):
            denial.file_by_safe = denial.file_by_legal = TODAY + timedelta(days=left)
        return own


def work(sessions, settings, now) -> Worker:
    """Do what a worker does at a time, of its chores the digests alone."""
    worker = Worker(sessions, settings, TASKS, [ask_for_digests])
    worker.do_chores(now)
    while worker.work_once(datetime.now(UTC) + timedelta(days=900)):
        pass
    return worker


def text_of(message) -> str:
    return message.get_content()


def test_a_person_gets_the_own_denials_that_came_near(sessions, with_mail, alices, mailbox):
    work(sessions, with_mail, NOON)
    [message] = mailbox.messages
    assert mailbox.receivers == ["alice@clinic.example"]
    assert message["Subject"] == "What is due: 2 denials"
    assert message["From"] == "denials@clinic.example"
    text = text_of(message)
    for denial in alices[:2]:
        assert f"D-{denial.number}  File by {denial.file_by_safe:%m/%d/%Y}" in text
        assert f"https://denials.clinic.example/denials/{denial.public_id}" in text
    assert f"D-{alices[2].number} " not in text
    assert "All of it: https://denials.clinic.example/digest" in text


def test_the_mail_names_no_patient_claim_or_payer(sessions, with_mail, alices, mailbox):
    work(sessions, with_mail, NOON)
    whole = mailbox.messages[0].as_string()
    with sessions.system() as session:
        claims = session.scalars(select(Claim)).all()
    names = {"Quill", "Nora", "Harbor", "50", *(claim.control_number for claim in claims)}
    words = set(whole.replace("-", " ").replace(",", " ").split())
    assert not {name for name in names if name in words}
    assert not any(claim.control_number in whole for claim in claims)


def test_a_day_has_one_digest_a_restart_or_not(sessions, with_mail, alices, mailbox):
    work(sessions, with_mail, NOON)
    work(sessions, with_mail, NOON + timedelta(hours=3))
    assert len(mailbox.messages) == 1
    work(sessions, with_mail, NOON + timedelta(days=1))
    assert len(mailbox.messages) == 1  # nothing came to another rung
    work(sessions, with_mail, NOON + timedelta(days=4))
    assert [message["Subject"] for message in mailbox.messages[1:]] == ["What is due: 1 denial"]
    assert mailbox.messages[0]["Message-ID"] != mailbox.messages[1]["Message-ID"]


def test_a_digest_that_was_asked_for_before_a_crash_is_sent_after_it(sessions, with_mail, alices, mailbox):
    Worker(sessions, with_mail, TASKS, chores(with_mail)).do_chores(NOON)
    assert mailbox.messages == []
    work(sessions, with_mail, NOON + timedelta(minutes=20))
    assert len(mailbox.messages) == 1


def test_a_lead_hears_of_everybodys_within_a_week(sessions, with_mail, alices, mailbox, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Membership, (cast.alice.id, cast.eastside.id)).role = "owner"
    work(sessions, with_mail, NOON)
    assert mailbox.messages[0]["Subject"] == "What is due: 4 denials"
    assert "Tomorrow: 1, " in text_of(mailbox.messages[0])


def test_another_practices_denials_stay_out(sessions, with_mail, alices, mailbox, cast):
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.charlie.id).email = "charlie@lakeview.example"
        session.get_one(Membership, (cast.charlie.id, cast.lakeview.id)).role = "owner"
    work(sessions, with_mail, NOON)
    assert mailbox.receivers == ["alice@clinic.example"]


def test_before_six_in_the_morning_nothing_is_asked_for(sessions, with_mail, alices, mailbox):
    work(sessions, with_mail, datetime(2026, 11, 23, 5, 59).astimezone().astimezone(UTC))
    assert mailbox.messages == []


def test_without_a_mail_server_nothing_is_asked_for(sessions, settings, alices):
    Worker(sessions, settings, TASKS, chores(settings)).do_chores(NOON)
    with sessions.system() as session:
        assert not session.scalars(select(Job).where(Job.kind == "digest.send")).all()


def test_a_refused_address_ends_the_job_with_a_reason(sessions, with_mail, alices, mailbox):
    mailbox.refuse = "RCPT"
    work(sessions, with_mail, NOON)
    with sessions.system() as session:
        [job] = session.scalars(select(Job).where(Job.kind == "digest.send")).all()
    assert (job.state, job.attempts) == ("failed", 1)
    assert "refused the digest" in job.error
    assert "alice@" not in job.error


def test_a_server_that_is_away_is_tried_again(sessions, with_mail, alices, mailbox):
    mailbox.refuse = "DATA"
    worker = Worker(sessions, with_mail, TASKS, [ask_for_digests])
    worker.do_chores(NOON)
    later = datetime.now(UTC) + timedelta(days=900)
    while worker.work_once(later):
        assert mailbox.messages == []
    mailbox.refuse = ""
    assert worker.work_once(later + timedelta(minutes=5))
    assert len(mailbox.messages) == 1


def test_a_password_is_never_sent_without_tls(mailbox):
    url = mailbox.url.replace("smtp://", "smtp://alice:hunter2@")
    with pytest.raises(JobFailed, match="no TLS"):
        send(build_message(), url)
    assert not [command for command in mailbox.commands if command.upper().startswith("AUTH")]
    assert mailbox.messages == []


def build_message():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "x"
    message.set_content("x")
    return message


def test_closed_denials_are_not_due(sessions, with_mail, alices, mailbox):
    with transaction(sessions.system()) as session:
        for denial in session.scalars(select(Denial)):
            denial.is_open, denial.status = False, "closed_paid"
    work(sessions, with_mail, NOON)
    assert mailbox.messages == []


def test_an_answer_of_a_therapist_that_became_late_is_told_once(sessions, with_mail, alices, mailbox):
    work(sessions, with_mail, NOON)
    with transaction(sessions.system()) as session:
        far = session.merge(alices[2])
        session.add(
            TherapistAsk(
                practice_id=far.practice_id, denial_id=far.id, asked_of="J. Cole, PT", asked_by_id=far.owner_id,
                asked_on=TODAY - timedelta(days=4), answer_by=TODAY,
            )
        )  # fmt: skip
    for days in (1, 2):
        work(sessions, with_mail, NOON + timedelta(days=days))
    [_, message] = mailbox.messages
    assert message["Subject"] == "What is due: 1 denial"
    text = text_of(message)
    assert "Therapists who have not answered: 1" in text
    assert f"D-{alices[2].number}  Asked 5 days ago, no answer  https://denials.clinic.example/denials/" in text
    assert "Cole" not in text
