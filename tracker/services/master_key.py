"""Renewing the master key: a new one takes its place, then everything it wraps or seals is done again with the new one.

The keys before stay in keys.json, wrapped by the new one. So whatever was not done yet opens still, a renewal that was
stopped goes on, older backups restore, and the audit log is verified from its first day (security.md 5.3).
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import keyring_for
from tracker.keys import key_store, known_passphrase, open_master
from tracker.models import PracticeKey
from tracker.services.practice_keys import count_installation_old, reseal_installation


def renew(settings: Settings, now: datetime, say: Callable[[str], None]) -> None:
    """Make a new master key; ``finish`` does the rest. ``say`` is told the new recovery code before it counts.

    Raises KeyProblem when the keys cannot be opened or written; nothing was changed then.
    """
    key_store(settings).renew(open_master(settings), known_passphrase(settings), now, say)


def lock_keys(session: Session) -> None:
    """Let nobody else change the keys until the transaction ends: on SQLite it holds the only write lock anyhow."""
    session.execute(select(PracticeKey.version).with_for_update()).all()


def is_unfinished(session: Session) -> bool:
    """Whether something is wrapped or sealed with an earlier master key still."""
    return bool(_wrapped_before(session)) or count_installation_old(session) > 0


def finish(session: Session) -> int:
    """Wrap the practices' keys and seal the installation's values with the key in use; return how many were done.

    Both in the transaction of the session, which sees every practice.
    """
    rows = _wrapped_before(session, lock=True)
    master = keyring_for(session).master
    for row in rows:
        row.wrapped = master.wrap(master.unwrap(row.wrapped))
    session.flush()
    return len(rows) + reseal_installation(session)


def _wrapped_before(session: Session, *, lock: bool = False) -> list[PracticeKey]:
    keyring_for(session).look_again()
    master = keyring_for(session).master
    query = select(PracticeKey).order_by(PracticeKey.practice_id, PracticeKey.version)
    rows = session.scalars(query.with_for_update() if lock else query)
    return [row for row in rows if not master.has_wrapped(row.wrapped)]
