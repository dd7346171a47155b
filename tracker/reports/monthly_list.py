"""The monthly reports of the session's practices, and what changed since those that are final."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from tracker.models import DayCount, MonthlyReport, Practice, User
from tracker.reports.basis import kept_cents
from tracker.reports.monthly import Counts
from tracker.reports.monthly_kept import basis_of
from tracker.reports.months import Month


class ReportRow(NamedTuple):
    """A report in a list. ``since`` are the denials and cents that came (or went, negative) after it was counted."""

    report: MonthlyReport
    month: Month
    practice: str
    made_by: str
    is_newest: bool
    since: Counts


def reports_list(session: Session) -> Sequence[ReportRow]:
    """Return all reports, the newest month first."""
    query = (
        select(MonthlyReport, Practice.name, User.name)
        .join(Practice, Practice.id == MonthlyReport.practice_id)
        .outerjoin(User, User.id == MonthlyReport.made_by_id)
        .options(defer(MonthlyReport.pdf))
        .order_by(MonthlyReport.month.desc(), Practice.name, MonthlyReport.edition.desc())
    )
    rows: list[ReportRow] = []
    seen: set[tuple[int, str]] = set()
    for report, practice, made_by in session.execute(query):
        month, key = Month.parse(report.month), (report.practice_id, report.month)
        if month is not None:
            rows.append(
                ReportRow(report, month, practice, made_by or "", key not in seen, counted_since(session, report))
            )
            seen.add(key)
    return rows


def counted_since(session: Session, report: MonthlyReport) -> Counts:
    """Return by how much a month's denials and cents differ now from those a report counted."""
    month, kept = Month.parse(report.month), report.figures["counts"]
    if month is None:
        return Counts(0, 0)
    sums = select(func.sum(DayCount.denials), func.sum(kept_cents(basis_of(report.figures)))).where(
        DayCount.practice_id == report.practice_id, DayCount.day.between(month.first_day, month.last_day)
    )
    denials, cents = session.execute(sums).one()
    return Counts(int(denials or 0) - kept["denials"], int(cents or 0) - kept["cents"])
