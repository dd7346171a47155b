"""Making a backup: every row of the database in one sealed file, which is then restored on trial."""

import gzip
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from tracker.auditing.appending import engine_of
from tracker.db import make_engine, whole
from tracker.disk import written_whole
from tracker.domain.audit import Chain
from tracker.sealing.chain import audit_keys
from tracker.sealing.key_store import MasterKey
from tracker.sealing.stream import SealingWriter
from tracker.services.audit_checkpoints import mark
from tracker.services.backup_rows import total, write_reads, write_rows

ENDING = ".backup"
KEEP = 14
WARN_AFTER, ALARM_AFTER = timedelta(hours=24), timedelta(hours=48)
FORMAT = 2
"""2: the audit log's chain of reads comes after the tables. A file of format 1 has none."""


class Written(NamedTuple):
    """A backup file: where it lies, its bytes and its rows."""

    path: Path
    size: int
    rows: int


def write_backup(engine: Engine, revision: str, folder: Path, master: MasterKey, keys: str, now: datetime) -> Written:
    """Write a backup into ``folder`` and return it; whole or not at all.

    ``keys`` is the text of keys.json: it goes along, still wrapped, so that the recovery code opens the backup on a new
    machine.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"tracker-{now:%Y-%m-%dT%H%M%SZ}{ENDING}"
    head: dict[str, object] = {"format": FORMAT, "made_at": now.isoformat(), "revision": revision, "keys": keys}
    with written_whole(path) as file, _both_frozen(engine, folder) as still:
        head["audit"] = _checkpoints(still, master, now)
        rows = _write_sealed(still, file, master, head)
    return Written(path, path.stat().st_size, rows)


class _Frozen(NamedTuple):
    """Connections that see one moment: the database, and where its audit log of reads is kept."""

    main: Connection
    reads: Connection


def _checkpoints(frozen: _Frozen, master: MasterKey, now: datetime) -> list[dict[str, object]]:
    """Return where both chains of the audit log are in this backup, signed."""
    places = ((Chain.CHANGES, frozen.main), (Chain.READS, frozen.reads))
    return [mark(connection, chain, audit_keys(master), now).as_json() for chain, connection in places]


def _write_sealed(frozen: _Frozen, file: io.BufferedWriter, master: MasterKey, head: dict[str, object]) -> int:
    with (
        SealingWriter(file, master.derived("backup"), head) as sealed,
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1) as packed,
        io.TextIOWrapper(packed, encoding="utf-8") as text,
    ):
        return total(write_rows(frozen.main, text)) + total(write_reads(frozen.reads, text))


@contextmanager
def _both_frozen(engine: Engine, folder: Path) -> Iterator[_Frozen]:
    """Give connections to the database and to its chain of reads: two files on SQLite, one place on a server."""
    if engine.dialect.name != "sqlite":
        with frozen(engine, folder) as connection:
            yield _Frozen(connection, connection)
        return
    with frozen(engine_of(engine, Chain.READS), folder) as reads, frozen(engine, folder) as main:
        yield _Frozen(main, reads)


@contextmanager
def frozen(engine: Engine, folder: Path, master: MasterKey | None = None) -> Iterator[Connection]:
    """Give a connection that sees one moment and holds nobody up; with ``master`` it reads what is sealed.

    A copy of an SQLite database lies in ``folder`` meanwhile.
    """
    if engine.dialect.name != "sqlite":
        with whole(engine).connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.exec_driver_sql("SELECT 1")  # the moment that is seen is that of the first statement
            yield connection
        return
    with tempfile.TemporaryDirectory(dir=folder, prefix=".copy-") as scratch:
        copy = Path(scratch) / "copy.db"
        _copy_sqlite(engine, copy)
        still = make_engine(f"sqlite:///{copy}", master)
        try:
            with still.execution_options(writes=False).connect() as connection:
                yield connection
        finally:
            still.dispose()


def _copy_sqlite(engine: Engine, to: Path) -> None:
    """Copy with SQLite's own backup (never the live file): what is sealed stays sealed in the copy."""
    source = engine.raw_connection()
    try:
        driver = source.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        with closing(sqlite3.connect(to)) as target:
            driver.backup(target)
    finally:
        source.close()


def prune(folder: Path, made: Path, keep: int = KEEP) -> list[Path]:
    """Delete all but the backup just made and the newest others, ``keep`` in all; return what was deleted."""
    old = sorted(path for path in folder.glob(f"*{ENDING}") if path != made)[: 1 - keep]
    for path in old:
        path.unlink()
    return old
