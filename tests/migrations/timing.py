"""How long each revision takes on a large database (security.md R-18: 100,000 denials in less than a minute)."""

import time
from typing import NamedTuple

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from tests.benchmarks import bench_queue
from tracker.db import SessionMaker, transaction
from tracker.db_upgrade import alembic_config, downgrade, upgrade


class Took(NamedTuple):
    """A revision and the seconds its upgrade took."""

    revision: str
    seconds: float


def upgrade_times(engine: Engine) -> list[Took]:
    """Return how long each revision after the first takes with 150,000 denials, 100,000 of them open.

    ``engine`` is on an empty database, as a role that may make tables.
    """
    upgrade(engine)
    with transaction(SessionMaker(engine).system()) as session:
        bench_queue.fill(session)
    revisions = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]
    downgrade(engine, revisions[0])
    return [Took(revision, _seconds(engine, revision)) for revision in revisions[1:]]


def _seconds(engine: Engine, revision: str) -> float:
    start = time.perf_counter()
    upgrade(engine, revision)
    return time.perf_counter() - start
