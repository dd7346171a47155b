"""New knowledge: the worker diagnoses open denials again by itself, and a kill loses nothing."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.jobs.test_crash import start_worker
from tests.services.test_diagnosing import denied_claim
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS, ask_for_causes
from tracker.knowledge import load
from tracker.models import Denial, Job, Practice
from tracker.services.renewing import KIND, count_behind


@pytest.fixture
def behind(sessions, cast):
    """Three claims whose denials were diagnosed with older knowledge."""
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        for _ in range(3):
            denied_claim(session, practice)
        for denial in session.scalars(select(Denial)):
            denial.diagnosed_with = "older"
    return practice


def versions(sessions) -> dict[str, int]:
    with sessions.system() as session:
        query = select(Denial.diagnosed_with, func.count()).group_by(Denial.diagnosed_with)
        return dict(session.execute(query).all())


def test_a_start_with_new_knowledge_diagnoses_open_denials_again(sessions, settings, behind):
    worker, now = Worker(sessions, settings, TASKS, [ask_for_causes]), datetime.now(UTC)
    worker.do_chores(now)
    assert worker.work_once(now)

    assert versions(sessions) == {load().version: 6}
    with sessions.system() as session:
        job = session.scalars(select(Job).where(Job.kind == KIND)).one()
        assert (job.kind, job.state, job.result, job.done, job.total) == ("causes.renew", "done", {"denials": 6}, 6, 6)
    assert not worker.work_once(now)


def test_a_start_with_the_same_knowledge_does_nothing(sessions, settings, behind):
    worker, now = Worker(sessions, settings, TASKS, [ask_for_causes]), datetime.now(UTC)
    worker.do_chores(now)
    worker.work_once(now)
    again = Worker(sessions, settings, TASKS, [ask_for_causes])
    again.do_chores(now)
    assert not again.work_once(now)


def test_killed_work_goes_on_after_the_next_start(sessions, settings, behind, monkeypatch):
    monkeypatch.setattr("tracker.services.renewing.CLAIMS_AT_ONCE", 1)
    worker, now = Worker(sessions, settings, TASKS, [ask_for_causes]), datetime.now(UTC)
    worker.do_chores(now)

    class Killed(BaseException):
        pass

    calls = []

    def die(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise Killed
        return renew(*arguments)

    from tracker.jobs import tasks

    renew = tasks.renew_some
    monkeypatch.setattr(tasks, "renew_some", die)
    with pytest.raises(Killed):
        worker.work_once(now)
    assert versions(sessions) == {load().version: 2, "older": 4}

    with transaction(sessions.system()) as session:
        job = session.scalars(select(Job).where(Job.kind == KIND)).one()
        gone = subprocess.Popen(["true"])
        gone.wait()
        job.lease_owner = f"{worker.owner.split(':')[0]}:{gone.pid}:abc"  # the process is no more
        job_id = job.id
    process = start_worker(sessions.engine.url.render_as_string(hide_password=False), job_id)
    assert process.wait(timeout=120) == 0

    assert versions(sessions) == {load().version: 6}
    with sessions.system() as session:
        assert session.scalars(select(Job).where(Job.kind == KIND)).one().result == {"denials": 4}


def test_a_worker_that_lost_the_job_does_not_write(sessions, settings, behind, monkeypatch):
    worker, now = Worker(sessions, settings, TASKS, [ask_for_causes]), datetime.now(UTC)
    worker.do_chores(now)

    from tracker.jobs import tasks

    renew = tasks.renew_some

    def slow(session, *arguments):
        session.scalars(select(Job).where(Job.kind == KIND)).one().lease_owner = "somebody else"
        session.flush()
        return renew(session, *arguments)

    monkeypatch.setattr(tasks, "renew_some", slow)
    worker.work_once(now)

    assert versions(sessions) == {"older": 6}


def test_other_knowledge_is_behind_again(sessions, settings, behind):
    worker, now = Worker(sessions, settings, TASKS, [ask_for_causes]), datetime.now(UTC)
    worker.do_chores(now)
    worker.work_once(now)
    with sessions.reading([behind.id]) as session:
        assert count_behind(session, behind.id, replace(load(), version="newest")) == 6
