"""What the tests read of the audit log, from wherever its chains are kept."""

import json
from contextlib import contextmanager

from sqlalchemy import select

from tests.databases import MASTER
from tracker.auditing.appending import engine_of, reads_log
from tracker.db import make_engine
from tracker.models import AuditEntry


def entries(engine, chain=None) -> list[AuditEntry]:
    """Every entry of the chains a database has, each chain in its order."""
    log = reads_log(engine)
    log.make()
    found = {}
    for one in (engine, log.engine):
        with one.execution_options(writes=False).connect() as connection:
            for row in connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.seq)):
                found[row.chain, row.seq] = row
    return [row for (name, _), row in sorted(found.items()) if chain in (None, name)]


def told(engine, chain=None) -> list[tuple[str, str, str]]:
    """What each entry tells: act, kind of object, outcome."""
    return [(row.action, row.object_type, row.outcome) for row in entries(engine, chain)]


def detail(row) -> dict:
    return json.loads(row.detail)


@contextmanager
def as_owner(engine, chain):
    """Give a connection to a chain's tables as the role that owns them: on PostgreSQL the app's own may not alter them."""
    name = engine.url.username or ""
    url = engine.url.set(username=f"{name.removesuffix('_app')}_owner") if name.endswith("_app") else engine.url
    owner = make_engine(url.render_as_string(hide_password=False), MASTER)
    try:
        with engine_of(owner, chain).begin() as connection:
            yield connection
    finally:
        owner.dispose()


def without_triggers(engine) -> list[str]:
    """What somebody types who may, to be able to change entries."""
    if engine.dialect.name == "sqlite":
        return [f"DROP TRIGGER audit_entries_{name}" for name in ("update", "delete")]
    return ["ALTER TABLE audit_entries DISABLE TRIGGER USER"]
