"""A long list of denials is checked and logged by a job: with progress, whole or not at all, and once."""

import io
import random
import re
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from tests import build
from tests.forms import fields_of
from tests.jobs.test_crash import start_worker
from tracker.db import transaction
from tracker.domain.remittance import Person
from tracker.jobs.engine import MAX_ATTEMPTS, Worker
from tracker.jobs.tasks import TASKS
from tracker.knowledge import load
from tracker.models import Claim, Denial, ImportFile, Job, Practice
from tracker.services import backlog
from tracker.services.logging_denials import TypedDenial, log_denial

HEADERS = "Insurance,Pt Name,Acct #,DOS,EOB Date,Denial Code,CPT,Balance"
LONG = backlog.BIG_ROWS + 50
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def long_list(rows: int = LONG) -> bytes:
    """A list of two lines a claim."""
    lines = (
        f'Harbor Health,"Quill{number // 2:05}, Nora",A{number // 2},9/14/2026,10/5/2026,CO-50,{code},90.00'
        for number, code in ((number, ("97110", "97140")[number % 2]) for number in range(rows))
    )
    return "\n".join([HEADERS, *lines]).encode()


@pytest.fixture
def worker(sessions, settings):
    return Worker(sessions, settings, TASKS)


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def columns_taken(alice, cast):
    """A long list was brought and its columns taken; returns the address of its check page."""
    token = build.csrf_token(alice.get("/import/list"))
    file = FileStorage(io.BytesIO(long_list()), "open.csv")
    sent = {"csrf_token": token, "practice": cast.eastside.public_id, "file": file}
    columns = alice.post("/import/list", data=sent, content_type="multipart/form-data").location
    return alice.post(columns, data=fields_of(alice.get(columns).text, columns)).location


def count(sessions, model) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(model))


def log_all(alice, page: str):
    found = alice.get(page)
    ticked = re.findall(r'name="log" value="(\d+)" checked', found.text)
    return alice.post(f"{page}/log", data={"csrf_token": build.csrf_token(found), "log": ticked})


def test_a_long_list_shows_its_progress_is_checked_and_then_logged_whole(alice, columns_taken, worker, sessions):
    progress = alice.get(columns_taken).location
    assert "Checking the list" in alice.get(progress).text
    assert worker.work_once(NOW)
    assert alice.get(alice.get(progress).location).location == columns_taken
    assert f"{LONG} denials can be logged" in alice.get(columns_taken).text
    assert count(sessions, Denial) == 0

    after = log_all(alice, columns_taken).location
    progress = alice.get(alice.get(after).location).location
    assert "Logging the list" in alice.get(progress).text
    assert count(sessions, Denial) == 0
    assert worker.work_once(NOW)
    done = alice.get(alice.get(progress).location)
    assert f"{LONG} denials logged" in done.text
    assert (count(sessions, Denial), count(sessions, Claim)) == (LONG, LONG // 2)
    undone = alice.post(done.request.path + "/undo", data={"csrf_token": build.csrf_token(done)})
    assert undone.status_code == 303
    assert (count(sessions, Denial), count(sessions, Claim)) == (0, 0)


def test_a_list_at_work_is_not_logged_twice(alice, columns_taken, worker, sessions):
    worker.work_once(NOW)
    log_all(alice, columns_taken)
    token = build.csrf_token(alice.get("/import/list"))
    assert alice.post(f"{columns_taken}/log", data={"csrf_token": token, "log": "2"}).status_code == 303
    assert alice.post(f"{columns_taken}/cancel", data={"csrf_token": token}).status_code == 303
    while worker.work_once(NOW):
        pass
    assert count(sessions, Denial) == LONG


def test_what_was_logged_since_the_check_sends_the_list_back_with_words(alice, columns_taken, worker, sessions, cast):
    worker.work_once(NOW)
    log_all(alice, columns_taken)
    typed = TypedDenial(
        "Harbor Health", Person("Quill00007", "Nora"), "A7", date(2026, 9, 14), "CO", "50", (), "97110", (), 1.0, 9_000,
        date(2026, 10, 5),
    )  # fmt: skip
    with transaction(sessions.system()) as session:
        log_denial(session, cast.eastside.id, typed, load(), build.NOW, build.TODAY)
    worker.work_once(NOW)
    found = alice.get(columns_taken).text
    assert "The list was not logged" in found
    assert "which was logged since you checked the list" in found
    assert count(sessions, Denial) == 1
    assert log_all(alice, columns_taken).status_code == 303
    worker.work_once(NOW)
    assert count(sessions, Denial) == LONG


def test_a_list_whose_job_gave_up_can_be_logged_again(alice, columns_taken, worker, sessions):
    worker.work_once(NOW)
    log_all(alice, columns_taken)
    with transaction(sessions.system()) as session:
        job = session.scalars(select(Job).where(Job.kind == backlog.LOG)).one()
        job.state, job.attempts, job.error = "failed", MAX_ATTEMPTS, "The disk was full."
    found = alice.get(columns_taken).text
    assert "The disk was full. Nothing was logged. Try again, or cancel." in found
    log_all(alice, columns_taken)
    worker.work_once(NOW)
    assert count(sessions, Denial) == LONG


def test_a_killed_worker_leaves_a_list_whole_or_not_there_and_once_in_the_end(sessions, cast):
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        by = backlog.Staged(cast.alice.id, build.NOW, 24)
        row = backlog.stage_backlog(session, practice, "open.csv", long_list(), by)
        backlog.check_backlog(session, row, load(), build.NOW, build.TODAY)
        chosen = [each["row"] for each in row.preview["rows"]]
        backlog.log_or_ask(session, row, chosen, load(), cast.alice.id, build.NOW, build.TODAY)
        job_id, import_id = session.scalars(select(Job.id)).one(), row.id
    url, moments = sessions.engine.url.render_as_string(hide_password=False), random.Random(4)
    for _ in range(3):
        process = start_worker(url, job_id)
        time.sleep(moments.uniform(1.0, 3.0))
        process.kill()
        process.wait()
        assert count(sessions, Denial) in {0, LONG}
    assert start_worker(url, job_id).wait(timeout=300) == 0
    assert count(sessions, Denial) == LONG
    with sessions.system() as session:
        assert session.scalars(select(ImportFile.state).where(ImportFile.id == import_id)).one() == "stored"
