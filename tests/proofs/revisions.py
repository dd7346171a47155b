"""Every revision of the database: up, down, with data, stopped at statements and killed; a backup before it; many rows."""

import tempfile
from pathlib import Path

from tests.databases import MASTER
from tests.migrations.timing import upgrade_times
from tests.proofs.found import Found, Proof
from tests.proofs.suite import run_tests
from tracker.db import make_engine

PROOF = Proof(
    "R-18", "revisions up, down, with data, stopped at any statement; 100,000 denials in less than 60 s", 0, 1, 3
)

_FULL, _MOST_SECONDS = 3, 60


def prove(depth: int) -> Found:
    """Run the tests on SQLite (1), on PostgreSQL too (2), at each statement and with many denials besides (3)."""
    marks = ("-m", "not postgres") if depth == 1 else ()
    found = run_tests(
        "up, down, with rows, stopped, killed, backup first", "tests/migrations", *marks, thorough=depth == _FULL
    )
    return _with_many_denials(found) if depth == _FULL else found


def _with_many_denials(found: Found) -> Found:
    with tempfile.TemporaryDirectory(prefix="tracker-proof-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'tracker.db'}", MASTER)
        times = upgrade_times(engine)
        engine.dispose()
    longest = max(times, key=lambda each: each.seconds)
    slow = tuple(f"{each.revision}: {each.seconds:.0f} s" for each in times if each.seconds >= _MOST_SECONDS)
    words = f"{found.measured}; with 150,000 denials at most {longest.seconds:.1f} s ({longest.revision})"
    return found._replace(measured=words, slow=slow)
