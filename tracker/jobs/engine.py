"""The embedded engine: leases rows of the jobs table and runs their tasks.

A task runs at least once and must be idempotent: it commits its result and its end in one transaction. On SQLite a
task that holds the write lock cannot renew its lease, but nobody else can take the job either: taking is a write.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from tracker import disk, metrics
from tracker.auditing.acting import Doing, doing
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.jobs.telling import telling
from tracker.models import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 5
# A clock that was set back leaves moments behind that lie ahead; so far ahead, a moment counts as past.
_AHEAD = timedelta(minutes=5)
_RETRY_AFTER = timedelta(seconds=5)
_WAITS_FOR = timedelta(minutes=5)
_POLL_SECONDS = 0.5
_LOOK_AGAIN_SECONDS = 5.0
_WRITE_PROGRESS_EVERY = 0.5


class JobFailed(Exception):  # noqa: N818  # says what happened, in plain words
    """Raised by a task that will never succeed; the message is shown to the person who asked."""


class JobWaits(Exception):  # noqa: N818  # says what it waits for, in plain words
    """Raised by a task that cannot work before something outside is there again; it is tried again until it is."""


@dataclass(slots=True)
class Progress:
    """How far a running task is; kept in memory, since a task may hold the database's only write lock."""

    done: int = 0
    total: int = 0
    doing: str = ""


_running: dict[int, Progress] = {}


def progress_of(job: Job) -> Progress:
    """Return how far a job is: from this process's memory while it runs here, else from its row."""
    return _running.get(job.id) or Progress(job.done, job.total, job.doing)


@dataclass(frozen=True, slots=True)
class Task:
    """What a task function gets: where to work, what was asked, how to report and how to end."""

    sessions: SessionMaker
    settings: Settings
    job_id: int
    owner: str
    practice_id: int | None
    user_id: int | None
    arguments: Mapping[str, Any]
    progress: Progress = field(default_factory=Progress)

    def report(self, done: int, total: int, doing: str) -> None:
        """Say how far the work is (memory only; the engine writes it when it may)."""
        self.progress.done, self.progress.total, self.progress.doing = done, total, doing

    def hold(self, session: Session, now: datetime) -> None:
        """Keep the job for a while more, in a transaction of a part of the work.

        Raises JobFailed if another worker holds it by now, so that the part rolls back.
        """
        held = session.execute(
            update(Job)
            .where(Job.id == self.job_id, Job.lease_owner == self.owner, Job.state == "running")
            .values(lease_until=now + LEASE)
        )
        if held.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has a row count
            raise JobFailed("Another worker took over this work")

    def finish(self, session: Session, result: dict[str, Any]) -> None:
        """Mark the job done inside ``session``'s transaction, together with the work itself.

        Raises JobFailed if another worker holds the job by now, so that the whole transaction rolls back.
        """
        ended = session.execute(
            update(Job)
            .where(Job.id == self.job_id, Job.lease_owner == self.owner, Job.state == "running")
            .values(state="done", result=result, done=self.progress.total, total=self.progress.total, lease_until=None)
        )
        if ended.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has a row count
            raise JobFailed("Another worker took over this work")


TaskFunction = Callable[[Task], None]
Chore = Callable[[Session, datetime], object]
"""Something to do now and then in a transaction of its own."""

Look = Callable[[SessionMaker, datetime], None]
"""Looks for files that came in a folder, and asks for jobs that take them in."""

_CHORES_EVERY = timedelta(minutes=10)
_LOOK_EVERY = timedelta(seconds=30)


