"""The digest by e-mail: once a day to each person with an address and news. No name of a patient, payer or claim."""

import smtplib
import ssl
from collections.abc import Iterator
from datetime import date, datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import transaction
from tracker.domain.money import dollars
from tracker.jobs.engine import JobFailed, Task
from tracker.models import Job, Membership, User
from tracker.reports.digest import Digest, DueDenial, digest
from tracker.services.jobs import ask_for

KIND = "digest.send"
_FROM_HOUR = 6
_TIMEOUT = 30
_MOST_LINES = 50


def ask_for_digests(session: Session, now: datetime) -> None:
    """Ask for today's digest of everybody who has an address; from six in the morning, once a day and person."""
    local = now.astimezone()
    if local.hour < _FROM_HOUR:
        return
    day = local.date().isoformat()
    for user in session.scalars(select(User).where(User.is_active, User.email != "").order_by(User.id)).all():
        ask_for(session, KIND, {"day": day}, f"{KIND}:{user.id}:{day}", now, user_id=user.id)


def send_digest(task: Task) -> None:
    """Send a person's digest of a day, if it has news; the job's result says how many denials it named."""
    today = date.fromisoformat(task.arguments["day"])
    with task.sessions.system() as session:
        user = session.get(User, task.user_id)
        if user is None or not user.email:
            raise JobFailed("This person has no e-mail address any more")
        memberships = session.scalars(select(Membership).where(Membership.user_id == user.id))
        roles = {one.practice_id: one.role for one in memberships}
        found = digest(session, user.id, roles, today, _told_on(session, user.id))
        address = user.email
    if found.news:
        send(digest_message(found, address, f"{task.user_id}", task.settings), task.settings.smtp_url)
    with transaction(task.sessions.system()) as session:
        task.finish(session, {"news": len(found.news), "on": today.isoformat()})


def _told_on(session: Session, user_id: int) -> date | None:
    """Return the day of the last digest a person was sent or had no news for."""
    done = select(Job.result).where(Job.kind == KIND, Job.asked_by_id == user_id, Job.state == "done")
    days = [result["on"] for result in session.scalars(done.order_by(Job.id.desc()).limit(1))]
    return date.fromisoformat(days[0]) if days else None


def digest_message(found: Digest, address: str, person: str, settings: Settings) -> EmailMessage:
    """Return the mail about a digest. Its id is the same for the same person and day, however often it is made."""
    message = EmailMessage()
    count = len(found.news)
    message["Subject"] = f"What is due: {count} {'denial' if count == 1 else 'denials'}"
    message["From"], message["To"] = settings.mail_from, address
    domain = settings.mail_from.rpartition("@")[2]
    message["Message-ID"] = f"<digest.{person}.{found.today.isoformat()}@{domain}>"
    message.set_content("\n".join(_lines(found, settings.site_url.rstrip("/"))))
    return message


def _lines(found: Digest, site: str) -> Iterator[str]:
    for group in found.groups:
        yield f"{group.title}: {len(group.denials)}, {dollars(group.cents)}"
    yield ""
    for denial in found.news[:_MOST_LINES]:
        yield _line(denial, site)
    if len(found.news) > _MOST_LINES:
        yield f"and {len(found.news) - _MOST_LINES} more"
    yield ""
    yield f"All of it: {site}/digest"


def _line(denial: DueDenial, site: str) -> str:
    return (
        f"D-{denial.number}  {denial.clock} {denial.safe:%m/%d/%Y}  {dollars(denial.cents)}  "
        f"{site}/denials/{denial.public_id}"
    )


def send(message: EmailMessage, smtp_url: str) -> None:
    """Send a message by the server of ``smtp_url``: smtps:// speaks TLS from the start, smtp:// changes to it if offered.

    A password is never sent without TLS. Raises JobFailed where the server refuses the sender, the receiver, the
    password or TLS; other failures may pass and are raised as they are.
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
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as problem:
        raise JobFailed(f"The mail server refused the digest ({type(problem).__name__})") from None


def _connect(scheme: str, host: str, port: int | None, secure: ssl.SSLContext) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or smtplib.SMTP_SSL_PORT, timeout=_TIMEOUT, context=secure)
    server = smtplib.SMTP(host, port or smtplib.SMTP_PORT, timeout=_TIMEOUT)
    server.ehlo()
    return server
