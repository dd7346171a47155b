"""Restoring a backup: on trial into a scratch database, or for good."""

import gzip
import io
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, inspect, select

from tracker.auditing.appending import engine_of
from tracker.db import make_engine, reads_file, whole
from tracker.db_upgrade import downgrade, upgrade
from tracker.domain.audit import Chain
from tracker.models import Base
from tracker.models.sealed import sealed_columns
from tracker.sealing.cipher import SealBroken
from tracker.sealing.key_store import KeyProblem, MasterKey
from tracker.sealing.keyring import KeyDestroyed
from tracker.sealing.stream import SealedReader, read_stream_head
from tracker.services.audit_checkpoints import Checkpoint, checkpoint_from
from tracker.services.backing_up import FORMAT
from tracker.services.backup_rows import BrokenBackup, read_rows, tables_of

_SAMPLE = 20


class RestoreProblem(Exception):  # noqa: N818  # says what happened and what to do
    """Raised when a backup cannot be restored; nothing was changed. The message says why and what to do."""


class Restored(NamedTuple):
    """What a backup held: when it was made, the database's revision, and how many rows of each table."""

    made_at: str
    revision: str
    rows: Mapping[str, int]


def checkpoints_in(path: Path) -> list[Checkpoint]:
    """Return where the audit log was when the backup was made; nothing in one made before there was a log."""
    with path.open("rb") as file:
        return [checkpoint_from(found) for found in _head(file).get("audit", ())]


def keys_in(path: Path) -> str:
    """Return keys.json as the backup carries it: wrapped, so worth nothing without file, passphrase or code."""
    with path.open("rb") as file:
        return str(_head(file)["keys"])


def try_backup(path: Path, master: MasterKey) -> Restored:
    """Restore into a scratch database, check it whole and throw it away. Raises RestoreProblem."""
    with tempfile.TemporaryDirectory(prefix="tracker-restore-") as scratch:
        return restore_file(path, master, Path(scratch) / "trial.db")


def restore_file(path: Path, master: MasterKey, database: Path) -> Restored:
    """Restore into a new SQLite file and that of its audit log of reads, checked whole before they take their names.

    Raises RestoreProblem.
    """
    part = database.with_name(f".{database.name}.restoring")
    part.unlink(missing_ok=True)
    reads_file(part).unlink(missing_ok=True)
    engine = make_engine(f"sqlite:///{part}", master)
    try:
        found = restore_into(path, master, engine)
        engine.dispose()
        for made, name in ((reads_file(part), reads_file(database)), (part, database)):
            made.chmod(0o600)
            made.replace(name)
    finally:
        engine.dispose()
        part.unlink(missing_ok=True)
        reads_file(part).unlink(missing_ok=True)
    return found


def restore_into(path: Path, master: MasterKey, engine: Engine) -> Restored:
    """Restore into an empty database of either kind and bring it to this version's revision.

    Raises RestoreProblem; the database is then as empty as before.
    """
    if inspect(engine).get_table_names():
        raise RestoreProblem("The database is not empty. Restore into a new one, or move the old one away first.")
    with path.open("rb") as file:
        head = _head(file)
    upgrade(engine, head["revision"])
    try:
        with whole(engine).begin() as connection:
            rows = _load(path, master, connection, head["format"])
            _require_whole(connection)
        with whole(engine).connect() as connection:  # after the commit: the keys are read on a connection of their own
            _require_readable(connection)
    except (SealBroken, BrokenBackup, KeyProblem, KeyDestroyed, EOFError, OSError, ValueError) as problem:
        _empty_again(engine)
        raise RestoreProblem(_why(problem)) from None
    upgrade(engine)
    return Restored(head["made_at"], head["revision"], rows)


def _why(problem: Exception) -> str:
    if isinstance(problem, SealBroken):
        return f"{problem}. Use another backup, or the keys this one was made with."
    return f"The backup is damaged: {problem}. Use another one."


def _head(file: Any) -> dict[str, Any]:
    try:
        head = read_stream_head(file)
    except SealBroken as problem:
        raise RestoreProblem(f"{problem}: choose a file that tracker backup made.") from None
    if head.get("format") not in range(1, FORMAT + 1):
        raise RestoreProblem("A newer version of the tracker made this backup. Restore it with that version.")
    return head


def _load(path: Path, master: MasterKey, connection: Connection, written_as: int) -> Counter[str]:
    """Load the tables, and the audit log's chain of reads where it is kept; return how many rows each table got."""
    reads = engine_of(connection.engine, Chain.READS)
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        sealed = io.BufferedReader(
            SealedReader(file, *(each.derived("backup") for each in reversed(master.each))), 1 << 20
        )
        lines = iter(io.TextIOWrapper(gzip.GzipFile(fileobj=sealed), encoding="utf-8"))
        counts = Counter(read_rows(connection, lines))
        if written_as > 1:
            apart = connection if reads.dialect is connection.dialect else stack.enter_context(reads.begin())
            counts.update(read_rows(apart, lines))
        return counts


def _require_whole(connection: Connection) -> None:
    """Ask SQLite itself; on PostgreSQL the keys were checked as the rows came in."""
    if connection.dialect.name != "sqlite":
        return
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise BrokenBackup("a row points to one that is not there")


def _require_readable(connection: Connection) -> None:
    """Open some values of each sealed column: a backup whose data cannot be read is none."""
    known = {table.name for table in tables_of(connection)}
    for model in (mapper.class_ for mapper in Base.registry.mappers):
        for name in sealed_columns(model) if model.__tablename__ in known else ():
            column = getattr(model, name)
            connection.execute(select(column).where(column.is_not(None)).limit(_SAMPLE)).all()


def _empty_again(engine: Engine) -> None:
    downgrade(engine, "base")
