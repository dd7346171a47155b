"""The watched folder: files that a clearinghouse's program puts there are taken in, each once.

A file is finished when its size and time stand still between two looks. A job of its own takes it in, by the importing
services and their quarantine; the job's row is the proof that it was taken, so a kill loses nothing and doubles nothing.
Then the file moves to ``done`` or, with a text that says why, to ``failed`` beside it. While no virus scanner answers,
where one is set, files stay where they are and wait.
"""

import hashlib
import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.auditing.acting import Actor, Doing, doing
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.domain.audit import Act
from tracker.importers.errors import ImportProblem
from tracker.jobs.engine import JobFailed, JobWaits, Task
from tracker.jobs.telling import tells
from tracker.knowledge import load
from tracker.letters.archives import is_archive
from tracker.models import ImportFile, Job, Practice
from tracker.services.bringing_in import diagnose_stored
from tracker.services.import_batches import Batch, Staging, Upload, in_turn, stage_batch
from tracker.services.importing import FOLDER, FOLDER_JOB, cancel, confirm
from tracker.services.jobs import ask_for
from tracker.services.own_numbers import numbers_of
from tracker.services.payees import find_practices
from tracker.services.quarantine import HELD, drop
from tracker.services.virus_scan import NobodyLooked, ScanRefused, scan

KIND = FOLDER_JOB
DONE, FAILED = "done", "failed"
_STILL = timedelta(seconds=20)
_WAITS_HOURS = 30 * 24
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
_ACTOR = Actor(None, "watched folder")
_OF_THE_FILE = re.compile(r"'[^']*'|\"[^\"]*\"")  # what a reason quotes from a file stays out of the folder
_AGAIN = "Mend what it says, then put the file into the folder again."

log = logging.getLogger(__name__)


class Found(NamedTuple):
    """A file that lies in the folder: its size and time tell one version of it from another."""

    path: Path
    size: int
    changed: int

    def key(self, root: Path) -> str:
        """Return the key of the job that takes it; names stay out of jobs, since they may tell of people."""
        told = f"{self.path.relative_to(root)}|{self.size}|{self.changed}"
        return f"{KIND}:{hashlib.sha256(told.encode(errors='surrogateescape')).hexdigest()}"


def files_in(root: Path) -> Iterator[Found]:
    """Yield the files of the folder and of its sub-folders, but for those taken, hidden, unfinished and for links."""
    places = [root, *sorted(one for one in root.iterdir() if one.is_dir() and not one.is_symlink())]
    for place in places:
        if place.name in (DONE, FAILED) or place.name.startswith("."):
            continue
        for path in sorted(place.iterdir()):
            if path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED):
                continue
            found = path.lstat()
            if stat.S_ISREG(found.st_mode):
                yield Found(path, found.st_size, found.st_mtime_ns)


