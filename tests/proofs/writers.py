"""Many people write at once through HTTP: 8 on SQLite, 50 on PostgreSQL. No lock error reaches anybody."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from tests import build
from tests.proofs.found import Found, Proof
from tests.proofs.server import Browser, serving
from tests.proofs.stage import Stage, postgres_stage, sqlite_stage
from tracker.db import transaction
from tracker.models import Event

PROOF = Proof("R-12", "8 writers on SQLite, 50 on PostgreSQL: no lock error reaches a user", 0, 5, 100)

_ON_SQLITE, _ON_POSTGRES = 8, 50


def prove(each: int) -> Found:
    """Let every writer comment ``each`` times, all on the same denial."""
    wrong = list[str]()
    with sqlite_stage() as stage:
        _write(stage, "SQLite", _ON_SQLITE, each, wrong)
    with postgres_stage() as stage:
        _write(stage, "PostgreSQL", _ON_POSTGRES, each, wrong)
    tries = (_ON_SQLITE + _ON_POSTGRES) * each
    return Found(tries, f"{_ON_SQLITE} and {_ON_POSTGRES} writers, {each} writes each, all kept", tuple(wrong))


def _write(stage: Stage, name: str, writers: int, each: int, wrong: list[str]) -> None:
    with transaction(stage.sessions.system()) as session:
        page = f"/denials/{build.denied_line(session, stage.cast.eastside).public_id}"
    with serving(stage, TRACKER_THREADS=str(writers)) as server:
        browsers = [Browser(server.address, "alice") for _ in range(writers)]
        with ThreadPoolExecutor(writers) as pool:
            answers = list(pool.map(lambda browser: _comment(browser, page, each), browsers))
    if others := [status for one in answers for status in one if status != 303]:
        wrong.append(f"{name}: answers {sorted(set(others))}, {len(others)} times")
    with stage.sessions.system() as session:
        kept = session.scalar(select(func.count()).where(Event.kind == "comment"))
    if kept != writers * each:
        wrong.append(f"{name}: {kept} of {writers * each} comments kept")


def _comment(browser: Browser, page: str, times: int) -> list[int]:
    return [
        browser.send(page, f"{page}/comment", **{"comment-text": f"Comment {number}"}).status_code
        for number in range(times)
    ]
