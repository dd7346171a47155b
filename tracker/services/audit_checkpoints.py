"""Checkpoints of the audit log: signed marks of where a chain was, kept apart from the database.

One is written every hour to a file that only grows, goes into every backup and is printed in the activity report. A copy
kept elsewhere shows later that the log was cut or put back to an older state, whoever did it (security.md 5.1).
"""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from sqlalchemy import Connection, Engine, inspect, select

from tracker.auditing.appending import engine_of
from tracker.config import Settings
from tracker.domain.audit import Chain
from tracker.models import AuditHead
from tracker.sealing.chain import BEFORE_FIRST, AuditKeys, canonical

_FILE = "audit-checkpoints.jsonl"
MARK, RESTORED = "checkpoint", "restored"


class Checkpoint(NamedTuple):
    """Where a chain was at a moment: its newest entry, how many there are, the newest MAC in hex, and a signature.

    ``kind`` is MARK; RESTORED says that a backup was put back here, so that what was marked after it counts no more.
    """

    kind: str
    chain: Chain
    seq: int
    entries: int
    mac: str
    at: str
    signature: str = ""

    def signed(self, keys: AuditKeys) -> Self:
        """Return it with its Ed25519 signature."""
        return self._replace(signature=keys.signer.sign(self._bytes()).hex())

    def is_genuine(self, keys: AuditKeys) -> bool:
        """Whether these keys signed it as it stands."""
        try:
            keys.signer.public_key().verify(bytes.fromhex(self.signature), self._bytes())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _bytes(self) -> bytes:
        return b"tracker audit " + canonical(self[:-1])

    def as_json(self) -> dict[str, Any]:
        """Return it for a file or a backup's head."""
        return self._asdict()


def checkpoint_from(found: Mapping[str, Any]) -> Checkpoint:
    """Return a checkpoint from JSON. Raises ValueError for what is none."""
    try:
        return Checkpoint(**{**found, "chain": Chain(found["chain"]), "seq": int(found["seq"])})
    except (KeyError, TypeError):
        raise ValueError("not a checkpoint") from None


def checkpoint_file(settings: Settings) -> Path:
    """Return the file that checkpoints are added to."""
    return settings.data_dir / _FILE


def read_checkpoints(settings: Settings) -> list[Checkpoint]:
    """Return the checkpoints of the file, oldest first. Raises ValueError naming the line that is none."""
    file = checkpoint_file(settings)
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        try:
            found.append(checkpoint_from(json.loads(line)))
        except ValueError:
            raise ValueError(f"Line {number} of {file.name} is not a checkpoint") from None
    return found


def add_checkpoints(settings: Settings, added: Iterable[Checkpoint]) -> None:
    """Add checkpoints to the file; they are on the disk when this returns."""
    lines = "".join(json.dumps(one.as_json()) + "\n" for one in added)
    descriptor = os.open(checkpoint_file(settings), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def mark(connection: Connection, chain: Chain, keys: AuditKeys, now: datetime, kind: str = MARK) -> Checkpoint:
    """Return a signed checkpoint of a chain as a connection sees it; of an empty one where there is no entry yet."""
    there = inspect(connection).has_table(AuditHead.__tablename__)
    head = connection.execute(select(AuditHead).where(AuditHead.chain == chain.value)).first() if there else None
    seq, mac, gone = (head.seq, head.mac, head.removed_through) if head else (0, BEFORE_FIRST, 0)
    return Checkpoint(kind, chain, seq, seq - gone, mac.hex(), now.isoformat()).signed(keys)


def mark_all(engine: Engine, keys: AuditKeys, now: datetime, kind: str = MARK) -> list[Checkpoint]:
    """Return a signed checkpoint of each chain of a database."""
    found = []
    for chain in Chain:
        with engine_of(engine, chain).execution_options(writes=False).connect() as connection:
            found.append(mark(connection, chain, keys, now, kind))
    return found
