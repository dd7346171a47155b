"""While the tracker only reads, the worker leaves jobs where they are; a worker alone does what an app without one asks."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.architecture.sources import ROOT
from tracker.db import transaction
from tracker.jobs.engine import Worker, wait_for
from tracker.services.jobs import ask_for


@pytest.fixture
def asked(sessions):
    with transaction(sessions.system()) as session:
        return ask_for(session, "count", {}, "count:1", datetime.now(UTC)).id


def test_nothing_is_done_in_read_only_mode_and_it_is_done_afterwards(sessions, settings, asked):
    def count(task):
        with transaction(sessions.system()) as session:
            task.finish(session, {})

    idle = Worker(sessions, replace(settings, read_only=True), {"count": count})
    idle.start()
    assert wait_for(sessions, asked, 1.5) == "queued"
    idle.stop()
    busy = Worker(sessions, settings, {"count": count})
    busy.start()
    assert wait_for(sessions, asked, 30) == "done"
    busy.stop()


def test_the_worker_command_runs_until_it_is_told_to_stop(settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    environment |= {
        "TRACKER_DATA_DIR": str(settings.data_dir), "TRACKER_DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-c", "from tracker.cli import main; main()", "worker"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("The worker is running")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
