"""A worker in a process of its own, for tests that kill it: works until the job named on the command line ended."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from tests.databases import MASTER
from tracker.config import Settings
from tracker.db import SessionMaker, make_engine
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.models import Job


def main(url: str, job_id: int) -> None:
    """Run jobs until the one asked for is done or failed."""
    engine = make_engine(url, MASTER)
    sessions = SessionMaker(engine)
    worker = Worker(sessions, Settings(data_dir=Path(), database_url=url), TASKS)
    worker.release_dead()
    state = ""
    while state not in {"done", "failed"}:
        worker.work_once(datetime.now(UTC))
        with sessions.reading(()) as session:
            state = session.scalar(select(Job.state).where(Job.id == job_id)) or "failed"
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
