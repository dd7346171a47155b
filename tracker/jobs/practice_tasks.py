"""A practice out of here in one file, and in from one: the work of the pages, as jobs that survive a crash."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.auditing.acting import Doing, current
from tracker.auditing.appending import Told, reads_log
from tracker.config import Settings
from tracker.db import keyring_for, transaction
from tracker.db_upgrade import head
from tracker.disk import written_whole
from tracker.domain.audit import Act
from tracker.jobs.engine import Chore, JobFailed, Task
from tracker.jobs.telling import tells
from tracker.keys import open_master
from tracker.models import PracticeFile, User
from tracker.reports.practice_export import Exported, export_practice
from tracker.services import practice_files
from tracker.services.backing_up import frozen
from tracker.services.practice_archive import ArchiveProblem, ArchiveReader
from tracker.services.practice_import import Imported, Wishes, import_practice
from tracker.services.practice_people import Matched

_HOLD_EVERY = timedelta(seconds=10)
_ORPHANED_AFTER = 3600.0  # seconds; a file is written before the row that names it is committed
_NO_LEAVE = "Who asked for this export may not take it out any more"


@tells(Act.EXPORTED)
def export(task: Task) -> None:
    """Write everything of a practice to a file; killed, it begins again and the file appears whole or not at all."""
    with task.sessions.system() as session:
        row = _row(session, task)
        if not practice_files.may_take_out(session, row) or row.passphrase is None:
            raise JobFailed(_NO_LEAVE)
    path = practice_files.path_of(task.settings, row)
    made = _write(task, row, path)
    count = sum(made.rows.values())
    detail = {"count": count, "reason": row.reason, "export": made.export_id}
    reads_log(task.sessions.engine).append(
        current() or Doing(), [Told(Act.EXPORTED, practice_id=task.practice_id, detail=detail)]
    )
    now = datetime.now(UTC)
    with transaction(task.sessions.system()) as session:
        row = _row(session, task)
        practice_files.end(row, "ready")
        row.size, row.told, row.expires_at = path.stat().st_size, {"rows": count}, now + practice_files.KEPT_FOR
        task.finish(session, {"file": row.public_id})


def _write(task: Task, row: PracticeFile, path: Path) -> Exported:
    """Write the file of an export; what an earlier, killed try left behind goes first."""
    for left in path.parent.glob(f".{path.name}.*.part"):
        left.unlink(missing_ok=True)
    task.report(0, 0, "Copying the database")
    with (
        frozen(task.sessions.engine, task.settings.data_dir, open_master(task.settings)) as connection,
        written_whole(path) as out,
    ):
        return export_practice(
            connection, task.practice_id or 0, out, revision=head(), now=datetime.now(UTC),
            passphrase=row.passphrase or "", with_protected=row.with_protected, report=_holding(task),
        )  # fmt: skip


def _holding(task: Task) -> Callable[[int, int, str], None]:
    """Return a report that keeps the job while the work goes on outside of any transaction."""
    held_at = datetime.now(UTC)

    def report(done: int, total: int, doing: str) -> None:
        nonlocal held_at
        task.report(done, total, doing)
        now = datetime.now(UTC)
        if now - held_at >= _HOLD_EVERY:
            held_at = now
            with transaction(task.sessions.system()) as session:
                task.hold(session, now)

    return report


@tells(Act.IMPORTED)
def look(task: Task) -> None:
    """Take a file in on trial, in a transaction that is rolled back, and keep what would come or what is wrong."""
    with task.sessions.system() as session:
        row = _row(session, task)
        try:
            found = _take(session, task, row)
            told, problem = _told(found), None
            session.rollback()
            keyring_for(session).forget(found.practice.id)
        except ArchiveProblem as wrong:
            session.rollback()
            told, problem = {}, str(wrong)
    _end_look(task, told, problem)


def _end_look(task: Task, told: dict[str, object], problem: str | None) -> None:
    with transaction(task.sessions.system()) as session:
        row = _row(session, task)
        if row.state == "waiting":
            row.state, row.told = "ready", told
        if problem:
            practice_files.end(row, "failed", problem)
        task.finish(session, {"file": row.public_id})
    if problem:
        practice_files.path_of(task.settings, row).unlink(missing_ok=True)


@tells(Act.IMPORTED)
def take_in(task: Task) -> None:
    """Take a practice in: whole, once, or not at all; the work and the job's end are one transaction."""
    try:
        with transaction(task.sessions.system()) as session:
            row = _row(session, task)
            found = _take(session, task, row)
            row.told = _told(found)
            practice_files.end(row, "taken")
            task.finish(session, {"file": row.public_id})
    except ArchiveProblem as wrong:
        _end_look(task, {}, str(wrong))
        return
    practice_files.path_of(task.settings, row).unlink(missing_ok=True)


def _take(session: Session, task: Task, row: PracticeFile) -> Imported:
    owner = session.get_one(User, row.asked_by_id)
    if row.state not in {"waiting", "taking"} or not owner.is_active:
        raise JobFailed("This file is not to be taken in any more")
    try:
        with practice_files.path_of(task.settings, row).open("rb") as file:
            archive = ArchiveReader(file, row.passphrase or "")
            if not archive.is_encrypted:
                raise ArchiveProblem(
                    "This export is not encrypted. Take it in on the server (tracker practice import), or export it anew "
                    "with a passphrase."
                )
            return import_practice(session, archive, datetime.now(UTC), Wishes(row.name or "", owner), task.report)
    except FileNotFoundError:
        raise ArchiveProblem("The file is not here any more. Choose it again.") from None


def _told(found: Imported) -> dict[str, object]:
    """Return what would come in, or came, for the page: counts, and names of people and payers."""
    return {
        "practice": found.practice.name,
        "npi": found.practice.npi,
        "rows": {table: count for table, count in sorted(found.rows.items()) if count},
        "people": _known_and_new(found.people),
        "payers": _known_and_new(found.payers),
    }


def _known_and_new(matched: Matched) -> dict[str, list[str]]:
    new = sorted(name for row_id, name in matched.names.items() if row_id in matched.made)
    return {"known": sorted(set(matched.names.values()) - set(new)), "new": new}


def _row(session: Session, task: Task) -> PracticeFile:
    row = session.scalar(select(PracticeFile).where(PracticeFile.id == task.arguments["file"]))
    if row is None or row.state == "gone":
        raise JobFailed("The file is gone")
    return row


def dropping_old_files(settings: Settings) -> Chore:
    """Return the chore that removes files whose day is over, and those that a crash left without a row."""

    def drop(session: Session, now: datetime) -> None:
        practice_files.drop_old(session, settings, now)
        for path in practice_files.folder(settings).iterdir():
            public_id = path.name.removeprefix(".").partition(".zip")[0]
            old = time.time() - path.stat().st_mtime > _ORPHANED_AFTER
            if old and not practice_files.is_live(session, public_id):
                path.unlink(missing_ok=True)

    return drop