class Worker(threading.Thread):
    """One thread that takes the oldest ready job, runs it, and looks for the next."""

    def __init__(
        self,
        sessions: SessionMaker,
        settings: Settings,
        tasks: Mapping[str, TaskFunction],
        chores: Sequence[Chore] = (),
        watch: Look | None = None,
        begins_after: float = 0,
    ) -> None:
        """Prepare a worker; ``begins_after`` is how many seconds it leaves to others when it starts."""
        super().__init__(name="jobs", daemon=True)
        self._begins_after = begins_after
        self._sessions, self._settings, self._tasks, self._chores = sessions, settings, tasks, chores
        self._chores_done_at: datetime | None = None
        self._watch, self._looked_at = watch, datetime.min.replace(tzinfo=UTC)
        self._host = socket.gethostname()[:30]
        self.owner = f"{self._host}:{os.getpid()}:{secrets.token_hex(4)}"
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until stopped."""
        self._stop.wait(self._begins_after)
        self.release_dead()
        while not self._stop.is_set():
            now = datetime.now(UTC)
            if self._only_reads():
                self._stop.wait(_LOOK_AGAIN_SECONDS)
                continue
            self.do_chores(now)
            self._look(now)
            if not self.work_once(now):
                self._stop.wait(_POLL_SECONDS)

    def _only_reads(self) -> bool:
        return self._settings.read_only or disk.is_full(self._settings)

    def stop(self) -> None:
        """Ask the thread to end after the job at hand."""
        self._stop.set()

    def do_chores(self, now: datetime) -> None:
        """Do every chore, at most once in ten minutes."""
        if self._chores_done_at is not None and timedelta() <= now - self._chores_done_at < _CHORES_EVERY:
            return
        self._chores_done_at = now
        for chore in self._chores:
            with doing(Doing()), transaction(self._sessions.system()) as session:
                chore(session, now)

    def _look(self, now: datetime) -> None:
        """Look for files that came, twice a minute; a clock that was set back is no reason to wait."""
        if self._watch is not None and not timedelta() <= now - self._looked_at < _LOOK_EVERY:
            self._looked_at = now
            self._watch(self._sessions, now)

    def work_once(self, now: datetime) -> bool:
        """Run one ready job; return whether there was one."""
        job = self._take(now)
        if job is None:
            return False
        task = Task(
            self._sessions, self._settings, job.id, self.owner, job.practice_id, job.asked_by_id, dict(job.arguments)
        )
        task.progress.total = job.total
        _running[job.id] = task.progress
        beat = threading.Event()
        heart = threading.Thread(target=self._renew, args=(job.id, task.progress, beat), daemon=True)
        heart.start()
        try:
            with telling(self._sessions, job, self._tasks[job.kind]):
                self._tasks[job.kind](task)
            metrics.job_ended(job.kind, "done")
        except JobFailed as failure:
            self._give_up(job, str(failure))
        except JobWaits as waits:
            self._end(
                job, state="queued", lease_until=None, run_at=now + _WAITS_FOR, attempts=job.attempts - 1,
                doing=str(waits)[:120],
            )  # fmt: skip
        except Exception:
            log.exception("job %s (%s) failed at attempt %s", job.id, job.kind, job.attempts)
            self._try_again(job, now)
        finally:
            beat.set()
            heart.join()
            _running.pop(job.id, None)
        return True

    def _take(self, now: datetime) -> Job | None:
        ready = or_(
            and_(Job.state == "queued", or_(Job.run_at <= now, Job.asked_at > now + _AHEAD)),
            and_(Job.state == "running", or_(Job.lease_until < now, Job.lease_until > now + LEASE + _AHEAD)),
        )
        with self._sessions.reading(()) as session:  # a look costs no write lock
            if session.scalar(select(Job.id).where(ready, Job.kind.in_(self._tasks)).limit(1)) is None:
                return None
        with transaction(self._sessions.system()) as session:
            job = session.scalar(
                select(Job)
                .where(ready, Job.kind.in_(self._tasks))
                .order_by(Job.run_at, Job.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if job is None:
                return None
            job.state, job.lease_owner, job.lease_until = "running", self.owner, now + LEASE
            job.attempts += 1
            return job

    def release_dead(self) -> None:
        """Free the jobs of processes of this machine that are gone: a kill -9 needs no wait for the lease."""
        with transaction(self._sessions.system()) as session:
            for job in session.scalars(select(Job).where(Job.state == "running")):
                host, _, rest = job.lease_owner.partition(":")
                if host == self._host and not _is_alive(rest.partition(":")[0]):
                    job.state, job.lease_until = "queued", None

    def _renew(self, job_id: int, progress: Progress, stop: threading.Event) -> None:
        if self._sessions.engine.dialect.name == "sqlite":
            return  # see the module's docstring
        while not stop.wait(_WRITE_PROGRESS_EVERY):
            with transaction(self._sessions.system()) as session:
                session.execute(
                    update(Job)
                    .where(Job.id == job_id, Job.lease_owner == self.owner, Job.state == "running")
                    .values(
                        lease_until=datetime.now(UTC) + LEASE,
                        done=progress.done,
                        total=progress.total,
                        doing=progress.doing,
                    )
                )

    def _try_again(self, job: Job, now: datetime) -> None:
        if job.attempts >= MAX_ATTEMPTS:
            self._give_up(job, "This work failed several times. The details are in the server's log.")
            return
        self._end(job, state="queued", lease_until=None, run_at=now + _RETRY_AFTER * job.attempts)

    def _give_up(self, job: Job, why: str) -> None:
        metrics.job_ended(job.kind, "failed")
        self._end(job, state="failed", lease_until=None, error=why[:300])

    def _end(self, job: Job, **values: Any) -> None:
        with transaction(self._sessions.system()) as session:
            session.execute(
                update(Job)
                .where(Job.id == job.id, Job.lease_owner == self.owner, Job.state == "running")
                .values(**values)
            )


def waiting_jobs(sessions: SessionMaker) -> int:
    """Return how many jobs wait for a worker."""
    with sessions.reading(()) as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.state == "queued")) or 0


def _is_alive(pid: str) -> bool:
    if not pid.isdigit():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_for(sessions: SessionMaker, job_id: int, seconds: float) -> str:
    """Wait until a job ended or time is up; return its state (for commands and tests)."""
    end = time.monotonic() + seconds
    while True:
        with sessions.reading(()) as session:
            state = session.scalar(select(Job.state).where(Job.id == job_id))
        if state in {"done", "failed"} or time.monotonic() > end:
            return state or "failed"
        time.sleep(0.1)
