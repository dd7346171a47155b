"""Telling people by e-mail that a monthly report is final: its month, the practice and a link, no figure of it."""

from email.message import EmailMessage

from sqlalchemy import select

from tracker.config import Settings
from tracker.db import transaction
from tracker.domain.access import Action, Role, may
from tracker.domain.audit import Act
from tracker.jobs.digest_mail import send
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.models import Membership, MonthlyReport, Practice, User
from tracker.reports.months import Month


@tells(Act.MAILED)
def send_report_mail(task: Task) -> None:
    """Send a person the link to a final report, if they may still see it and its practice still wants it told."""
    with task.sessions.system() as session:
        query = (
            select(MonthlyReport.month, Practice.name, Practice.mail_reports, Membership.role, User.email)
            .join(Practice, Practice.id == MonthlyReport.practice_id)
            .join(Membership, Membership.practice_id == Practice.id)
            .join(User, User.id == Membership.user_id)
            .where(MonthlyReport.public_id == task.arguments["report"], User.id == task.user_id)
            .where(User.is_active, Practice.deleted_at.is_(None))
        )
        found = session.execute(query).one_or_none()
    if found is None or not found.email or not found.mail_reports or not may(Role(found.role), Action.SEE_INSIGHTS):
        raise JobFailed("This person is not told of the report any more")
    month = Month.parse(found.month)
    name = f"{month.name} {month.year}" if month else found.month
    send(_message(f"{task.arguments['report']}", name, found.name, found.email, task), task.settings.smtp_url)
    with transaction(task.sessions.system()) as session:
        task.finish(session, {})


def _message(report: str, month: str, practice: str, address: str, task: Task) -> EmailMessage:
    """Return the mail. Its id is the same however often it is made."""
    settings: Settings = task.settings
    message = EmailMessage()
    message["Subject"] = f"Denial report for {month} is final"
    message["From"], message["To"] = settings.mail_from, address
    message["Message-ID"] = f"<report.{task.job_id}@{settings.mail_from.rpartition('@')[2]}>"
    link = f"{settings.site_url.rstrip('/')}/reports/{report}"
    message.set_content(
        f"The denial report of {practice} for {month} is final:\n\n{link}\n\nThe link opens after signing in.\n"
    )
    return message
