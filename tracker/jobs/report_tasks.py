"""The monthly reports of many practices: each made in a transaction of its own, so that a kill loses and doubles none."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from tracker.db import transaction
from tracker.domain.access import Action, Role, may
from tracker.domain.audit import Act
from tracker.expected_amounts import has_rates
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.knowledge import load
from tracker.models import Membership
from tracker.reports.basis import Basis
from tracker.reports.monthly import monthly_figures
from tracker.reports.monthly_kept import as_kept
from tracker.reports.months import Month
from tracker.reports.queue_conditions import Viewer
from tracker.services.monthly_reports import keep_draft, newest_report


@tells(Act.WORKED)
def make_reports(task: Task) -> None:
    """Make a draft for each practice whose report on the month is not final; killed, it makes them again, none twice."""
    month = Month.parse(task.arguments["month"])
    if month is None or task.user_id is None:
        raise JobFailed("Nobody asked for these reports")
    practices, made = task.arguments["practices"], []
    for number, practice_id in enumerate(practices):
        task.report(number, len(practices), "Making reports")
        if _allowed(task, practice_id) and _make(task, practice_id, month, task.user_id):
            made.append(practice_id)
    with transaction(task.sessions.system()) as session:
        task.finish(session, {"made": len(made), "left": len(practices) - len(made)})


def _allowed(task: Task, practice_id: int) -> bool:
    """Whether who asked may still make reports there: roles may have changed since."""
    with task.sessions.reading([practice_id]) as session:
        mine = (Membership.user_id == task.user_id, Membership.practice_id == practice_id)
        role = session.scalar(select(Membership.role).where(*mine))
    return role is not None and may(Role(role), Action.MAKE_REPORTS)


def _make(task: Task, practice_id: int, month: Month, user_id: int) -> bool:
    now, today = datetime.now(UTC), date.today()  # noqa: DTZ011  # the user's day
    basis = Basis(task.arguments.get("basis", Basis.BILLED))
    with task.sessions.reading([practice_id]) as session:
        if basis is Basis.EXPECTED and not has_rates(session, [practice_id]):
            basis = Basis.BILLED  # a practice without a fee schedule, beside others that have one
        newest = newest_report(session, practice_id, month.code)
        if newest is not None and newest.is_final:
            return False
        figures = monthly_figures(session, month, Viewer(user_id, today, now), load().root_causes, basis)
    with transaction(task.sessions.writing([practice_id])) as session:
        newest = newest_report(session, practice_id, month.code)
        if newest is not None and newest.is_final:
            return False
        keep_draft(session, practice_id, month.code, as_kept(figures), now, user_id)
        task.hold(session, now)
    return True
