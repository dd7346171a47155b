"""How fast a file of 10,000 claims is stored, triage included, beside what the database can take at all."""

import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.databases import MASTER
from tracker.db import SessionMaker, make_engine, transaction
from tracker.db_upgrade import upgrade
from tracker.demo.volume import make_835
from tracker.knowledge import load
from tracker.models import Practice
from tracker.services.importing import import_now

CLAIMS = 10_000
_ROUNDS = 3


def store_once(folder: Path, data: bytes) -> tuple[float, int]:
    """Store a file in a new database; return the seconds and the claims."""
    engine = make_engine(f"sqlite:///{folder}/import.db", MASTER)
    upgrade(engine)
    sessions, knowledge = SessionMaker(engine), load()
    with transaction(sessions.system()) as session:
        session.add(Practice(name="Volume PT"))
    start = time.perf_counter()
    with transaction(sessions.system()) as session:
        practice = session.query(Practice).one()
        _, stored = import_now(session, practice, "volume.835", data, datetime.now(UTC), knowledge)
        claims = stored.counted.claims
    seconds = time.perf_counter() - start
    engine.dispose()
    return seconds, claims


def _plain_rows_a_second(folder: Path) -> float:
    """Plain executemany of 15-column rows into a table with one key, for the ratio."""
    with sqlite3.connect(folder / "plain.db") as connection:
        connection.execute(f"CREATE TABLE lines (id INTEGER PRIMARY KEY, {', '.join(f'c{n}' for n in range(14))})")
        rows = [(n, *(["97110"] * 14)) for n in range(150_000)]
        start = time.perf_counter()
        connection.executemany(f"INSERT INTO lines VALUES ({', '.join('?' * 15)})", rows)
        connection.commit()
    connection.close()
    return len(rows) / (time.perf_counter() - start)


def run() -> list[tuple[str, str]]:
    """Return the figures as (label, figure)."""
    data = make_835(CLAIMS, seed=7)
    best = float("inf")
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            seconds, claims = store_once(Path(folder), data)
            best = min(best, seconds / claims)
    with tempfile.TemporaryDirectory() as folder:
        plain = _plain_rows_a_second(Path(folder))
    return [
        (f"Import of {CLAIMS:,} claims into SQLite, triage included", f"{1 / best:,.0f} claims/s (best of {_ROUNDS})"),
        ("Plain executemany of 15-column rows, same run", f"{plain:,.0f} rows/s"),
    ]
