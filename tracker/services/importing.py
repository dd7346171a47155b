"""Bringing in 835 and 837P files: stage, check, store, cancel.

A file is stored whole or not at all, in the caller's transaction.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.knowledge import Knowledge
from tracker.models import ImportFile, Payer, Practice, RawFile
from tracker.services.causes_of_file import LikelyCause, causes_of_file
from tracker.services.jobs import ask_for
from tracker.services.receipts import READERS
from tracker.services.storing import Report, Stored, claims_in, no_report, read_and_store
from tracker.services.storing_835 import as_written

BACKLOG = "backlog"
"""The format of a list of denials out of another program (services/backlog.py)."""

FOLDER_JOB = "watch.take"  # the kind of job that takes a file of the watched folder in
FOLDER = "folder"
"""How a file came that lay in the watched folder (jobs/watching.py)."""

BIG_IMPORT_CLAIMS = 2000
"""From this many claims on, a file is read and stored as a job."""


def file_hash(data: bytes) -> str:
    """Return the SHA-256 of a file, white space at its ends and line breaks left out."""
    return hashlib.sha256(data.translate(None, b"\r\n").strip()).hexdigest()


def stage(  # noqa: PLR0913  # who brings what, for whom, when
    session: Session,
    practice: Practice,
    filename: str,
    data: bytes,
    *,
    batch: str,
    user_id: int | None,
    now: datetime,
    knowledge: Knowledge,
    staged_hours: int = 24,
) -> ImportFile:
    """Keep a file for the check page and say what storing it would do; no claim, payment or denial row is made.

    A big file gets its preview from a job (kind import.preview). Raises ImportProblem when the file is refused.
    """
    row = new_import(
        practice, filename, data, file_format=recognise(data, filename), batch=batch, state="staged", now=now,
        user_id=user_id,
    )  # fmt: skip
    row.expires_at = now + timedelta(hours=staged_hours)
    session.add(row)
    session.flush()
    keep_bytes(session, row, data)
    if claims_in(data) >= BIG_IMPORT_CLAIMS:
        ask_for(
            session, "import.preview", {"import_id": row.id}, f"import.preview:{row.id}", now,
            practice_id=practice.id, user_id=user_id, total=claims_in(data),
        )  # fmt: skip
    else:
        make_preview(session, practice, row, data, knowledge, now)
    return row


def new_import(  # noqa: PLR0913  # what came, for whom, as what
    practice: Practice,
    filename: str,
    data: bytes,
    *,
    file_format: str,
    batch: str,
    state: str,
    now: datetime,
    user_id: int | None,
) -> ImportFile:
    """Return a new row for a file that came."""
    return ImportFile(
        practice_id=practice.id, batch=batch, filename=filename[:200], file_format=file_format,
        content_hash=file_hash(data), size=len(data), state=state, preview={}, created_at=now, created_by_id=user_id,
    )  # fmt: skip


def keep_bytes(session: Session, row: ImportFile, data: bytes) -> None:
    """Keep the bytes of a file, sealed."""
    session.add(RawFile(practice_id=row.practice_id, import_id=row.id, content=zlib.compress(data, 1)))
    session.flush()


def raw_bytes(session: Session, row: ImportFile) -> bytes:
    """Return the bytes of an import as they came."""
    raw = session.scalars(
        select(RawFile).where(RawFile.practice_id == row.practice_id, RawFile.import_id == row.id)
    ).one()
    return zlib.decompress(raw.content)


def make_preview(
    session: Session,
    practice: Practice,
    row: ImportFile,
    data: bytes,
    knowledge: Knowledge,
    now: datetime,
    report: Report = no_report,
) -> None:
    """Fill ``row.preview`` by a dry run of storing."""
    with dry_run(session, practice):
        stored = read_and_store(
            session, practice, row.id, row.filename, data, knowledge, now, only_own=True, keep=False, report=report
        )
        preview = _preview(session, stored, causes_of_file(session, practice, stored.triage.opened, knowledge))
    row.preview = preview


@contextmanager
def dry_run(session: Session, practice: Practice) -> Iterator[None]:
    """Run storing and take back the little it writes on the way (payers, the next denial number)."""
    number = practice.next_denial_number
    point = session.begin_nested()
    try:
        yield
    finally:
        point.rollback()
        practice.next_denial_number = number


def _preview(session: Session, stored: Stored, causes: Mapping[str, LikelyCause]) -> dict[str, Any]:
    counted, triage = stored.counted, stored.triage
    classes = counted.line_classes
    recovered = [move for move in triage.moves if move.amount_cents > 0]
    gap = counted.check_cents - (counted.paid_cents - counted.provider_adjustment_cents)
    return {
        "status": stored.status,
        "claims": counted.claims,
        "receipts": counted.claims if stored.file_format in READERS else 0,
        "lines": counted.lines,
        "lines_paid": classes.get("paid", 0) + classes.get("reduced", 0),
        "lines_denied": len(triage.opened),
        "already": stored.known_transactions,
        "already_claims": counted.duplicates,
        "updated": len(triage.updated),
        "recoveries": [{"denial": move.denial_number, "amount_cents": move.amount_cents} for move in recovered],
        "recovered_cents": sum(move.amount_cents for move in recovered),
        "foreign": stored.foreign,
        "not_denials_cents": counted.not_denials_cents,
        "ignored": {name: count for name, count in sorted(classes.items()) if name not in _SHOWN_AS_DENIALS},
        "check_cents": counted.check_cents,
        "gap_cents": gap,
        "provider_adjustment_cents": counted.provider_adjustment_cents,
        "balances": gap == 0,
        "problems": [{"where": where, "why": why} for where, why in stored.problems],
        "denials": _preview_denials(session, stored, causes),
    }


_SHOWN_AS_DENIALS = frozenset({"denied", "partly_denied", "misused_45", "unclassified"})


def _preview_denials(session: Session, stored: Stored, causes: Mapping[str, LikelyCause]) -> list[dict[str, Any]]:
    ids = {opened.claim.payer_id for opened in stored.triage.opened}
    names = {payer.id: payer.name for payer in session.scalars(select(Payer).where(Payer.id.in_(ids)))}
    return [
        {
            "key": opened.key,
            "control_number": opened.paid.control_number,
            "patient": f"{as_written(opened.paid.patient.last_name)}, {opened.paid.patient.first_name[:1]}.",
            "payer": names.get(opened.claim.payer_id, ""),
            "code": opened.code,
            "reason": f"{opened.reason.group}-{opened.reason.carc}",
            "remarks": list(opened.remarks),
            "amount_cents": opened.amount_cents,
            "file_by": opened.file_by.isoformat() if opened.file_by else None,
            "cause": causes[opened.key].root_cause,
            "strength": causes[opened.key].strength,
        }
        for opened in stored.triage.opened
    ]


def is_big(row: ImportFile) -> bool:
    """Return whether storing a staged file is left to a job."""
    return int(row.preview.get("claims", BIG_IMPORT_CLAIMS)) >= BIG_IMPORT_CLAIMS


def confirm(
    session: Session,
    row: ImportFile,
    skipped_keys: list[str],
    user_id: int | None,
    now: datetime,
    knowledge: Knowledge,
) -> Stored | None:
    """Store a staged file; a big one is asked for as a job (kind import.store) and None is returned."""
    if row.state != "staged":
        raise ImportProblem(
            "Import", "This file was stored or cancelled already.", "Open the queue to see its denials."
        )
    row.skipped = skipped_keys
    if is_big(row):
        row.state = "storing"
        ask_for(
            session, "import.store", {"import_id": row.id}, f"import.store:{row.id}", now,
            practice_id=row.practice_id, user_id=user_id, total=int(row.preview.get("claims", 0)),
        )  # fmt: skip
        return None
    return store(session, row, now, knowledge)


def store(
    session: Session,
    row: ImportFile,
    now: datetime,
    knowledge: Knowledge,
    report: Report = no_report,
) -> Stored:
    """Store a staged file in the caller's transaction and keep the counts with it.

    A file whose answers came in another way since it was staged is not kept a second time (state known).
    """
    practice = session.get_one(Practice, row.practice_id, with_for_update=True)  # one file of a practice at a time
    stored = read_and_store(
        session, practice, row.id, row.filename, raw_bytes(session, row), knowledge, now,
        skipped_keys=frozenset(row.skipped), only_own=True, report=report,
    )  # fmt: skip
    row.state, row.stored_at, row.expires_at = "stored", now, None
    if stored.status == "duplicate":
        row.state = "known"
        drop_bytes(session, row)
    row.result = stored.as_result() | {"skipped": stored.triage.skipped}
    row.preview = {"claims": row.preview.get("claims", 0)}
    return stored


def import_now(  # noqa: PLR0913  # who brings what, for whom, when
    session: Session,
    practice: Practice,
    filename: str,
    data: bytes,
    now: datetime,
    knowledge: Knowledge,
    *,
    user_id: int | None = None,
    only_own: bool = False,
    report: Report = no_report,
) -> tuple[ImportFile | None, Stored]:
    """Store a file at once, without a check page (command line, demo data).

    Returns the import (None when nothing was new) and what was stored. Raises ImportProblem when the file is refused.
    """
    row = new_import(
        practice, filename, data, file_format=recognise(data, filename), batch="", state="stored", now=now,
        user_id=user_id,
    )  # fmt: skip
    row.stored_at = now
    session.add(row)
    session.flush()
    stored = read_and_store(session, practice, row.id, filename, data, knowledge, now, only_own=only_own, report=report)
    if stored.status == "duplicate":
        session.delete(row)
        session.flush()
        return None, stored
    keep_bytes(session, row, data)
    row.result = stored.as_result()
    session.flush()
    return row, stored


def cancel(session: Session, row: ImportFile, now: datetime) -> None:  # noqa: ARG001
    """Drop a staged file and its bytes."""
    if row.state == "staged":
        row.state, row.preview = "cancelled", {}
        drop_bytes(session, row)


def expire_staged(session: Session, now: datetime) -> int:
    """Drop the files, staged or in quarantine, whose time is up; return how many."""
    waiting = ImportFile.state.in_(("staged", "held")), ImportFile.expires_at <= now
    rows = session.scalars(select(ImportFile).where(*waiting)).all()
    for row in rows:
        row.state, row.preview = "expired", {}
        drop_bytes(session, row)
    return len(rows)


def drop_bytes(session: Session, row: ImportFile) -> None:
    """Delete the bytes of a file."""
    session.execute(delete(RawFile).where(RawFile.practice_id == row.practice_id, RawFile.import_id == row.id))
