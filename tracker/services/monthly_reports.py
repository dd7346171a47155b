"""Monthly reports: made as drafts, worded by their manager, then final with their numbers frozen."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.access import Action, Role, may
from tracker.models import Job, Membership, MonthlyReport, Practice, User
from tracker.models.base import new_public_id
from tracker.services.jobs import ask_for

MAKE = "reports.make"
MAIL = "reports.mail"
"""The kind of job that tells a person of a final report."""


class ReportRefused(Exception):  # noqa: N818  # says what happened, in plain words
    """Raised when something cannot be done with a report; the message says why."""


class ReportConflict(Exception):  # noqa: N818  # says what happened
    """Raised when a report was changed after it was opened."""


def newest_report(session: Session, practice_id: int, month: str) -> MonthlyReport | None:
    """Return the newest edition of a practice's report on a month, None without one."""
    mine = (MonthlyReport.practice_id == practice_id, MonthlyReport.month == month)
    return session.scalar(select(MonthlyReport).where(*mine).order_by(MonthlyReport.edition.desc()).limit(1))


def keep_draft(
    session: Session, practice_id: int, month: str, figures: Mapping[str, Any], now: datetime, user_id: int
) -> MonthlyReport:
    """Return the draft of a practice's report on a month with these figures: the one there is, or a new one.

    What was typed stays. A report that is final is left as it is, and a new edition begins.
    """
    row = newest_report(session, practice_id, month)
    if row is None or row.is_final:
        edition = row.edition + 1 if row else 1
        words = (row.changed_words, row.ask_words) if row else (None, None)
        row = MonthlyReport(
            practice_id=practice_id, month=month, edition=edition, made_at=now, figures={}, changed_words=words[0],
            ask_words=words[1],
        )  # fmt: skip
        session.add(row)
    row.figures, row.made_at, row.made_by_id = dict(figures), now, user_id
    session.flush()
    return row


def save_words(session: Session, row: MonthlyReport, changed: str, ask: str) -> None:
    """Keep what the manager typed. Raises ReportRefused when the report is final."""
    _refuse_final(row)
    row.changed_words, row.ask_words = changed or None, ask or None
    session.flush()


def make_final(
    session: Session, row: MonthlyReport, seen_version: int, pdf: bytes, now: datetime, user_id: int
) -> None:
    """Freeze a report with its PDF. Raises ReportRefused when it is final, ReportConflict when it was changed since."""
    _refuse_final(row)
    if row.version != seen_version:
        raise ReportConflict
    row.state, row.final_at, row.final_by_id = "final", now, user_id
    row.pdf, row.pdf_hash = pdf, hashlib.sha256(pdf).hexdigest()
    session.flush()


def tell_by_mail(session: Session, row: MonthlyReport, now: datetime, user_id: int) -> None:
    """Ask for a mail to everybody who may see the reports of a practice that wants it, but who made it final."""
    practice = session.get_one(Practice, row.practice_id)
    if not practice.mail_reports:
        return
    query = (
        select(User.id, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.practice_id == row.practice_id, User.is_active, User.email != "", User.id != user_id)
    )
    for person, role in session.execute(query.order_by(User.id)).all():
        if may(Role(role), Action.SEE_INSIGHTS):
            ask_for(
                session, MAIL, {"report": row.public_id}, f"{MAIL}:{row.public_id}:{person}", now,
                practice_id=row.practice_id, user_id=person,
            )  # fmt: skip


def _refuse_final(row: MonthlyReport) -> None:
    if row.is_final:
        raise ReportRefused("This report is final. Make a new version to change it")


def ask_for_reports(
    session: Session, practices: Sequence[int], month: str, basis: str, now: datetime, user_id: int
) -> Job:
    """Ask for the reports of several practices on a month, with amounts on a basis."""
    return ask_for(
        session, MAKE, {"practices": list(practices), "month": month, "basis": basis}, f"{MAKE}:{new_public_id()}", now,
        user_id=user_id, total=len(practices),
    )  # fmt: skip
