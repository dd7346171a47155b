"""Sealing the audit log: a checkpoint of what holds, and the removal of entries whose years are over."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, func, select, update

from tracker.auditing.acting import Doing
from tracker.auditing.appending import Told, append, engine_of, keys_of
from tracker.config import Settings
from tracker.domain.audit import Act, Chain
from tracker.models import AuditEntry, AuditHead
from tracker.services.audit_checkpoints import Checkpoint, add_checkpoints, mark, read_checkpoints
from tracker.services.audit_verifying import Start, Verified, verify_chain


def seal(engine: Engine, settings: Settings, now: datetime) -> list[Verified]:
    """Verify what was added since the last checkpoint of each chain, and sign a new one where it holds.

    Returns what was verified; a chain that does not hold gets no checkpoint, so that no signature vouches for it.
    """
    kept, found = read_checkpoints(settings), []
    for chain in Chain:
        last = _last(kept, chain)
        verified = verify_chain(engine, chain, kept, Start(last.seq, bytes.fromhex(last.mac)) if last else None)
        found.append(verified)
        if verified.broken is None and (last is None or verified.entries):
            with engine_of(engine, chain).execution_options(writes=False).connect() as connection:
                add_checkpoints(settings, [mark(connection, chain, keys_of(engine), now)])
    return found


def _last(kept: Sequence[Checkpoint], chain: Chain) -> Checkpoint | None:
    return next((one for one in reversed(kept) if one.chain is chain), None)


def over_before(now: datetime, years: int) -> datetime:
    """Return the moment before which entries may go: the first of the month, ``years`` before."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year - years)


def remove_old(engine: Engine, settings: Settings, now: datetime) -> int:
    """Remove the months that are older than the years of retention, as far as a checkpoint has sealed them.

    An entry says how many went and keeps the MAC of the last one, so that the chain can be verified from there. Returns
    how many were removed.
    """
    before, kept = over_before(now, settings.audit_years), read_checkpoints(settings)
    return sum(_remove(engine, chain, before, _last(kept, chain), now) for chain in Chain)


def _remove(engine: Engine, chain: Chain, before: datetime, last: Checkpoint | None, now: datetime) -> int:
    if last is None:
        return 0
    of_chain = AuditEntry.chain == chain.value
    with engine_of(engine, chain).begin() as connection:
        first_kept = connection.scalar(select(func.min(AuditEntry.seq)).where(of_chain, AuditEntry.at >= before))
        through = min(last.seq, last.seq if first_kept is None else first_kept - 1)
        mac = connection.scalar(select(AuditEntry.mac).where(of_chain, AuditEntry.seq == through))
        if mac is None:
            return 0
        over = of_chain & (AuditEntry.seq <= through)
        count = connection.scalar(select(func.count()).select_from(AuditEntry).where(over)) or 0
        detail = {"through": through, "mac": mac.hex(), "count": count, "before": before.date().isoformat()}
        append(connection, chain, Doing(clock=lambda: now), [Told(Act.AUDIT_REMOVED, detail=detail)])
        connection.execute(update(AuditHead).where(AuditHead.chain == chain.value).values(removed_through=through))
        connection.execute(delete(AuditEntry).where(over))
        return count
