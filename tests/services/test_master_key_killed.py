"""A renewal of the master key that is killed before any of its steps leaves everything readable, and the next run ends it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from tests import build
from tests.databases import keep_master
from tracker.cli import main
from tracker.config import Settings
from tracker.db import SessionMaker, make_engine, transaction
from tracker.keys import _opened
from tracker.models import Patient, User
from tracker.sealing.key_store import KeyProblem, KeyStore
from tracker.services.audit_checkpoints import read_checkpoints
from tracker.services.audit_verifying import verify
from tracker.services.master_key import is_unfinished

CODE = re.compile(r"^[A-Z2-7-]{39}$", re.MULTILINE)


def run(environment: dict[str, str], *words: str) -> str:
    _opened.cache_clear()
    done = CliRunner().invoke(main, ["keys", *words], env=environment)
    assert done.exit_code == 0, done.output
    return done.output


def renewed_but_killed(environment: dict[str, str], step: int) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    return subprocess.run(  # our own program
        [sys.executable, "-m", "tests.services.renewal_process", str(step)],
        cwd=root, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def require_readable(url: str, folder: Path) -> bool:
    """Read what practices and installation sealed with freshly opened keys; return whether a renewal is unfinished."""
    engine = make_engine(url, KeyStore(folder).open())
    sessions = SessionMaker(engine)
    with sessions.system() as session:
        assert list(session.scalars(select(Patient.last_name))) == ["Quill"]
        assert list(session.scalars(select(User.totp_seed))) == [build.SEED]
        unfinished = is_unfinished(session)
    found = verify(engine, read_checkpoints(Settings(data_dir=folder, database_url=url)))
    assert [one.broken for one in found] == [None, None]
    engine.dispose()
    return unfinished


def opens(folder: Path, code: str) -> bool:
    try:
        KeyStore(folder, folder / "tried.key").recover(code)
    except KeyProblem:
        return False
    return True


def test_killed_before_any_step_everything_reads_and_the_next_run_does_the_rest(sqlite_template, tmp_path):
    folder = tmp_path / "data"
    with sqlite_template.copy(tmp_path) as engine:
        url = str(engine.url)
        keep_master(folder)
        environment = {"TRACKER_DATA_DIR": str(folder), "TRACKER_DATABASE_URL": url}
        with transaction(SessionMaker(engine).system()) as session:
            eastside = build.practice(session)
            build.patient(session, eastside)
            build.user(session, "alice", eastside, totp_seed=build.SEED)
    code = CODE.search(run(environment, "recovery-code"))[0]
    unfinished = []
    for step in range(1, 40):
        killed = renewed_but_killed(environment, step)
        told = CODE.search(killed.stdout)
        if killed.returncode == 0:
            break
        assert killed.returncode == -9, killed.stderr
        unfinished.append(require_readable(url, folder))
        kept = (folder / "keys.json").read_bytes(), (folder / "master.key").read_bytes()
        codes = [code, *([told[0]] if told else [])]
        [code] = [one for one in codes if opens(folder, one)]
        (folder / "keys.json").write_bytes(kept[0])
        again = CODE.search(run(environment, "renew-master"))
        code = again[0] if again else code
        assert not require_readable(url, folder)
    assert len(unfinished) >= 6
    assert {True, False} == set(unfinished)  # before the new key there was nothing to finish, after it there was
    assert opens(folder, told[0])
