"""A worker is killed (kill -9) at any moment of a big import: the file is there whole or not at all, and once in the end."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import NamedTuple

from sqlalchemy import func, select, true

from tests import build
from tests.jobs import worker_process
from tests.jobs.test_crash import confirm_big_file
from tests.proofs.found import Found, Proof
from tests.proofs.stage import Stage, postgres_stage, sqlite_stage
from tracker.db import transaction
from tracker.demo.volume import make_835
from tracker.importers.x835 import read_835
from tracker.models import ClaimPayment, Denial, ImportFile, Job, Remittance, ServicePayment

PROOF = Proof("R-1", "kill -9 at random instants of a big import: 0 half, 0 lost, 0 doubled", 3, 10, 200)

_CLAIMS = 2_000
_SQLITE_ALONE = 5  # fewer are tried on SQLite alone, which starts at once
_SERVER_ENDS = 2.0
_TABLES = (Remittance, ClaimPayment, ServicePayment)
_NONE = (0, 0, 0)
_numbers = count()


class _File(NamedTuple):
    practice_id: int
    import_id: int
    job_id: int


def prove(kills: int) -> Found:
    """Kill the worker ``kills`` times on SQLite and, of more than a few, as often on PostgreSQL."""
    found = [_prove_on(sqlite_stage(), "SQLite", kills)]
    if kills > _SQLITE_ALONE:
        found.append(_prove_on(postgres_stage(), "PostgreSQL", kills))
    words = "; ".join(one.measured for one in found)
    return Found(sum(one.tries for one in found), words, tuple(wrong for one in found for wrong in one.wrong))


def _prove_on(lent: AbstractContextManager[Stage], name: str, kills: int, seed: int = 11) -> Found:
    """Kill the worker at random moments; once the file came through, a new practice gets it."""
    moments, wrong, met, practices = random.Random(seed), list[str](), 0, 2
    data = make_835(_CLAIMS, seed=100)
    whole = _rows_in(data)
    with lent as stage:
        span = _whole_import(stage, _confirm(stage, data))
        file = _confirm(stage, data)
        for number in range(1, kills + 1):
            with _worker(stage, file.job_id) as process:
                process.join(moments.uniform(0, span))
                met += _is_at_work(stage, file.job_id)
                process.kill()
            rows = _settled(stage, file, whole)
            if rows != (whole if _is_stored(stage, file) else _NONE):
                wrong.append(f"{name}, kill {number}: {rows} rows, neither none nor {whole}")
            if rows == whole:
                file, practices = _confirm(stage, data), practices + 1
        _whole_import(stage, file)
        wrong += [f"{name}, {words}" for words in _in_the_end(stage, tuple(practices * rows for rows in whole))]
    return Found(
        kills,
        f"{name}: {met} of {kills} kills met the work, {practices} imports of {_CLAIMS:,} claims whole and once",
        tuple(wrong),
    )


def _rows_in(data: bytes) -> tuple[int, int, int]:
    payments = list(read_835(data))
    claims = [claim for payment in payments for claim in payment.claims]
    return len(payments), len(claims), sum(len(claim.services) for claim in claims)


def _confirm(stage: Stage, data: bytes) -> _File:
    with transaction(stage.sessions.system()) as session:
        number = next(_numbers)
        practice_id = build.practice(session, f"Volume {number}", npi=str(2_000_000_000 + number)).id
    return _File(practice_id, *confirm_big_file(stage.sessions, practice_id, data))


@contextmanager
def _worker(stage: Stage, job_id: int) -> Iterator[ForkServerProcess]:
    """Give a worker in a process of its own, with everything imported already, so that a kill meets its work."""
    process = _ready_made().Process(target=worker_process.main, args=(stage.settings.database_url, job_id))
    process.start()
    yield process
    process.join()


def _ready_made() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.jobs.worker_process"])
    return context


def _whole_import(stage: Stage, file: _File) -> float:
    """Let a worker come to its end; return the seconds it took."""
    started = time.monotonic()
    with _worker(stage, file.job_id) as process:
        process.join()
    return time.monotonic() - started


def _rows(stage: Stage, practice_id: int | None = None) -> tuple[int, ...]:
    with stage.sessions.system() as session:
        own = [table.practice_id == practice_id if practice_id else true() for table in _TABLES]
        counted = [
            select(func.count()).select_from(table).where(mine) for table, mine in zip(_TABLES, own, strict=True)
        ]
        return tuple(session.scalar(query) or 0 for query in counted)


def _settled(stage: Stage, file: _File, whole: tuple[int, ...]) -> tuple[int, ...]:
    """Return the rows of a file; a PostgreSQL server may end the commit of a client that is gone a moment later."""
    end = time.monotonic() + _SERVER_ENDS
    while True:
        rows = _rows(stage, file.practice_id)
        if rows == (whole if _is_stored(stage, file) else _NONE) or time.monotonic() > end:
            return rows
        time.sleep(0.1)


def _is_at_work(stage: Stage, job_id: int) -> bool:
    with stage.sessions.engine.execution_options(writes=False).connect() as connection:
        return connection.scalar(select(Job.state).where(Job.id == job_id)) == "running"


def _is_stored(stage: Stage, file: _File) -> bool:
    with stage.sessions.system() as session:
        return session.scalar(select(ImportFile.state).where(ImportFile.id == file.import_id)) == "stored"


def _in_the_end(stage: Stage, expected: tuple[int, ...]) -> Iterator[str]:
    if (rows := _rows(stage)) != expected:
        yield f"in the end {rows} rows, not {expected}"
    with stage.sessions.system() as session:
        opened = sum(row.result["denials_opened"] for row in session.scalars(select(ImportFile)))
        denials = session.scalar(select(func.count()).select_from(Denial))
        if opened != denials or not denials:
            yield f"{denials} denials, not {opened}"
        if unfinished := [job.key for job in session.scalars(select(Job)) if job.state != "done"]:
            yield f"not done: {unfinished}"
