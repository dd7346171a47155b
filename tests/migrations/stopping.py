"""Stopping an upgrade at a statement: by an error, or, as a program of its own, by a kill that nothing can catch."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

_HARMLESS = ("SELECT", "PRAGMA", "BEGIN")


class Count:
    """How many statements have changed something so far."""

    def __init__(self) -> None:
        self.statements = 0


@contextmanager
def counted(engine: Engine, reached: Callable[[int], None] = lambda _: None) -> Iterator[Count]:
    """Count the statements that change something; ``reached`` is told each number before its statement runs."""
    count = Count()

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(_HARMLESS):
            count.statements += 1
            reached(count.statements)

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", before)


@contextmanager
def stopping(engine: Engine, at: int = 0, *, at_commit: bool = False) -> Iterator[None]:
    """Raise InterruptedError instead of the n-th statement that changes something, or of the commit."""

    def fail(number: int) -> None:
        if number == at:
            raise InterruptedError

    def refuse(_connection: Any) -> None:
        raise InterruptedError

    with counted(engine, fail):
        if at_commit:
            event.listen(engine, "commit", refuse)
        try:
            yield
        finally:
            if at_commit:
                event.remove(engine, "commit", refuse)


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(data_dir: str, url: str, owner_url: str, place: str = "") -> None:
    """Open the database as a start does, and be killed in its upgrade: first, middle, last statement or the commit."""
    from tests.build import NOW
    from tracker import db_upgrade
    from tracker.config import Settings

    upgrade = db_upgrade.upgrade

    def upgrade_and_die(engine: Engine, revision: str = "head") -> None:
        with counted(engine) as count:
            try:
                with stopping(engine, at_commit=True):
                    upgrade(engine, revision)
            except InterruptedError:
                pass
        if place == "commit":
            event.listen(engine, "commit", _die)
        at = {"first": 1, "middle": count.statements // 2 + 1, "last": count.statements}.get(place)
        with counted(engine, lambda number: _die() if number == at else None):
            upgrade(engine, revision)

    if place:
        db_upgrade.upgrade = upgrade_and_die
    settings = Settings(data_dir=Path(data_dir), database_url=url, database_owner_url=owner_url)
    db_upgrade.open_database(settings, NOW).engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
