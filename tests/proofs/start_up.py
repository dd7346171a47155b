"""How long a start takes until the server answers that it is ready: clean, and after a kill with a big database."""

from sqlalchemy import text

from tests.proofs.found import Found, Proof
from tests.proofs.server import Server, serving
from tests.proofs.stage import Stage, sqlite_stage
from tracker.db import transaction

PROOF = Proof("R-8", "ready in under 5 s clean, under 10 s after kill -9 with a big database", 5, 100, 1_000)

_CLEAN, _AFTER_KILL = 5, 10


def prove(megabytes: int) -> Found:
    """Start on an empty database, then on one of so many megabytes whose server was killed."""
    with sqlite_stage() as stage:
        with serving(stage) as server:
            clean = server.ready_after
        _grow(stage, megabytes)
        Server(stage).kill()
        with serving(stage) as server:
            killed = server.ready_after
    slow = [f"clean start: {clean:.1f} s"] if clean >= _CLEAN else []
    slow += [f"after a kill: {killed:.1f} s"] if killed >= _AFTER_KILL else []
    return Found(2, f"{clean:.1f} s clean, {killed:.1f} s after a kill with {megabytes} MB", slow=tuple(slow))


def _grow(stage: Stage, megabytes: int) -> None:
    """Fill the database with files as they come in, a megabyte each."""
    with transaction(stage.sessions.system()) as session:
        session.execute(text("CREATE TABLE ballast (id INTEGER PRIMARY KEY, content BLOB)"))
        for _ in range(megabytes):
            session.execute(text("INSERT INTO ballast (content) VALUES (randomblob(1000000))"))
