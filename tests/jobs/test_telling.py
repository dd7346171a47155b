"""Jobs work in the name of who asked for them, and the audit log says so before they begin."""

from datetime import UTC, datetime

import pytest

from tests import build
from tests.auditing.entries import as_owner, detail, entries
from tracker.db import transaction
from tracker.domain.audit import Chain
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.services.jobs import ask_for

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def ask(sessions, cast, kind="adds", **more):
    with transaction(sessions.system()) as session:
        ask_for(session, kind, {}, f"test:{kind}", NOW, **more)


def adds(task):
    with transaction(task.sessions.writing([task.practice_id])) as session:
        from tracker.models import Practice

        build.patient(session, session.get_one(Practice, task.practice_id), "Quill")
        task.finish(session, {})


@pytest.mark.parametrize("kind", sorted(TASKS))
def test_every_task_declares_what_it_is_in_the_log(kind):
    assert hasattr(TASKS[kind], "act")


def test_a_job_has_an_entry_when_it_begins_and_one_with_its_change_by_who_asked(sessions, settings, cast, engine):
    ask(sessions, cast, practice_id=cast.eastside.id, user_id=cast.alice.id)
    before = {row[:2] for row in entries(engine)}
    assert Worker(sessions, settings, {"adds": adds}).work_once(NOW)
    made = [row for row in entries(engine) if row[:2] not in before]
    assert [(row.chain, row.actor, row.practice_id, row.object_type) for row in made] == [
        ("changes", "alice", cast.eastside.id, "jobs"),
        ("reads", "alice", cast.eastside.id, "jobs"),
    ]
    assert detail(made[0])["changed"]["patients"] == {"added": 1}
    assert detail(made[1]) == {"job": "adds", "begun": True, "attempt": 1}


def test_a_job_that_nobody_asked_for_is_the_systems(sessions, settings, cast, engine):
    ask(sessions, cast, practice_id=cast.eastside.id)
    Worker(sessions, settings, {"adds": adds}).work_once(NOW)
    assert {row.actor for row in entries(engine, Chain.READS)} == {"system"}


def test_a_job_whose_beginning_cannot_be_told_does_not_run(sessions, settings, cast, engine):
    ran = []
    with as_owner(engine, Chain.READS) as connection:
        connection.exec_driver_sql("ALTER TABLE audit_heads RENAME COLUMN epoch TO gone")
    ask(sessions, cast, kind="looks")
    Worker(sessions, settings, {"looks": ran.append}).work_once(NOW)
    assert ran == []
