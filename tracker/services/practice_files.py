"""A practice in one encrypted file, out of here or in: asked for on a page, made or read by the worker, kept for a day.

The files lie in a folder of the data folder under random names; each is encrypted with a passphrase, which is kept,
sealed, only until the work with it is done (security.md C-09, C-37, C-42).
"""

import secrets
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.disk import written_whole
from tracker.domain.access import Action, Role, may
from tracker.domain.export_reasons import Reason
from tracker.models import Job, Membership, Practice, PracticeFile, User
from tracker.services.jobs import ask_for

EXPORT, LOOK, TAKE = "practice.export", "practice.look", "practice.take"
KEPT_FOR = timedelta(days=1)
OUT, IN = "out", "in"

_TOLD_FOR = timedelta(days=30)
_LIVE = ("waiting", "ready", "taking")
# Letters and digits that nobody takes for one another; five groups of five are 123 bits.
_LETTERS, _GROUPS, _GROUP_SIZE = "abcdefghjkmnpqrstuvwxyz23456789", 5, 5


def new_passphrase() -> str:
    """Return a passphrase nobody guesses, in groups to write down."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_SIZE)) for _ in range(_GROUPS))
    return "-".join(groups)


def folder(settings: Settings) -> Path:
    """Return where the files lie, made if it is not there."""
    found = settings.data_dir / "practice-files"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def path_of(settings: Settings, row: PracticeFile) -> Path:
    """Return where a file lies, or would."""
    return folder(settings) / f"{row.public_id}.zip"


# ---- out ----


def ask_for_export(  # who takes what out, why and how
    session: Session,
    practice: Practice,
    reason: Reason,
    passphrase: str,
    now: datetime,
    user_id: int,
    *,
    with_protected: bool,
) -> Job:
    """Ask for a file with everything of a practice; return the job that makes it."""
    row = PracticeFile(
        way=OUT, practice_id=practice.id, asked_by_id=user_id, asked_at=now, expires_at=now + KEPT_FOR, reason=reason,
        passphrase=passphrase, with_protected=with_protected,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _job(session, EXPORT, row, now)


def exports_of(session: Session, practice_id: int) -> Sequence[PracticeFile]:
    """Return the exports that were asked for lately, newest first."""
    query = select(PracticeFile).where(PracticeFile.way == OUT, PracticeFile.practice_id == practice_id)
    return session.scalars(query.order_by(PracticeFile.id.desc())).all()


def ready_export(session: Session, practice_id: int, public_id: str, now: datetime) -> PracticeFile | None:
    """Return an export of a practice that can be downloaded."""
    query = select(PracticeFile).where(
        PracticeFile.way == OUT, PracticeFile.practice_id == practice_id, PracticeFile.public_id == public_id,
        PracticeFile.state == "ready", PracticeFile.expires_at > now,
    )  # fmt: skip
    return session.scalar(query)


def may_take_out(session: Session, row: PracticeFile) -> bool:
    """Whether who asked for an export is still an owner of a practice that is there, with leave for what they asked."""
    query = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .join(Practice, Practice.id == Membership.practice_id)
        .where(Membership.user_id == row.asked_by_id, Membership.practice_id == row.practice_id)
        .where(User.is_active, Practice.deleted_at.is_(None))
    )
    member = session.scalar(query)
    if member is None or not may(Role(member.role), Action.OWN_PRACTICE):
        return False
    return member.protected_notes or not row.with_protected


# ---- in ----


def bring(
    session: Session, settings: Settings, upload: BinaryIO, passphrase: str, name: str, now: datetime, user_id: int
) -> Job:
    """Keep a file that somebody brought, and ask for a look at it; return the job."""
    row = PracticeFile(
        way=IN, asked_by_id=user_id, asked_at=now, expires_at=now + KEPT_FOR, passphrase=passphrase, name=name or None
    )
    session.add(row)
    session.flush()
    with written_whole(path_of(settings, row)) as file:
        shutil.copyfileobj(upload, file)
        row.size = file.tell()
    return _job(session, LOOK, row, now)


def brought(session: Session, public_id: str, user_id: int) -> PracticeFile | None:
    """Return a file that this person brought; nobody else sees it."""
    query = select(PracticeFile).where(PracticeFile.way == IN, PracticeFile.public_id == public_id)
    return session.scalar(query.where(PracticeFile.asked_by_id == user_id))


def ask_to_take_in(session: Session, row: PracticeFile, now: datetime) -> Job:
    """Ask for a file that was looked at to be taken in; asked twice, it is one job."""
    if row.state == "ready":
        row.state = "taking"
    return _job(session, TAKE, row, now)


def job_of(session: Session, row: PracticeFile, kind: str) -> Job | None:
    """Return the job of a kind for a file."""
    return session.scalar(select(Job).where(Job.key == f"{kind}:{row.public_id}"))


def _job(session: Session, kind: str, row: PracticeFile, now: datetime) -> Job:
    key = f"{kind}:{row.public_id}"
    return ask_for(session, kind, {"file": row.id}, key, now, practice_id=row.practice_id, user_id=row.asked_by_id)


# ---- afterwards ----


def end(row: PracticeFile, state: str, problem: str | None = None) -> None:
    """Say that no more work is done with a file: its passphrase is forgotten."""
    row.state, row.passphrase, row.problem = state, None, problem[:300] if problem else None


def drop_old(session: Session, settings: Settings, now: datetime) -> None:
    """Remove the files whose day is over, and after a month what is told of them."""
    over = select(PracticeFile).where(PracticeFile.state.in_(_LIVE), PracticeFile.expires_at <= now)
    for row in session.scalars(over):
        end(row, "gone")
        path_of(settings, row).unlink(missing_ok=True)
    ended = PracticeFile.state.not_in(_LIVE), PracticeFile.asked_at <= now - _TOLD_FOR
    session.execute(delete(PracticeFile).where(*ended))


def is_live(session: Session, public_id: str) -> bool:
    """Whether a file is still needed."""
    query = select(PracticeFile.id).where(PracticeFile.public_id == public_id, PracticeFile.state.in_(_LIVE))
    return session.scalar(query) is not None
