"""Adding entries at the end of a chain."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from tracker.auditing.acting import Doing
from tracker.domain.audit import Act, Chain, Outcome
from tracker.models import AuditEntry, AuditHead, Base
from tracker.models.sealed import keyring_of
from tracker.sealing.chain import BEFORE_FIRST, AuditKeys, audit_keys, epoch_of, measured

# What the MAC covers, in this order. The actor's name is covered by its hash.
COVERED = (
    "chain", "seq", "epoch", "at", "actor_id", "actor_hash", "session_ref", "practice_id", "action", "object_type",
    "object_id", "outcome", "address", "detail",
)  # fmt: skip
_TABLES = [Base.metadata.tables[model.__tablename__] for model in (AuditEntry, AuditHead)]


class Told(NamedTuple):
    """What an entry tells, without its place in the chain."""

    act: Act
    outcome: Outcome = Outcome.OK
    practice_id: int | None = None
    detail: Mapping[str, object] = {}


_again = lru_cache(maxsize=4096)(measured)  # for what stands in many entries; half the time of verifying a log


def row_bytes(covered: Sequence[Any]) -> bytes:
    """Return the canonical bytes (``tracker.sealing.chain.canonical``) of a row: the values of COVERED.

    Its moment is a text, as ``datetime.isoformat`` writes it in UTC.
    """
    chain, seq, epoch, at, actor_id, actor, session, practice, act, kind, what, outcome, address, detail = covered
    return (
        f"{_again(chain)}{measured(seq)}{_again(epoch)}{measured(at)}{_again(actor_id)}{_again(actor)}"
        f"{_again(session)}{_again(practice)}{_again(act)}{_again(kind)}{measured(what)}{_again(outcome)}"
        f"{_again(address)}{measured(detail)}"
    ).encode()


def keys_of(connection: Connection | Engine) -> AuditKeys:
    """Return the keys of the audit log of a database."""
    return audit_keys(keyring_of(connection.dialect).master)


def append(connection: Connection, chain: Chain, what: Doing, told: Iterable[Told]) -> None:
    """Add entries in the transaction of the connection, which has to be one that writes.

    Entries of one chain are numbered without a gap: its head is locked until the transaction ends.
    """
    head = _locked_head(connection, chain)
    rows = list(_chained(keys_of(connection), chain, what, told, head or _Head(0, 0, BEFORE_FIRST)))
    if not rows:
        return
    connection.execute(insert(AuditEntry), rows)
    values = {name: rows[-1][name] for name in _Head._fields}
    if head is None:
        connection.execute(insert(AuditHead).values(chain=chain.value, removed_through=0, **values))
    else:
        connection.execute(update(AuditHead).where(AuditHead.chain == chain.value).values(**values))


def _chained(
    keys: AuditKeys, chain: Chain, what: Doing, told: Iterable[Told], head: "_Head"
) -> Iterator[dict[str, object]]:
    """Return the rows that follow the head, each tied to the one before."""
    at, who, mac = what.clock().astimezone(UTC), what.who(), head.mac
    name = who.name[:120]
    epoch = max(head.epoch, epoch_of(at))  # a clock that was set back does not go back to a key that is gone
    actor_hash = keys.hidden(name)
    for number, one in enumerate(told, head.seq + 1):
        row = {
            "chain": chain.value, "seq": number, "epoch": epoch, "at": at, "actor_id": who.user_id, "actor": name,
            "actor_hash": actor_hash, "session_ref": who.session_ref, "practice_id": one.practice_id,
            "action": one.act.value, "object_type": what.object_type, "object_id": what.object_id,
            "outcome": one.outcome.value, "address": who.address[:45],
            "detail": json.dumps(one.detail, sort_keys=True, separators=(",", ":")),
        }  # fmt: skip
        covered = row | {"at": at.isoformat()}
        mac = keys.mac(chain, epoch, mac, row_bytes([covered[each] for each in COVERED]))
        yield row | {"mac": mac}


class _Head(NamedTuple):
    seq: int
    epoch: int
    mac: bytes


def _locked_head(connection: Connection, chain: Chain) -> "_Head | None":
    """Return the head of a chain, locked. SQLite's transaction holds the only write lock already."""
    head = select(AuditHead.seq, AuditHead.epoch, AuditHead.mac).where(AuditHead.chain == chain.value)
    if connection.dialect.name == "postgresql":
        first = {"chain": chain.value, "seq": 0, "epoch": 0, "mac": BEFORE_FIRST, "removed_through": 0}
        connection.execute(insert_or_leave(AuditHead).values(first).on_conflict_do_nothing())
        head = head.with_for_update()
    found = connection.execute(head).first()
    return None if found is None else _Head(*found)


class ReadsLog:
    """The chain of reads: each append is a commit of its own, on the disk when it returns."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock = threading.Lock()  # SQLite's own waiting is by sleeping; threads of one process need not
        self._is_there = engine.dialect.name != "sqlite"

    def append(self, what: Doing, told: Iterable[Told]) -> None:
        """Add entries. Raises what the database raises; the read they tell of must then not be answered."""
        with self._lock:
            self.make()
            with self.engine.begin() as connection:
                append(connection, Chain.READS, what, told)

    def make(self) -> None:
        """Make the tables where they are not yet: SQLite keeps this chain in a file that no migration makes."""
        if not self._is_there:
            Base.metadata.create_all(self.engine, _TABLES)
            self._is_there = True


def reads_log(engine: Engine | Connection) -> ReadsLog:
    """Return the log of reads that belongs to a database (``tracker.db.make_engine`` puts it there)."""
    found: ReadsLog = engine.dialect.tracker_reads  # type: ignore[attr-defined]
    return found


def engine_of(engine: Engine, chain: Chain) -> Engine:
    """Return the engine on which a chain of a database is kept; its tables are there."""
    if chain is Chain.CHANGES:
        return engine
    log = reads_log(engine)
    log.make()
    return log.engine
