"""The digest by e-mail: once a day to each person with an address and news. No name of a patient, payer or claim."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.audit import Act
from tracker.domain.money import dollars
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.models import Job, Membership, Practice, User
from tracker.reports.digest import Digest, DueThing, digest
from tracker.services.jobs import ask_for

log = logging.getLogger(__name__)

KIND = "digest.send"
_FROM_HOUR = 6
_TIMEOUT = 30
_MOST_LINES = 50
_AGAIN_AFTER = timedelta(hours=1)
_HANDED_OVER = "handed_over"
_MAYBE_SENT = (
    "The connection broke while the digest was handed over. It may have arrived, so it is not sent again today"
)


def ask_for_digests(session: Session, now: datetime) -> None:
    """Ask for today's digest of everybody who has an address; from six in the morning, once a day and person.

    One that was refused is tried again every hour of its day: somebody may have set the server right by then.
    """
    local = now.astimezone()
    if local.hour < _FROM_HOUR:
        return
    day = local.date().isoformat()
    for user in session.scalars(select(User).where(User.is_active, User.email != "").order_by(User.id)).all():
        job = ask_for(session, KIND, {"day": day}, f"{KIND}:{user.id}:{day}", now, user_id=user.id)
        if job.state == "failed" and not job.result.get(_HANDED_OVER) and now - job.run_at >= _AGAIN_AFTER:
            job.state, job.attempts, job.run_at = "queued", 0, now


@tells(Act.MAILED)
def send_digest(task: Task) -> None:
    """Send a person's digest of a day, if it has news; the job's result says how many things it named.

    That it is handed over is written down before: whatever happens then, it is never sent twice.
    """
    today = date.fromisoformat(task.arguments["day"])
    with task.sessions.system() as session:
        user = session.get(User, task.user_id)
        if user is None or not user.email:
            raise JobFailed("This person has no e-mail address any more")
        theirs = select(Membership).join(Practice, Practice.id == Membership.practice_id)
        memberships = session.scalars(theirs.where(Membership.user_id == user.id, Practice.deleted_at.is_(None)))
        roles = {one.practice_id: Role(one.role) for one in memberships}
        found = digest(session, user.id, roles, today, _told_on(session, user.id))
        address = user.email
        if session.get_one(Job, task.job_id).result.get(_HANDED_OVER):
            raise JobFailed(_MAYBE_SENT)
    if found.news or found.late_news:
        _hand_over(task, digest_message(found, address, f"{task.user_id}", task.settings))
    with transaction(task.sessions.system()) as session:
        task.finish(session, {"news": len(found.news) + len(found.late_news), "on": today.isoformat()})


def _hand_over(task: Task, message: EmailMessage) -> None:
    _write_down(task, {_HANDED_OVER: True})
    try:
        send(message, task.settings.smtp_url)
    except MaybeSent:
        log.warning("%s", _MAYBE_SENT)
        raise JobFailed(_MAYBE_SENT) from None
    except JobFailed as refused:
        log.warning("The digest was not sent. %s", refused)
        _write_down(task, {})
        raise
    except OSError:
        _write_down(task, {})
        raise


def _write_down(task: Task, result: dict[str, bool]) -> None:
    with transaction(task.sessions.system()) as session:
        session.get_one(Job, task.job_id).result = result


def _told_on(session: Session, user_id: int) -> date | None:
    """Return the day of the last digest a person was sent or had no news for."""
    done = select(Job.result).where(Job.kind == KIND, Job.asked_by_id == user_id, Job.state == "done")
    days = [result["on"] for result in session.scalars(done.order_by(Job.id.desc()).limit(1))]
    return date.fromisoformat(days[0]) if days else None


def digest_message(found: Digest, address: str, person: str, settings: Settings) -> EmailMessage:
    """Return the mail about a digest. Its id is the same for the same person and day, however often it is made."""
    message = EmailMessage()
    message["Subject"] = f"What is due: {_counted(found)}"
    message["From"], message["To"] = settings.mail_from, address
    domain = settings.mail_from.rpartition("@")[2]
    message["Message-ID"] = f"<digest.{person}.{found.today.isoformat()}@{domain}>"
    message.set_content("\n".join(_lines(found, settings.site_url.rstrip("/"))))
    return message


def _counted(found: Digest) -> str:
    requests = sum(thing.page != "denials" for thing in found.news)
    late = {answer.public_id for answer in found.late_news}
    denials = late | {thing.public_id for thing in found.news if thing.page == "denials"}
    counts = (len(denials), "denial"), (requests, "request for records")
    many = {"denial": "denials", "request for records": "requests for records"}
    return ", ".join(f"{count} {word if count == 1 else many[word]}" for count, word in counts if count)


def _lines(found: Digest, site: str) -> Iterator[str]:
    for group in found.groups:
        yield f"{group.title}: {len(group.things)}, {dollars(group.cents)}"
    yield ""
    for thing in found.news[:_MOST_LINES]:
        yield _line(thing, site)
    if len(found.news) > _MOST_LINES:
        yield f"and {len(found.news) - _MOST_LINES} more"
    if found.late_news:
        yield ""
        yield f"Therapists who have not answered: {len(found.late_answers)}"
        for answer in found.late_news[:_MOST_LINES]:
            yield f"D-{answer.number}  {answer.words}  {site}/denials/{answer.public_id}"
    yield ""
    yield f"All of it: {site}/digest"


def _line(thing: DueThing, site: str) -> str:
    cents = f"{dollars(thing.cents)}  " if thing.cents else ""
    return f"{thing.name}  {thing.clock} {thing.safe:%m/%d/%Y}  {cents}{site}/{thing.page}/{thing.public_id}"


class MaybeSent(Exception):  # noqa: N818  # says what is not known
    """Raised when the connection broke while a message was handed over."""


_LOOK = "Look at TRACKER_SMTP_URL"


def send(message: EmailMessage, smtp_url: str) -> None:
    """Send a message by the server of ``smtp_url``: smtps:// speaks TLS from the start, smtp:// changes to it if offered.

    A password is never sent without TLS. Raises JobFailed where the server refuses the sender, the receiver or the
    password, or shows a certificate that is not to be trusted, and MaybeSent where the connection breaks while the
    message is handed over; other failures may pass and are raised as they are.
    """
    parts = urlsplit(smtp_url)
    secure = ssl.create_default_context()
    try:
        with _connect(parts.scheme, parts.hostname or "", parts.port, secure) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=secure)
                server.ehlo()
                is_secure = True
            else:
                is_secure = parts.scheme == "smtps"
            if parts.username:
                if not is_secure:
                    raise JobFailed("The mail server offers no TLS, so the password was not sent to it")
                server.login(unquote(parts.username), unquote(parts.password or ""))
            try:
                server.send_message(message)
            except (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError) as problem:
                raise MaybeSent from problem
    except ssl.SSLCertVerificationError as problem:
        why = problem.verify_message.rstrip(".")
        raise JobFailed(f"The mail server's certificate was refused: {why}. {_LOOK}") from None
    except smtplib.SMTPAuthenticationError:
        raise JobFailed(f"The mail server refused the name or the password. {_LOOK}") from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as problem:
        raise JobFailed(f"The mail server refused the digest ({type(problem).__name__})") from None


def _connect(scheme: str, host: str, port: int | None, secure: ssl.SSLContext) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or smtplib.SMTP_SSL_PORT, timeout=_TIMEOUT, context=secure)
    server = smtplib.SMTP(host, port or smtplib.SMTP_PORT, timeout=_TIMEOUT)
    server.ehlo()
    return server
