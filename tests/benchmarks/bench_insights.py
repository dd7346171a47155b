"""How fast the insights page is over 1,000,000 claim lines, on both databases: the whole request, and each of its parts.

The page holds every panel and tile; the parts are worked out alone and in the same run, slowest first, so that their
shares can be compared where the times cannot. Beside the time that passes stands the CPU time of this process: other work
on the machine draws out the first far more than the second, and what PostgreSQL computes is in the first alone.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from tests import build
from tests.benchmarks.bench_queue import get, scope, shown, signed_in
from tests.benchmarks.copying import copy_inserts
from tests.benchmarks.insights_year import LINES, fill
from tests.postgres import postgres_server
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.garbage import collect_less_often
from tracker.keys import open_sessions
from tracker.knowledge import load
from tracker.models import Base, Practice
from tracker.reports.insights import Insights, Panels, insights, last_months
from tracker.reports.queue_conditions import Viewer
from tracker.reports.time_spent import time_spent

_PAGES = {
    "insights page": "/insights",
    "the same with owners": "/insights?owners=yes",
    "the same on the HFMA basis, confirmed causes, by age": "/insights?owners=yes&causes=confirmed&left=age&basis=hfma",
    "a panel as a file": "/insights/payers.csv",
}
_MOST_PARTS = 6
_ALL = Panels(speed=True, workload=True)


class Took(NamedTuple):
    """Sorted milliseconds of many runs: those that passed, and those this process computed."""

    passed: list[float]
    computed: list[float]

    def text(self) -> str:
        return f"{shown(self.passed)}; CPU {shown(self.computed)}"


def _timed(work: Callable[[], object], times: int) -> Took:
    passed, computed = [], []
    for _ in range(times):
        start, before = time.perf_counter(), time.process_time()
        work()
        computed.append((time.process_time() - before) * 1000)
        passed.append((time.perf_counter() - start) * 1000)
    return Took(sorted(passed), sorted(computed))


@contextmanager
def _databases() -> Iterator[list[tuple[str, str]]]:
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        yield [("SQLite", f"sqlite:///{folder}/insights.db"), ("PostgreSQL", server)]


def _measure(name: str, settings: Settings, maker: SessionMaker, times: int) -> list[tuple[str, str]]:
    client = signed_in(settings)
    collect_less_often()  # as the server does when it starts
    figures = []
    for what, path in _PAGES.items():
        get(client, path)
        took = _timed(lambda path=path: get(client, path), times)
        figures.append((f"{what}, {LINES:,} lines, {name}", took.text()))
    with maker.reading(scope(maker)) as session:
        parts = {part: _timed(lambda part=part: _part(session, part), times) for part in _parts()}
    slowest = sorted(parts.items(), key=lambda item: -item[1].passed[times // 2])[:_MOST_PARTS]
    return figures + [(f"  {part} alone, {name}", took.text()) for part, took in slowest]


def _parts() -> list[str]:
    panels = [part for part, found in vars(Insights).items() if isinstance(found, cached_property) and part[0] != "_"]
    return ["trend", "minutes per appeal", *panels]


def _part(session: Session, part: str) -> None:
    """Work one part of the page out, with all that it needs; the trend is what every part begins with."""
    if part == "minutes per appeal":
        time_spent(session)
        return
    viewer, practices = Viewer(1, build.TODAY, build.NOW), session.query(Practice).all()
    getattr(insights(session, last_months(build.TODAY, 12), (), viewer, load().root_causes, _ALL, practices), part)


def run(times: int = 40) -> list[tuple[str, str]]:
    """Return the figures as pairs of a name and a value."""
    figures = []
    with _databases() as databases:
        for name, url in databases:
            with tempfile.TemporaryDirectory() as folder:
                settings = Settings(Path(folder), url, fast_hash=True)
                maker = open_sessions(settings)
                Base.metadata.create_all(maker.engine)
                copy_inserts(maker.engine)
                with transaction(maker.system()) as session:
                    fill(session)
                _analyze(maker)
                figures += _measure(name, settings, maker, times)
                maker.engine.dispose()
    return figures


def _analyze(maker: SessionMaker) -> None:
    """Leave the tables as they are some minutes after an import: looked through by both databases' own housekeeping."""
    words = "VACUUM ANALYZE" if maker.engine.dialect.name == "postgresql" else "ANALYZE"
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(words)


if __name__ == "__main__":
    for name, value in run():
        sys.stdout.write(f"{name}: {value}\n")
