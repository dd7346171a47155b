"""Once an hour: a checkpoint of the audit log, and the removal of what its years are over for."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.services.audit_sealing import remove_old, seal
from tracker.services.jobs import ask_for

KIND = "audit.seal"


def ask_for_sealing(session: Session, now: datetime) -> None:
    """Ask for a checkpoint, once an hour."""
    ask_for(session, KIND, {}, f"{KIND}:{now:%Y-%m-%dT%H}", now)


@tells(None)
def seal_log(task: Task) -> None:
    """Verify what is new in the audit log and sign it; a log that does not hold fails the job and is not signed."""
    now = datetime.now(UTC)
    found = seal(task.sessions.engine, task.settings, now)
    broken = [f"{one.chain} {one.broken.damage}: {one.broken.why}" for one in found if one.broken]
    removed = 0 if broken else remove_old(task.sessions.engine, task.settings, now)
    if broken:
        raise JobFailed(f"The audit log does not hold. {'. '.join(broken)}"[:300])
    with transaction(task.sessions.system()) as session:
        task.finish(session, {"entries": sum(one.entries for one in found), "removed": removed})
