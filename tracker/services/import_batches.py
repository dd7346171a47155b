"""Files dropped together: each staged on its own, checked on one page, then stored or dropped together."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.importers.payees import Payee, payees_in
from tracker.knowledge import Knowledge
from tracker.letters.archives import files_in, is_archive
from tracker.letters.problems import LetterProblem
from tracker.models import ImportFile, Job, Practice
from tracker.models.base import new_public_id
from tracker.services.bringing_in import diagnose_stored
from tracker.services.importing import BACKLOG, cancel, confirm, file_hash, make_preview, raw_bytes, stage
from tracker.services.own_numbers import numbers_of
from tracker.services.payees import require_one_practice
from tracker.services.quarantine import HELD, foreign_to, hold, take_out
from tracker.services.storage import NoRoom, require_room
from tracker.services.storing import read_and_store
from tracker.services.undoing_imports import undo_import


class Upload(NamedTuple):
    """A file as a person chose it."""

    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that cannot be used, and why."""

    filename: str
    problem: ImportProblem


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the files of one drop: ``rows`` are staged, ``refusals`` are not, ``held`` are in quarantine."""

    code: str
    rows: tuple[ImportFile, ...]
    refusals: tuple[Refusal, ...]
    held: tuple[ImportFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Staging:
    """Who stages for whom: ``scope`` are the practices the person works for now, ``chosen`` the one picked, if any."""

    scope: frozenset[int]
    chosen: Practice | None
    user_id: int | None
    now: datetime
    knowledge: Knowledge
    max_mb: int
    staged_hours: int
    practice_mb: int = 20_000


def stage_batch(
    session: Session, uploads: Iterable[Upload], staging: Staging, refused: Iterable[Refusal] = ()
) -> Batch:
    """Stage every file that can be used; one that cannot never hinders the others, nor do those ``refused`` before.

    A refused file leaves a line in the batch (its name and the reason, never its bytes) if another file was staged.
    """
    code, rows, refusals, names = new_public_id(), list[ImportFile](), list(refused), dict[str, str]()
    held = list[ImportFile]()
    for upload in _unpacked(uploads, refusals):
        try:
            for row in _stage_one(session, upload, code, staging, names):
                (held if row.state == HELD else rows).append(row)
        except ImportProblem as problem:
            refusals.append(Refusal(upload.filename, problem))
    _preview_in_turn(session, rows, staging)
    if rows:
        session.add_all(_refused_row(refusal, rows[0], staging.now) for refusal in refusals)
    return Batch(code, tuple(rows), tuple(refusals), tuple(held))


def _unpacked(uploads: Iterable[Upload], refusals: list[Refusal]) -> Iterator[Upload]:
    """Yield the files, those of a ZIP archive one by one; an archive that cannot be used joins ``refusals``."""
    for upload in uploads:
        if not is_archive(upload.data):
            yield upload
            continue
        try:
            files = files_in(upload.data)
        except LetterProblem as problem:
            refusals.append(Refusal(upload.filename, ImportProblem("File", f"{problem}.", _UNPACK)))
            continue
        for number, content in enumerate(files, start=1):
            yield Upload(f"{upload.filename}, file {number}", content)


_UNPACK = "Unpack it yourself and add the files."


def _stage_one(
    session: Session, upload: Upload, code: str, staging: Staging, names: dict[str, str]
) -> list[ImportFile]:
    """Return the file as staged for each practice it is for, and as held for those that are none of theirs."""
    if len(upload.data) > staging.max_mb * 2**20:
        size = -(-len(upload.data) // 2**20)
        why = f"The selected file must be smaller than {staging.max_mb} MB. This one is {size} MB."
        raise ImportProblem("File", why, "Ask the clearinghouse for smaller files.")
    digest = file_hash(upload.data)
    if digest in names:
        raise ImportProblem("File", f"It is the same file as {names[digest]}.", "Nothing to do: it is read once.")
    recognise(upload.data, upload.filename)
    payees = payees_in(upload.data)
    practices = _practices_of(session, upload.data, payees, staging)
    with session.begin_nested():
        rows = [_staged(session, practice, upload, code, staging) for practice in practices]
        if payees:
            rows += _held(session, practices, upload, payees, staging)
    names[digest] = upload.filename
    return rows


def _staged(session: Session, practice: Practice, upload: Upload, code: str, staging: Staging) -> ImportFile:
    _require_room(session, practice, upload, staging)
    return stage(
        session, practice, upload.filename, upload.data, batch=code, user_id=staging.user_id, now=staging.now,
        knowledge=staging.knowledge, staged_hours=staging.staged_hours,
    )  # fmt: skip


def _require_room(session: Session, practice: Practice, upload: Upload, staging: Staging) -> None:
    try:
        require_room(session, practice, len(upload.data), staging.practice_mb)
    except NoRoom as full:
        raise ImportProblem("File", f"{full}.", "") from None


def _held(
    session: Session, practices: Sequence[Practice], upload: Upload, payees: Sequence[Payee], staging: Staging
) -> list[ImportFile]:
    """Keep what is for none of ``practices`` in quarantine: with the one chosen, else with the first in view."""
    owned = [numbers_of(session, practice) for practice in practices]
    foreign = [payee for payee in payees if not any(own.owns(*payee) for own in owned)]
    if not foreign:
        return []
    keeper = staging.chosen or next(iter(practices), None) or _in_view(session, staging)[0]
    _require_room(session, keeper, upload, staging)
    return [hold(session, keeper, upload.filename, upload.data, foreign, staging.now, staging.user_id)]


def stage_released(session: Session, row: ImportFile, practice: Practice, staging: Staging) -> ImportFile:
    """Stage a file of the quarantine for a practice that it is for. Raises ImportProblem when it is not."""
    filename = row.filename
    data = take_out(session, row, practice, staging.now, staging.user_id)
    staged = _staged(session, practice, Upload(filename, data), new_public_id(), staging)
    session.flush()
    return staged


def in_turn(rows: Iterable[ImportFile]) -> list[ImportFile]:
    """Return files in the order they are stored: claims as billed first, so that answers find them."""
    return sorted(rows, key=lambda row: (row.file_format != "837P", row.id))


def _preview_in_turn(session: Session, rows: Sequence[ImportFile], staging: Staging) -> None:
    """Preview each file again as if those before it were stored: what two files tell is logged once.

    Big files are read by jobs, each on its own.
    """
    small = [row for row in in_turn(rows) if row.preview]
    if len(small) < 2:
        return
    previews: dict[int, dict[str, Any]] = {}
    trial = session.begin_nested()
    for row in small:
        practice = session.get_one(Practice, row.practice_id)
        data = raw_bytes(session, row)
        make_preview(session, practice, row, data, staging.knowledge, staging.now)
        previews[row.id] = row.preview
        read_and_store(session, practice, row.id, row.filename, data, staging.knowledge, staging.now, only_own=True)
    trial.rollback()
    for row in small:
        row.preview = previews[row.id]


def _practices_of(session: Session, data: bytes, payees: Sequence[Payee], staging: Staging) -> Sequence[Practice]:
    """Return the practices a file is staged for: those of its payees, as far as the person works for them.

    A file that names nobody goes to the one chosen, or by what it answers. Raises ImportProblem where that is open.
    """
    if not payees:
        practice = staging.chosen or require_one_practice(session, data)
        if practice.id not in staging.scope:
            raise ImportProblem("Payee", f"The file is for {practice.name}.", "Switch to all practices, then add it.")
        return [practice]
    offered = [staging.chosen] if staging.chosen is not None else _in_view(session, staging)
    return [one for one in offered if len(foreign_to(session, one, payees)) < len(payees)]


def _in_view(session: Session, staging: Staging) -> Sequence[Practice]:
    query = select(Practice).where(Practice.id.in_(staging.scope))
    return session.scalars(query.order_by(Practice.name)).all()


def _refused_row(refusal: Refusal, beside: ImportFile, now: datetime) -> ImportFile:
    problem = refusal.problem
    return ImportFile(
        practice_id=beside.practice_id,
        batch=beside.batch,
        filename=refusal.filename[:200],
        file_format="",
        content_hash="",
        size=0,
        state="refused",
        preview={"refused": problem.as_json()},
        created_at=now,
        created_by_id=beside.created_by_id,
    )


def batch_rows(session: Session, code: str) -> list[ImportFile]:
    """Return the files of a batch in the order they came; a file brought in alone is found by its own public id."""
    query = select(ImportFile).where(ImportFile.state != HELD).order_by(ImportFile.id)
    rows = session.scalars(query.where(ImportFile.batch == code)).all()
    return list(rows or session.scalars(query.where(ImportFile.public_id == code)))


def jobs_of(session: Session, rows: Sequence[ImportFile]) -> dict[int, Job]:
    """Return the latest job of each file that has one, by the file's id."""
    keys = {f"import.{work}:{row.id}": row.id for work in ("preview", "store") for row in rows}
    jobs = session.scalars(select(Job).where(Job.key.in_(keys)).order_by(Job.id))
    return {keys[job.key]: job for job in jobs}


