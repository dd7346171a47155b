"""Mails to people about their accounts. They name no patient, and no secret but the link of an invitation or reset."""

from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select

from tracker.config import Settings
from tracker.db import transaction
from tracker.domain.audit import Act
from tracker.jobs.digest_mail import send
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.models import User, UserLink
from tracker.services.user_links import link_address
from tracker.services.user_mail import SAYS, About

_NOT_YOU = "If this was not you, tell whoever runs the tracker for you at once: they can sign you out everywhere."


@tells(Act.MAILED)
def send_user_mail(task: Task) -> None:
    """Send a person a mail about their account."""
    with task.sessions.system() as session:
        user = session.get(User, task.user_id)
        if user is None or not (user.email or "to" in task.arguments):
            raise JobFailed("This person has no e-mail address any more")
        about, where = About(task.arguments["about"]), task.arguments.get("to") or user.email
        link = session.scalar(select(UserLink).where(UserLink.public_id == task.arguments.get("link", "")))
    message = _message(about, where, task, link)
    send(message, task.settings.smtp_url)
    with transaction(task.sessions.system()) as session:
        task.finish(session, {})


def _message(about: About, address: str, task: Task, link: UserLink | None) -> EmailMessage:
    """Return the mail. Its id is the same however often it is made."""
    settings = task.settings
    message = EmailMessage()
    title, says = SAYS[about]
    message["Subject"], message["From"], message["To"] = title, settings.mail_from, address
    message["Message-ID"] = f"<account.{task.job_id}@{settings.mail_from.rpartition('@')[2]}>"
    says = says.format(browser=task.arguments.get("browser", ""))
    message.set_content(_with_link(says, link, settings) if link else _notice(says, task.arguments["at"]))
    return message


def _with_link(says: str, link: UserLink, settings: Settings) -> str:
    until = link.expires_at.astimezone()
    return f"{says}:\n\n{link_address(settings, link)}\n\nThe link works once, until {until:%m/%d/%Y %H:%M}.\n"


def _notice(says: str, at: str) -> str:
    return f"{says}, on {datetime.fromisoformat(at).astimezone():%m/%d/%Y at %H:%M}.\n\n{_NOT_YOU}\n"
