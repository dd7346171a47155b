"""What jobs tell the audit log: each says what kind of act it is, and works in the name of who asked for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tracker.auditing.acting import SYSTEM, Actor, Doing, doing
from tracker.auditing.appending import Told, reads_log
from tracker.db import SessionMaker
from tracker.domain.audit import Act
from tracker.models import Job, User

_Function = TypeVar("_Function", bound=Callable[..., None])


def tells(act: Act | None) -> Callable[[_Function], _Function]:
    """Declare what a task is in the audit log; None: it keeps the log itself, so its beginning is no entry."""

    def declare(task: _Function) -> _Function:
        task.act = act  # type: ignore[attr-defined]  # functions hold what is declared about them
        return task

    return declare


@contextmanager
def telling(sessions: SessionMaker, job: Job, task: Callable[..., None]) -> Iterator[Doing]:
    """Work in the name of who asked for a job; that it begins is on the disk before it reads anything."""
    act: Act | None = getattr(task, "act", Act.WORKED)
    who, place = _asked_by(sessions, job), frozenset({job.practice_id} if job.practice_id else ())
    what = Doing(lambda: who, act or Act.WORKED, "jobs", job.public_id, lambda: place, detail={"job": job.kind})
    with doing(what):
        if act is not None:
            begun = what.detail | {"begun": True, "attempt": job.attempts}
            reads_log(sessions.engine).append(what, [Told(act, practice_id=job.practice_id, detail=begun)])
        yield what


def _asked_by(sessions: SessionMaker, job: Job) -> Actor:
    if job.asked_by_id is None:
        return SYSTEM
    with sessions.reading(()) as session:
        user = session.get(User, job.asked_by_id)
        return Actor(job.asked_by_id, user.login if user else "")