def denial_value(row: ImportFile, key: str) -> str:
    """Return what a tick box on the check page carries for one denial of a file."""
    return f"{row.public_id}.{key}"


def confirm_batch(
    session: Session,
    rows: Iterable[ImportFile],
    unticked: Collection[str],
    user_id: int | None,
    now: datetime,
    today: date,
    knowledge: Knowledge,
) -> None:
    """Store the staged files of a batch, claims as billed first; big ones are left to jobs, known ones dropped.

    A file without a preview (its reading failed) is dropped too. ``unticked`` are the values of the denials a person does not want to log.
    """
    for row in in_turn(rows):
        session.refresh(row, with_for_update=True)  # another request may have stored it a moment ago
        if row.state != "staged" or row.file_format == BACKLOG:  # a list has its own page, where it is checked
            continue
        if not row.preview or row.preview.get("status") == "duplicate" or "refused" in row.preview:
            cancel(session, row, now)
            continue
        skipped = [found["key"] for found in row.preview["denials"] if denial_value(row, found["key"]) in unticked]
        stored = confirm(session, row, skipped, user_id, now, knowledge)
        if stored is not None:
            diagnose_stored(session, row.practice_id, stored, knowledge, today)


def undo_batch(session: Session, rows: Iterable[ImportFile], now: datetime) -> None:
    """Take back every stored file of a batch, the last one first. Raises UndoRefused; the caller rolls back."""
    for row in sorted((row for row in rows if row.state == "stored"), key=lambda row: row.id, reverse=True):
        undo_import(session, row, now)
