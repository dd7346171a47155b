"""The machine's clock jumps a day back or forward: nothing is done twice, nobody waits for a day, no session lives on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.jobs.backup_task import KIND, ask_for_backup
from tracker.jobs.engine import Worker
from tracker.models import Backup, Job
from tracker.models import base as ids
from tracker.services.backups import backup_notice
from tracker.services.jobs import ask_for
from tracker.services.sessions import Limits, Place, find_session, living_sessions, open_session
from tracker.services.sign_in import MustWait, count_wrong, counters, refuse_waiting

NOW = build.NOW
DAY = timedelta(days=1)
LIMITS = Limits(timedelta(minutes=30), timedelta(hours=12))
JUMPS = pytest.mark.parametrize("jump", [-DAY, DAY], ids=["back", "forward"])


@JUMPS
def test_a_session_ends(session, cast, jump):
    token = open_session(session, cast.alice.id, NOW, Place("Firefox", "127.0.0.1"))
    assert find_session(session, token, NOW, LIMITS)
    assert find_session(session, token, NOW + jump, LIMITS) is None
    assert living_sessions(session, cast.alice.id, NOW + jump, LIMITS) == []


def test_a_clock_that_is_set_right_by_seconds_ends_no_session(session, cast):
    token = open_session(session, cast.alice.id, NOW, Place("Firefox", "127.0.0.1"))
    assert find_session(session, token, NOW - timedelta(seconds=90), LIMITS)


@JUMPS
def test_who_had_to_wait_a_minute_does_not_wait_a_day(session, jump):
    counted = counters("alice", "127.0.0.1")
    for _ in range(12):
        count_wrong(session, counted, NOW)
    with pytest.raises(MustWait):
        refuse_waiting(session, counted, NOW)
    refuse_waiting(session, counted, NOW + jump)


class Crash(BaseException):
    """The end of a worker that has no time to say so."""


@pytest.fixture
def done():
    return []


@pytest.fixture
def task(sessions, done):
    def count(task):
        with transaction(sessions.system()) as session:
            task.finish(session, {})
            done.append(task.owner)

    return count


def asked(sessions):
    with transaction(sessions.system()) as session:
        ask_for(session, "count", {}, "count:1", NOW)


@JUMPS
def test_work_is_done_once(sessions, settings, task, done, jump):
    asked(sessions)
    worker = Worker(sessions, settings, {"count": task})
    assert worker.work_once(NOW + jump)
    assert not worker.work_once(NOW)
    assert not worker.work_once(NOW + jump)
    assert len(done) == 1


@JUMPS
def test_the_lease_of_a_worker_that_died_runs_out(sessions, settings, task, done, jump):
    def die(_task):
        raise Crash

    asked(sessions)
    with pytest.raises(Crash):
        Worker(sessions, settings, {"count": die}).work_once(NOW)
    other = Worker(sessions, settings, {"count": task})
    assert not other.work_once(NOW)
    assert other.work_once(NOW + jump)
    assert done == [other.owner]


@JUMPS
def test_a_slow_worker_and_its_successor_do_not_both_finish(sessions, settings, task, done, jump):
    successor = Worker(sessions, settings, {"count": task})

    def slow(own):
        assert successor.work_once(NOW + jump)
        task(own)

    asked(sessions)
    Worker(sessions, settings, {"count": slow}).work_once(NOW)
    assert done == [successor.owner]


@JUMPS
def test_chores_go_on(sessions, settings, jump):
    seen = []
    worker = Worker(sessions, settings, {}, [lambda _session, now: seen.append(now)])
    for now in (NOW, NOW + timedelta(minutes=1), NOW + jump):
        worker.do_chores(now)
    assert seen == [NOW, NOW + jump]


def test_a_backup_from_the_future_counts_for_none(session, cast):
    session.add(Backup(file_name="a.backup", made_at=NOW + timedelta(days=400), size=1, rows=1))
    session.add(Backup(file_name="b.backup", made_at=NOW - timedelta(hours=30), size=1, rows=1))
    session.flush()
    assert backup_notice(session, NOW) == ("The last good backup is 30 hours old. Type: tracker backup", "warn")
    ask_for_backup(session, NOW)
    assert session.scalar(select(Job.kind)) == KIND


@JUMPS
def test_ids_stay_unique(monkeypatch, jump):
    made = set(ids.take_ids(5_000))
    start = ids.time.time()
    monkeypatch.setattr(ids.time, "time", lambda: start + jump.total_seconds())
    assert made.isdisjoint(ids.take_ids(5_000))
