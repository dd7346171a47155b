"""Verifying the audit log: every entry, the head of each chain, every checkpoint; the first damage and its kind."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, String, func, select, type_coerce

from tracker.auditing.appending import COVERED, engine_of, keys_of, row_bytes
from tracker.domain.audit import Act, Chain
from tracker.models import AuditEntry, AuditHead
from tracker.sealing.chain import BEFORE_FIRST, AuditKeys
from tracker.services.audit_checkpoints import RESTORED, Checkpoint

_BATCH = 5_000
_SEQ, _EPOCH, _AT, _HASH = (COVERED.index(name) for name in ("seq", "epoch", "at", "actor_hash"))


class Damage(StrEnum):
    """What can be wrong with the log."""

    EDITED = "edited"
    REMOVED = "removed"
    CUT = "cut tail"
    OLDER = "restored older database"
    HEAD = "head changed"
    CHECKPOINT = "checkpoint forged"


class Broken(NamedTuple):
    """The first entry that does not hold, and why."""

    damage: Damage
    seq: int
    why: str


class Verified(NamedTuple):
    """What verifying a chain found: entries that hold, those removed after their years, speed, the damage if any."""

    chain: Chain
    entries: int
    removed_through: int
    checkpoints: int
    seconds: float
    broken: Broken | None
    restored: tuple[Checkpoint, ...] = ()


class Start(NamedTuple):
    """After which entry to begin, and its MAC."""

    seq: int
    mac: bytes


class _Head(NamedTuple):
    seq: int
    mac: bytes
    removed_through: int
    newest: int


class _Problem(Exception):  # noqa: N818  # carries the damage out of the loops
    def __init__(self, damage: Damage, seq: int, why: str) -> None:
        super().__init__(why)
        self.broken = Broken(damage, seq, why)


def verify(engine: Engine, checkpoints: Sequence[Checkpoint]) -> list[Verified]:
    """Verify both chains of a database against checkpoints, which are given in the order they were made."""
    return [verify_chain(engine, chain, checkpoints) for chain in Chain]


def verify_chain(
    engine: Engine, chain: Chain, checkpoints: Iterable[Checkpoint], start: Start | None = None
) -> Verified:
    """Verify one chain, the whole of it or what follows ``start``; entries added meanwhile are left for the next time."""
    own, began = engine_of(engine, chain), time.perf_counter()
    keys, mine = keys_of(engine), [one for one in checkpoints if one.chain is chain]
    walk = _Walk(keys, chain, {})
    head = _Head(0, BEFORE_FIRST, 0, 0)
    broken = None
    restored: tuple[Checkpoint, ...] = ()
    try:
        walk.marks, restored = _standing(keys, mine)
        head = _head(own, chain)
        walk.follow(own, start or _beginning(own, chain, head.removed_through), head)
        walk.require_marks(head)
    except _Problem as problem:
        broken = problem.broken
    seconds = time.perf_counter() - began
    return Verified(chain, walk.held, head.removed_through, walk.marked, seconds, broken, restored)


def _standing(keys: AuditKeys, found: Iterable[Checkpoint]) -> tuple[dict[int, Checkpoint], tuple[Checkpoint, ...]]:
    """Return the checkpoints that count, by entry, and the restores: what was marked beyond one counts no more."""
    marks: dict[int, Checkpoint] = {}
    restored = []
    for one in found:
        if not one.is_genuine(keys):
            raise _Problem(
                Damage.CHECKPOINT, one.seq, f"The checkpoint of {one.at} at entry {one.seq} is not signed by these keys"
            )
        if one.kind == RESTORED:
            marks = {seq: mark for seq, mark in marks.items() if seq <= one.seq}
            restored.append(one)
        marks[one.seq] = one
    return marks, tuple(restored)


def _head(own: Engine, chain: Chain) -> _Head:
    with own.execution_options(writes=False).connect() as connection:
        newest = connection.scalar(select(func.max(AuditEntry.seq)).where(AuditEntry.chain == chain.value)) or 0
        row = connection.execute(select(AuditHead).where(AuditHead.chain == chain.value)).first()
    if row is None:
        if newest:
            raise _Problem(Damage.HEAD, newest, "There are entries, but the head of the chain is gone")
        return _Head(0, BEFORE_FIRST, 0, 0)
    if newest > row.seq:
        raise _Problem(
            Damage.HEAD, row.seq + 1, f"The head says that entry {row.seq} is the last, but there are later ones"
        )
    return _Head(row.seq, row.mac, row.removed_through, newest)


def _beginning(own: Engine, chain: Chain, removed_through: int) -> Start:
    """Return where the chain begins: after the entries whose years are over, with the MAC their removal kept."""
    if not removed_through:
        return Start(0, BEFORE_FIRST)
    removals = select(AuditEntry.detail).where(
        AuditEntry.chain == chain.value, AuditEntry.action == Act.AUDIT_REMOVED.value
    )
    with own.execution_options(writes=False).connect() as connection:
        for detail in connection.scalars(removals.order_by(AuditEntry.seq.desc())):
            found = json.loads(detail)
            if found["through"] == removed_through:
                return Start(removed_through, bytes.fromhex(found["mac"]))
    raise _Problem(Damage.REMOVED, 1, f"Entries 1 to {removed_through} are gone, and no entry says why")


class _Walk:
    """Goes along a chain and holds each entry against the one before, and against the checkpoint at it."""

    def __init__(self, keys: AuditKeys, chain: Chain, marks: dict[int, Checkpoint]) -> None:
        self._keys, self._chain, self.marks = keys, chain, marks
        self._names: dict[str, str] = {}
        self.held = self.marked = 0
        self._at = Start(0, BEFORE_FIRST)

    def follow(self, own: Engine, start: Start, head: _Head) -> None:
        self._at = start
        self._check_mark()
        for rows in _batches(own, self._chain, start.seq, head.seq):
            for row in rows:
                self._take(row)
        if self._at.seq < head.seq:
            raise _Problem(
                Damage.CUT, self._at.seq + 1, f"Entries {self._at.seq + 1} to {head.seq} at the end are gone"
            )
        if self._at.mac != head.mac:
            raise _Problem(Damage.HEAD, head.seq, "The head of the chain was changed")

    def _take(self, row: Any) -> None:
        *covered, actor, kept = row
        seq, expected = covered[_SEQ], self._at.seq + 1
        if seq != expected:
            gone = f"Entry {expected} is" if seq == expected + 1 else f"Entries {expected} to {seq - 1} are"
            raise _Problem(Damage.REMOVED, expected, f"{gone} gone")
        covered[_AT] = _as_written(covered[_AT])
        mac = self._keys.mac(self._chain, covered[_EPOCH], self._at.mac, row_bytes(covered))
        if mac != kept or (actor and self._hidden(actor) != covered[_HASH]):
            raise _Problem(Damage.EDITED, seq, f"Entry {seq} was changed, or does not stand where it was written")
        self._at = Start(seq, mac)
        self.held += 1
        if seq in self.marks:
            self._check_mark()

    def _hidden(self, name: str) -> str:
        if name not in self._names:
            self._names[name] = self._keys.hidden(name)
        return self._names[name]

    def _check_mark(self) -> None:
        mark = self.marks.get(self._at.seq)
        if mark is None:
            return
        if mark.mac != self._at.mac.hex():
            why = f"Entry {self._at.seq} is not the one that was there at the checkpoint of {mark.at}"
            raise _Problem(Damage.OLDER, self._at.seq, why)
        self.marked += 1

    def require_marks(self, head: _Head) -> None:
        """Every checkpoint lies within what there is, or the database is older than it."""
        ahead = [mark for seq, mark in self.marks.items() if seq > head.seq]
        if ahead:
            first = min(ahead, key=lambda mark: mark.seq)
            raise _Problem(
                Damage.OLDER, head.seq + 1,
                f"The log ends at entry {head.seq}, but a checkpoint of {first.at} knows entry {first.seq}: "
                "an older database was put in its place, or the end was cut off together with its head",
            )  # fmt: skip


def _batches(own: Engine, chain: Chain, after: int, until: int) -> Iterator[Sequence[Any]]:
    """Read in short transactions: entries only grow at the end, and a long one would hold up who adds them."""
    query = (
        select(*_columns(own)).where(AuditEntry.chain == chain.value, AuditEntry.seq <= until).order_by(AuditEntry.seq)
    )
    while True:
        with own.execution_options(writes=False).connect() as connection:
            rows = connection.execute(query.where(AuditEntry.seq > after).limit(_BATCH)).all()
        if not rows:
            return
        yield rows
        after = rows[-1][_SEQ]


def _columns(own: Engine) -> list[ColumnElement[Any]]:
    """Return what is read of an entry. Its moment comes as text: making a datetime of it takes longer than the MAC."""
    columns: list[Any] = [getattr(AuditEntry, name) for name in (*COVERED, "actor", "mac")]
    text = func.to_char(AuditEntry.at, "YYYY-MM-DD HH24:MI:SS.US")
    columns[_AT] = text if own.dialect.name == "postgresql" else type_coerce(AuditEntry.at, String)
    return columns


def _as_written(moment: str) -> str:
    """Return a stored moment (``2026-11-28 10:00:00.000000``, UTC) as ``datetime.isoformat`` writes it."""
    return f"{moment[:10]}T{moment[11:].removesuffix('.000000')}+00:00"
