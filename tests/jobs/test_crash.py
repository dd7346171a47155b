"""A big import whose process is killed at any moment is there once and whole after the next start."""

import random
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from tests import build
from tracker.db import SessionMaker, transaction
from tracker.demo.volume import make_835
from tracker.importers.payees import payees_in
from tracker.importers.x835 import read_835
from tracker.knowledge import load
from tracker.models import ClaimPayment, Denial, ImportFile, Job, OwnNumber, Practice, Remittance, ServicePayment
from tracker.services import importing

CLAIMS = 2_100
KILLS = 4


def start_worker(url: str, job_id: int) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, "-m", "tests.jobs.worker_process", url, str(job_id)], cwd=root)


def confirm_big_file(sessions: SessionMaker, practice_id: int, data: bytes) -> tuple[int, int]:
    """Stage and confirm a file that is left to a job; return the ids of the import and of the job."""
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, practice_id)
        [npi] = {payee.npi for payee in payees_in(data)} - {practice.npi}
        session.add(OwnNumber(practice_id=practice_id, kind="npi", number=npi, added_at=build.NOW))
        row = importing.stage(
            session, practice, "big.835", data, batch="b", user_id=None, now=build.NOW, knowledge=load()
        )
        importing.confirm(session, row, [], None, build.NOW, load())
        return row.id, session.scalars(select(Job.id).where(Job.key == f"import.store:{row.id}")).one()


def test_a_killed_import_ends_once_and_whole(sessions, cast):
    data = make_835(CLAIMS, seed=3)
    expected = [(len(r.claims), sum(len(c.services) for c in r.claims)) for r in read_835(data)]
    import_id, job_id = confirm_big_file(sessions, cast.eastside.id, data)
    url = sessions.engine.url.render_as_string(hide_password=False)
    moments = random.Random(11)
    for _ in range(KILLS):
        process = start_worker(url, job_id)
        time.sleep(moments.uniform(0.5, 3.0))
        process.kill()
        process.wait()
    process = start_worker(url, job_id)
    assert process.wait(timeout=600) == 0
    with sessions.reading([cast.eastside.id]) as session:
        counted = [
            session.scalar(select(func.count()).select_from(t)) for t in (Remittance, ClaimPayment, ServicePayment)
        ]
        assert counted == [len(expected), sum(c for c, _ in expected), sum(s for _, s in expected)]
        row = session.scalars(select(ImportFile).where(ImportFile.id == import_id)).one()
        assert row.state == "stored"
        opened = session.scalar(select(func.count()).select_from(Denial))
        assert opened == row.result["denials_opened"] > 0
        assert session.scalars(select(Job.state).where(Job.id == job_id)).one() == "done"
