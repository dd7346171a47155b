"""The daily backup as a job."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.domain.audit import Act
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.keys import open_master
from tracker.services.backing_up import WARN_AFTER
from tracker.services.backups import backup_notice, last_good, make_backup, record
from tracker.services.jobs import ask_for

KIND = "backup.make"
# A start is busy enough: the first backup waits, and the daily one comes well before the banner would.
_FIRST_AFTER = timedelta(minutes=10)
_EVERY = WARN_AFTER - timedelta(hours=2)


def ask_for_backup(session: Session, now: datetime) -> None:
    """Ask for a backup when the last good one is getting old; once an hour at most."""
    last = last_good(session, now)
    if last is None or now - last >= _EVERY:
        job = ask_for(session, KIND, {}, f"{KIND}:{now:%Y-%m-%dT%H}", now)
        if last is None and job.attempts == 0 and not backup_notice(session, now)[0]:
            job.run_at = job.asked_at + _FIRST_AFTER


@tells(Act.BACKED_UP)
def back_up(task: Task) -> None:
    """Make a backup and keep how it went; a bad one is said on every page and tried again within the hour."""
    task.report(0, 1, "Making a backup")
    now = datetime.now(UTC)
    made = make_backup(task.sessions, task.settings, open_master(task.settings), now)
    with transaction(task.sessions.system()) as session:
        record(session, made, now)
        if not made.problem:
            task.finish(session, {"file": made.written.path.name, "rows": made.written.rows})
    if made.problem:
        raise JobFailed(made.problem)
