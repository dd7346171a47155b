"""What the audit log costs: an entry of a page that was read, and verifying a long log."""

import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from tests import build
from tests.databases import MASTER
from tracker.auditing.acting import Actor, Doing
from tracker.auditing.appending import COVERED, ReadsLog, Told, append, engine_of, reads_log, row_bytes
from tracker.db import make_engine
from tracker.db_upgrade import upgrade
from tracker.domain.audit import Act, Chain
from tracker.sealing.chain import BEFORE_FIRST, audit_keys
from tracker.services.audit_verifying import verify_chain

ENTRIES, DAYS, READS = 200_000, 100, 500
WHO = Actor(7, "alice", "0123456789abcdef", "192.0.2.1")
DETAIL = {"page": "denials.show", "query": "0" * 32}


class Measured(NamedTuple):
    """Entries verified a second, computing alone and with reading them; sorted seconds of an entry of a page read."""

    computing: float
    reading: float
    entry_seconds: list[float]


def measure() -> Measured:
    """Verify a long log and add to it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'tracker.db'}", MASTER)
        upgrade(engine)
        _fill(engine)
        verified = verify_chain(engine, Chain.READS, [])
        assert verified.broken is None
        times = sorted(_seconds(reads_log(engine)) for _ in range(READS))
        engine.dispose()
    return Measured(ENTRIES / _hash_seconds(), verified.entries / verified.seconds, times)


def run() -> list[tuple[str, str]]:
    found = measure()
    times = found.entry_seconds
    return [
        ("verifying, computing alone", f"{found.computing:,.0f} entries/s"),
        ("verifying with reading them from SQLite", f"{found.reading:,.0f} entries/s"),
        ("one entry of a page that was read, on the disk", f"median {statistics.median(times) * 1000:.1f} ms, 95 of 100 within {times[READS * 95 // 100] * 1000:.1f} ms"),
    ]  # fmt: skip


def _doing(day: int) -> Doing:
    return Doing(lambda: WHO, object_type="denials", object_id="A" * 22, clock=lambda: build.NOW + timedelta(days=day))


def _fill(engine: Engine) -> None:
    for day in range(DAYS):
        told = [Told(Act.READ, practice_id=5, detail=DETAIL)] * (ENTRIES // DAYS)
        with engine_of(engine, Chain.READS).begin() as connection:
            append(connection, Chain.READS, _doing(day), told)


def _seconds(log: ReadsLog) -> float:
    start = time.perf_counter()
    log.append(_doing(DAYS), [Told(Act.READ, practice_id=5, detail=DETAIL)])
    return time.perf_counter() - start


def _hash_seconds() -> float:
    """Compute the MACs of rows that are in memory already."""
    row = {
        "chain": "reads", "seq": 123_456, "epoch": 700, "at": build.NOW.isoformat(), "actor_id": 7, "actor_hash": "0" * 32,
        "session_ref": WHO.session_ref, "practice_id": 5, "action": "read", "object_type": "denials",
        "object_id": "A" * 22, "outcome": "ok", "address": WHO.address, "detail": str(DETAIL),
    }  # fmt: skip
    values, keys, mac = [row[name] for name in COVERED], audit_keys(MASTER), BEFORE_FIRST
    start = time.perf_counter()
    for _ in range(ENTRIES):
        mac = keys.mac("reads", 700, mac, row_bytes(values))
    return time.perf_counter() - start