class Watch:
    """Looks into the folder and asks for a job for each finished file; what was taken is put aside."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: dict[Found, datetime] = {}

    def look(self, sessions: SessionMaker, now: datetime) -> None:
        """Look once. A folder that cannot be read is said in the log and looked at again."""
        try:
            files = list(files_in(self._root))
        except OSError as error:
            log.warning("the watched folder cannot be read: %s", error.strerror)
            return
        self._seen = {file: self._seen.get(file, now) for file in files}
        still = [file for file, since in self._seen.items() if now - since >= _STILL or now < since]
        if still:
            self._ask_or_put_aside(sessions, still, now)

    def _ask_or_put_aside(self, sessions: SessionMaker, files: Sequence[Found], now: datetime) -> None:
        keys = {file.key(self._root): file for file in files}
        with sessions.system() as session:
            jobs = {job.key: job for job in session.scalars(select(Job).where(Job.key.in_(keys)))}
        for key, job in jobs.items():
            if job.state in ("done", "failed"):
                put_aside(
                    keys[key].path,
                    str(job.result.get("why", job.error)),
                    failed=bool(job.error or job.result.get("failed")),
                )
        if new := [key for key in keys if key not in jobs]:
            with doing(Doing(lambda: _ACTOR)), transaction(sessions.system()) as session:
                for key in new:
                    ask_for(session, KIND, {"key": key}, key, now)


@tells(Act.IMPORTED)
def take_file(task: Task) -> None:
    """Take one file of the folder in: staged to be checked, or stored at once where the setting says so."""
    root = task.settings.watch_dir
    file = _find(root, task.arguments["key"]) if root else None
    if root is None or file is None:
        with transaction(task.sessions.system()) as session:
            task.finish(session, {})
        return
    data = _read(file, task.settings)
    try:
        why = "" if data is None else _take(task, root, file, data)
        failed = False
    except ImportProblem as problem:
        why, failed = plain_reason([problem]), True
        with transaction(task.sessions.system()) as session:
            task.finish(session, {"why": why, "failed": True})
    if data is not None:
        put_aside(file.path, why, failed=failed)


def _find(root: Path, key: str) -> Found | None:
    try:
        return next((file for file in files_in(root) if file.key(root) == key), None)
    except OSError as error:
        raise JobFailed(f"The watched folder cannot be read: {error.strerror}") from None


def _read(file: Found, settings: Settings) -> bytes | None:
    """Return the bytes of a file; one byte more than may be imported is enough to refuse it."""
    descriptor = os.open(file.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as opened:
        return opened.read(settings.max_import_mb * 2**20 + 1)


def _take(task: Task, root: Path, file: Found, data: bytes) -> str:
    """Stage (and store) a file and end its job in one transaction. Returns what a part of it was refused for."""
    _refuse_harmful(task.settings, data)
    with task.sessions.system() as session:
        place = _place_of(session, root, file, data)
    now = datetime.now(UTC)
    own = task.settings
    staging = Staging(place.scope, None, None, now, load(), own.max_import_mb, _WAITS_HOURS, own.practice_mb)
    what = Doing(lambda: _ACTOR, Act.IMPORTED, "jobs", KIND, lambda: place.scope)
    with doing(what), transaction(task.sessions.writing(sorted(place.scope))) as session:
        if place.chosen is not None:
            staging = replace(staging, chosen=session.get_one(Practice, place.chosen))
        batch = stage_batch(session, [Upload(file.path.name, data)], staging)
        if not batch.rows and not batch.held:
            raise batch.refusals[0].problem
        for row in (*batch.rows, *batch.held):
            row.came_by = FOLDER
        why = " ".join(
            filter(None, [_drop_known(session, batch, now), plain_reason(one.problem for one in batch.refusals)])
        )
        if own.watch_store:
            _store(session, batch, now)
        task.finish(session, {"why": why})
    return why


def _refuse_harmful(settings: Settings, data: bytes) -> None:
    try:
        scan(settings.clamd, BytesIO(data))
    except NobodyLooked:
        log.warning("the virus scanner cannot be reached: a file of the watched folder waits")
        raise JobWaits("The virus scanner cannot be reached") from None
    except ScanRefused as problem:
        raise ImportProblem("File", f"{problem}.", "") from None


class _Place(NamedTuple):
    """The practices a file may be for, and the one whose folder it lay in."""

    scope: frozenset[int]
    chosen: int | None


def _place_of(session: Session, root: Path, file: Found, data: bytes) -> _Place:
    """Return whose a file is: of the practice its folder is named after, else of those whose numbers it names.

    Raises ImportProblem when no practice is found.
    """
    practices = session.scalars(select(Practice).where(Practice.deleted_at.is_(None))).all()
    if file.path.parent != root:
        name = file.path.parent.name
        mine = [one for one in practices if _is_folder_of(session, one, name)]
    elif len(practices) == 1:
        mine = list(practices)
    elif is_archive(data):
        raise ImportProblem("File", "An archive has to lie in the folder of its practice.", "")
    else:
        named = find_practices(session, data)
        if not named:
            raise ImportProblem(
                "Payee", "No practice here has the NPI it names.", "Put it into the folder of its practice."
            )
        return _Place(frozenset(one.id for one in named), None)
    if len(mine) != 1:
        raise ImportProblem(
            "Folder", "No practice here has this folder's name or NPI.", "Name the folder like the practice."
        )
    return _Place(frozenset({mine[0].id}), mine[0].id)


def _is_folder_of(session: Session, practice: Practice, name: str) -> bool:
    return _plain(name) == _plain(practice.name) or name in numbers_of(session, practice).npis


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def _drop_known(session: Session, batch: Batch, now: datetime) -> str:
    """Drop what is stored already, or waits already under another name; return what is to be said of it."""
    session.flush()
    dropped = 0
    for row in (*batch.rows, *batch.held):
        query = select(ImportFile.id).where(
            ImportFile.practice_id == row.practice_id, ImportFile.content_hash == row.content_hash,
            ImportFile.state.in_(("staged", "storing", "stored", HELD)), ImportFile.id != row.id,
        )  # fmt: skip
        if row.preview.get("status") == "duplicate" or session.scalar(query.limit(1)) is not None:
            dropped += 1
            if row.state == HELD:
                drop(session, row, now, None)
            else:
                cancel(session, row, now)
    return "It was taken in before, so nothing was added." if dropped else ""


def _store(session: Session, batch: Batch, now: datetime) -> None:
    """Store what was staged, claims as billed first; big files are left to jobs."""
    for row in in_turn(row for row in batch.rows if row.state == "staged"):
        stored = confirm(session, row, [], None, now, load())
        if stored is not None:
            diagnose_stored(session, row.practice_id, stored, load(), date.today())  # noqa: DTZ011  # the office's day


def plain_reason(problems: Iterable[ImportProblem]) -> str:
    """Return reasons without anything that they quote from a file: the folder is no place for health data."""
    return " ".join(_OF_THE_FILE.sub("a value", str(problem)) for problem in problems)


def put_aside(path: Path, why: str, *, failed: bool) -> None:
    """Move a file that was taken to ``done``, one that could not be to ``failed``; ``why`` goes into a text beside it.

    A file that is gone was moved by another worker; one that cannot be moved stays and is tried again.
    """
    folder = path.parent / (FAILED if failed else DONE)
    try:
        folder.mkdir(exist_ok=True)
        moved = _free(folder, path.name)
        path.rename(moved)
        if why:
            words = f"{why} {_AGAIN}" if failed else f"A part of it was left out. {why}"
            moved.with_name(f"{moved.name}.reason.txt").write_text(f"{words}\n", encoding="utf-8")
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("a file of the watched folder cannot be moved: %s", error.strerror)


def _free(folder: Path, name: str) -> Path:
    first = place = folder / name
    count = 1
    while place.exists():
        count += 1
        place = first.with_stem(f"{first.stem}-{count}")
    return place
