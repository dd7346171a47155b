"""Taking a person's name out of the audit log."""

from sqlalchemy import Engine, update

from tracker.auditing.appending import engine_of, keys_of
from tracker.domain.audit import Chain
from tracker.models import AuditEntry


def empty_name(engine: Engine, login: str) -> int:
    """Empty a sign-in name in all entries and return how many there were: the MAC covers a keyed hash of it instead."""
    named = AuditEntry.actor_hash == keys_of(engine).hidden(login[:120])
    count = 0
    for chain in Chain:
        emptied = update(AuditEntry).where(AuditEntry.chain == chain.value, AuditEntry.actor != "", named)
        with engine_of(engine, chain).begin() as connection:
            count += connection.execute(emptied.values(actor="")).rowcount
    return count
