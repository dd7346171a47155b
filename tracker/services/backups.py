"""The backups of an installation: one a day by itself, each restored on trial before it counts."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import SessionMaker
from tracker.db_upgrade import current
from tracker.keys import key_store
from tracker.models import Backup, Practice
from tracker.models.base import moment_of_id
from tracker.sealing.key_store import MasterKey
from tracker.services.backing_up import ALARM_AFTER, WARN_AFTER, Written, prune, write_backup
from tracker.services.backup_rows import total
from tracker.services.restoring import RestoreProblem, try_backup

# Made later than now: the clock was set back, and how old the backup is cannot be told any more.
_AHEAD = timedelta(minutes=5)


class Made(NamedTuple):
    """A backup that was written, and what is wrong with it (nothing, as a rule)."""

    written: Written
    problem: str


def backup_folder(settings: Settings) -> Path:
    """Return where backups go."""
    return settings.backup_dir or settings.data_dir / "backups"


def make_backup(sessions: SessionMaker, settings: Settings, master: MasterKey, now: datetime) -> Made:
    """Write a backup, restore it on trial, and take old ones away once this one is good."""
    revision = current(sessions.engine)
    assert revision is not None  # an opened database has one
    folder = backup_folder(settings)
    written = write_backup(sessions.engine, revision, folder, master, key_store(settings).wrapped_text(), now)
    try:
        tried = try_backup(written.path, master)
    except RestoreProblem as problem:
        return Made(written, str(problem))
    if total(tried.rows) != written.rows:
        return Made(written, "The trial brought back another number of rows than was written.")
    prune(folder, written.path)
    return Made(written, "")


def record(session: Session, made: Made, now: datetime) -> Backup:
    """Keep that a backup was made."""
    row = Backup(
        file_name=made.written.path.name, made_at=now, size=made.written.size, rows=made.written.rows,
        problem=made.problem[:300],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def last_good(session: Session, now: datetime) -> datetime | None:
    """Return when the last backup that could be restored was made."""
    good = select(Backup.made_at).where(Backup.problem == "", Backup.made_at <= now + _AHEAD)
    return session.scalar(good.order_by(Backup.made_at.desc()).limit(1))


def backup_notice(session: Session, now: datetime) -> tuple[str, str]:
    """Return what a page says of backups and how loudly ("", "warn" or "over"): after 24 hours, and after 48 in red.

    (Security.md R-14; the 24 hours are counted from the first practice where no backup was made yet.)
    """
    last = last_good(session, now)
    since = last or _began(session)
    if since is None or now - since < WARN_AFTER:
        return "", ""
    hours = int((now - since).total_seconds() // 3600)
    words = f"The last good backup is {hours} hours old." if last else f"There has been no backup for {hours} hours."
    return f"{words} Type: tracker backup", "over" if now - since >= ALARM_AFTER else "warn"


def _began(session: Session) -> datetime | None:
    """Return when the first practice that is no demo was made."""
    first = session.scalar(select(Practice.id).where(Practice.is_demo.is_(False)).order_by(Practice.id).limit(1))
    return moment_of_id(first) if first is not None else None
