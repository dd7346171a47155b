"""Long work runs once it is asked for, says how far it is, and survives whoever dies on the way."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tracker.db import transaction
from tracker.jobs.engine import JobFailed, Worker, progress_of
from tracker.models import Job
from tracker.services.jobs import ask_for

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def ask(sessions, kind="count", key="count:1", **arguments):
    with transaction(sessions.system()) as session:
        return ask_for(session, kind, arguments, key, NOW).id


def job(sessions, job_id):
    with sessions.reading(()) as session:
        return session.scalar(select(Job).where(Job.id == job_id))


@pytest.fixture
def seen():
    return []


@pytest.fixture
def worker(sessions, settings, seen):
    def count(task):
        task.report(2, 3, "Counting")
        seen.append((dict(task.arguments), progress_of(job(sessions, task.job_id)).doing))
        with transaction(sessions.system()) as session:
            task.finish(session, {"counted": 3})

    def never(_task):
        raise JobFailed("This file is gone")

    def stumble(_task):
        seen.append("stumbled")
        raise ValueError("broken")

    return Worker(sessions, settings, {"count": count, "never": never, "stumble": stumble})


def test_a_job_runs_with_its_arguments_and_says_what_it_does(sessions, worker, seen):
    job_id = ask(sessions, up_to=3)
    assert worker.work_once(NOW)
    done = job(sessions, job_id)
    assert (done.state, done.result, done.done, done.total) == ("done", {"counted": 3}, 3, 3)
    assert seen == [({"up_to": 3}, "Counting")]


def test_work_asked_for_twice_with_the_same_key_runs_once(sessions, worker, seen):
    assert ask(sessions) == ask(sessions)
    assert worker.work_once(NOW)
    assert not worker.work_once(NOW)
    assert len(seen) == 1


def test_work_that_can_never_succeed_fails_with_its_reason(sessions, worker):
    job_id = ask(sessions, "never", "never:1")
    worker.work_once(NOW)
    failed = job(sessions, job_id)
    assert (failed.state, failed.error) == ("failed", "This file is gone")


def test_work_that_stumbles_is_tried_again_later_and_in_the_end_given_up(sessions, worker, seen):
    job_id = ask(sessions, "stumble", "stumble:1")
    assert worker.work_once(NOW)
    assert not worker.work_once(NOW)  # not at once
    for minute in range(1, 10):
        worker.work_once(NOW + timedelta(minutes=minute))
    assert job(sessions, job_id).state == "failed"
    assert len(seen) == 5


def test_a_lease_that_ran_out_gives_the_job_to_another_worker(sessions, worker, settings):
    job_id = ask(sessions)
    idle = Worker(sessions, settings, {"count": lambda task: None})
    assert idle.work_once(NOW)  # took it and never ended it
    assert not worker.work_once(NOW)
    assert worker.work_once(NOW + timedelta(minutes=1))
    assert job(sessions, job_id).state == "done"


def test_a_worker_that_lost_its_lease_cannot_end_the_job(sessions, settings):
    job_id = ask(sessions)

    def slow(task):
        with transaction(sessions.system()) as session:
            session.scalar(select(Job).where(Job.id == job_id)).lease_owner = "somebody else"
        with transaction(sessions.system()) as session:
            session.add(Job(kind="trace", key="trace", run_at=NOW, asked_at=NOW))
            task.finish(session, {})

    Worker(sessions, settings, {"count": slow}).work_once(NOW)
    with sessions.reading(()) as session:
        assert session.scalar(select(Job).where(Job.key == "trace")) is None


def test_jobs_of_a_process_that_died_are_free_at_the_next_start(sessions, worker):
    job_id = ask(sessions)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with transaction(sessions.system()) as session:
        stuck = session.scalar(select(Job).where(Job.id == job_id))
        stuck.state, stuck.lease_until = "running", NOW + timedelta(hours=1)
        stuck.lease_owner = f"{worker.owner.split(':')[0]}:{gone.pid}:abc"
    worker.release_dead()
    assert worker.work_once(NOW)
    assert job(sessions, job_id).state == "done"


def test_chores_are_done_at_the_start_and_then_every_ten_minutes(sessions, settings):
    done = []
    worker = Worker(sessions, settings, {}, [lambda _session, now: done.append(now)])
    for minute in (0, 1, 9, 10, 11):
        worker.do_chores(NOW + timedelta(minutes=minute))
    assert done == [NOW, NOW + timedelta(minutes=10)]
