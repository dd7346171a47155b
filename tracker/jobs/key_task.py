"""A new key for a practice, and all its data sealed again with it."""

from datetime import UTC, datetime

from tracker.db import keyring_for, transaction
from tracker.domain.audit import Act
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.services.practice_keys import reseal, rotate


@tells(Act.KEYS)
def rotate_key(task: Task) -> None:
    """Make the version that was asked for and seal the data again; killed, it goes on with what is left."""
    practice_id, wanted = task.practice_id, int(task.arguments["version"])
    if practice_id is None:
        raise JobFailed("No practice was named")
    with transaction(task.sessions.system()) as session:
        keyring_for(session).forget(practice_id)
        if keyring_for(session).newest_version(practice_id) < wanted:
            rotate(session, practice_id, datetime.now(UTC))
        task.hold(session, datetime.now(UTC))
    rows = reseal(task.sessions, practice_id, lambda done, total: task.report(done, total, "Sealing the data again"))
    with transaction(task.sessions.writing([practice_id])) as session:
        task.finish(session, {"rows": rows})
