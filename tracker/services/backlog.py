"""Bringing in the open denials of another program from its list (CSV or XLSX): stage, choose columns, check, log.

Nothing but the staged file is kept before the list is logged; then all of it is, in the caller's transaction, under one
import that can be undone.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.importers.backlog import (
    BacklogRow,
    CellProblem,
    guess_columns,
    header_row,
    is_a_denial,
    read_backlog,
)
from tracker.importers.errors import ImportProblem
from tracker.importers.table import Table, csv_rows, table_of
from tracker.knowledge import Knowledge
from tracker.letters.archives import is_archive
from tracker.letters.problems import LetterProblem
from tracker.letters.workbooks import rows_of
from tracker.models import BacklogMapping, Denial, ImportFile, Job, Practice
from tracker.models.base import new_public_id
from tracker.services.diagnosing import diagnose_claims
from tracker.services.importing import BACKLOG, dry_run, keep_bytes, new_import, raw_bytes
from tracker.services.jobs import ask_for
from tracker.services.linking import link_claims
from tracker.services.logging_denials import (
    LoggingProblem,
    TypedDenial,
    add_denial,
    likely_same,
    lock_practice,
    payers_of_list,
)
from tracker.services.storing import Report, no_report

MAX_ROWS = 3000  # about half a minute in one transaction, which is what SQLite lets others wait
BIG_ROWS = 200
"""From this many rows on, a list is checked and logged as a job."""
MAX_MB = 20
CHECK, LOG = "list.check", "list.log"
_SAVE = "Save the list as CSV or XLSX, then add it here."
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Staged:
    """Who brings a list, and how long it waits to be confirmed."""

    user_id: int | None
    now: datetime
    hours: int


def stage_backlog(session: Session, practice: Practice, filename: str, data: bytes, by: Staged) -> ImportFile:
    """Keep a list for the pages that choose its columns and check it. Raises ImportProblem when it cannot be read.

    The columns are those saved for the same headers, else those its headers name.
    """
    table = read_table(data)
    row = new_import(
        practice, filename, data, file_format=BACKLOG, batch=new_public_id(), state="staged", now=by.now,
        user_id=by.user_id,
    )  # fmt: skip
    row.expires_at = by.now + timedelta(hours=by.hours)
    saved = saved_mapping(session, practice.id, table)
    row.preview = {
        "columns": saved.columns if saved else guess_columns(table.headers),
        "mapping": saved.name if saved else "",
    }
    session.add(row)
    session.flush()
    keep_bytes(session, row, data)
    return row


def read_table(data: bytes) -> Table:
    """Return the list in a CSV or XLSX file. Raises ImportProblem with what to do for everything else."""
    rows = rows_in(data)
    at = header_row(rows)
    if at is None:
        raise ImportProblem("File", "The file holds no rows.", "Export the list again, then add it here.")
    table = table_of(rows, at)
    if not table.rows:
        raise ImportProblem("File", "The file holds headers but no rows below them.", "Export the list again.")
    if len(table.rows) > MAX_ROWS:
        why = f"The list holds {len(table.rows):,} rows. Up to {MAX_ROWS:,} can be logged at once."
        raise ImportProblem("File", why, "Split it into smaller files.")
    return table


def rows_in(data: bytes) -> list[tuple[int, list[str]]]:
    """Return number and cells of every row of a CSV or XLSX file. Raises ImportProblem for everything else."""
    if len(data) > MAX_MB * 2**20:
        raise ImportProblem(
            "File", f"The selected file must be smaller than {MAX_MB} MB.", "Split it into smaller files."
        )
    return _workbook(data) if is_archive(data) else _csv(data)


def _workbook(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        return rows_of(data)
    except LetterProblem as problem:
        raise ImportProblem("File", str(problem), _SAVE) from None


def _csv(data: bytes) -> list[tuple[int, list[str]]]:
    if data.startswith(_OLD_OFFICE):
        raise ImportProblem("File", "This is an old Excel file (XLS), or one with a password.", _SAVE)
    if data.startswith(b"%PDF"):
        raise ImportProblem("File", "This file is not a list. It looks like a PDF.", _SAVE)
    return csv_rows(data)


def table_in(session: Session, row: ImportFile) -> Table:
    """Return the list of a staged file."""
    return read_table(raw_bytes(session, row))


# ---- columns ----


def _headers_key(table: Table) -> str:
    return hashlib.sha256(json.dumps(table.headers).lower().encode()).hexdigest()


def saved_mapping(session: Session, practice_id: int, table: Table) -> BacklogMapping | None:
    """Return the practice's saved columns for lists with these headers."""
    return session.scalar(
        select(BacklogMapping).where(
            BacklogMapping.practice_id == practice_id, BacklogMapping.headers_key == _headers_key(table)
        )
    )


def save_mapping(
    session: Session, row: ImportFile, table: Table, name: str, columns: Mapping[str, int], by: Staged
) -> None:
    """Keep columns under a name for lists with the same headers, in place of what was kept for them."""
    kept = saved_mapping(session, row.practice_id, table)
    if kept is None:
        kept = BacklogMapping(practice_id=row.practice_id, headers_key=_headers_key(table))
        session.add(kept)
    kept.name, kept.columns = name[:80], dict(columns)
    kept.saved_at, kept.saved_by_id = by.now, by.user_id
    row.preview = row.preview | {"mapping": name[:80]}
    session.flush()


# ---- checking and logging ----


def check_or_ask(
    session: Session, row: ImportFile, knowledge: Knowledge, user_id: int | None, now: datetime, today: date
) -> None:
    """Check a staged list at once; of a long one ask for that as a job (kind list.check)."""
    table = table_in(session, row)
    if len(table.rows) < BIG_ROWS:
        _check(session, row, table, knowledge, now, today, no_report)
        return
    row.preview = _columns_of(row)
    _ask(session, row, CHECK, len(table.rows), user_id, now)


def log_or_ask(  # what is logged, by whom, when
    session: Session, row: ImportFile, chosen: Collection[int], knowledge: Knowledge, user_id: int | None,
    now: datetime, today: date,
) -> None:  # fmt: skip
    """Log the chosen rows at once as ``log_backlog`` does; of many ask for that as a job (kind list.log).

    Raises ImportProblem as ``log_backlog`` does; what comes up in a job is kept with the list for its check page.
    """
    if len(chosen) < BIG_ROWS:
        log_backlog(session, row, chosen, knowledge, now, today)
        return
    _claim_list(session, row)
    row.state, row.preview = "storing", row.preview | {"chosen": sorted(chosen)}
    _ask(session, row, LOG, len(chosen), user_id, now)


def _ask(session: Session, row: ImportFile, kind: str, rows: int, user_id: int | None, now: datetime) -> None:
    """Ask for work on a list; its columns may be chosen anew, so each time is a job of its own."""
    job = ask_for(
        session, kind, {"import_id": row.id}, f"{kind}:{row.id}:{new_public_id()}", now, practice_id=row.practice_id,
        user_id=user_id, total=rows,
    )  # fmt: skip
    row.preview = row.preview | {"job": job.public_id}
    session.flush()


def job_of(session: Session, row: ImportFile) -> Job | None:
    """Return the latest job that was asked for about a list."""
    asked = row.preview.get("job")
    return session.scalar(select(Job).where(Job.public_id == asked)) if asked else None


def waits(session: Session, row: ImportFile) -> bool:
    """Whether a list waits for a person: it is staged, or the job that was to log it gave up."""
    if row.state != "storing":
        return row.state == "staged"
    job = job_of(session, row)
    return job is not None and job.state == "failed"


def log_as_asked(
    session: Session, row: ImportFile, knowledge: Knowledge, now: datetime, today: date, report: Report
) -> int:
    """Log the rows that were chosen when it was asked for and return how many; all of them or none.

    Where one cannot be logged any more, the list is checked anew and waits, with what was wrong.
    """
    row.state = "staged"
    try:
        with session.begin_nested():
            return log_backlog(session, row, frozenset(row.preview["chosen"]), knowledge, now, today, report)
    except ImportProblem as problem:
        check_backlog(session, row, knowledge, now, today, report)
        row.preview = row.preview | {"refused": problem.as_json()}
        return 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A row that can be logged. ``same_as`` says in words what it looks like that is there already, if anything."""

    row: int
    patient: str
    payer: str
    claim_number: str
    service_date: date | None
    code: str
    reason: str
    remarks: Sequence[str]
    amount_cents: int
    file_by: date | None
    same_as: str


@dataclass(frozen=True, slots=True)
class BacklogCheck:
    """What logging a list would do: ``rows`` can be logged, ``problems`` hinder others, ``left_out`` rows hold no claim."""

    rows: tuple[Seen, ...]
    problems: tuple[CellProblem, ...]
    left_out: int


def check_backlog(
    session: Session, row: ImportFile, knowledge: Knowledge, now: datetime, today: date, report: Report = no_report
) -> None:
    """Keep with a staged list what logging it would do (``kept_check``), found by doing it and taking it back."""
    _check(session, row, table_in(session, row), knowledge, now, today, report)


def _check(  # which list, by which rules, on which day
    session: Session, row: ImportFile, table: Table, knowledge: Knowledge, now: datetime, today: date, report: Report
) -> None:
    columns = row.preview["columns"]
    read, problems = read_backlog(table, columns, knowledge, today)
    practice = session.get_one(Practice, row.practice_id)
    with dry_run(session, practice):
        seen = _try_all(session, row, read, problems, knowledge, now, report)
    left_out = sum(not is_a_denial(one, columns) for one in table.rows)
    row.preview = _columns_of(row) | {"rows": seen, "problems": sorted(problems), "left_out": left_out}
    session.flush()


def _columns_of(row: ImportFile) -> dict[str, Any]:
    """Return what of a list's preview outlives a check: its columns, and the name they are kept under."""
    return {name: row.preview[name] for name in ("columns", "mapping")}


def _try_all(  # the parts of one trial
    session: Session, row: ImportFile, read: Sequence[BacklogRow], problems: list[CellProblem], knowledge: Knowledge,
    now: datetime, report: Report,
) -> list[dict[str, Any]]:  # fmt: skip
    seen, rows_of_numbers = list[dict[str, Any]](), dict[int, int]()
    practice, payers = lock_practice(session, row.practice_id), payers_of_list(session, row.practice_id)
    for number, each in enumerate(read):
        report(number, len(read), "Checking rows")
        typed = _typed(each)
        same = likely_same(session, row.practice_id, typed)
        try:
            denial, _ = add_denial(session, practice, typed, knowledge, now, import_id=row.id, payers=payers)
        except LoggingProblem as problem:
            problems.append(CellProblem(each.row, problem.field.replace("_", " "), str(problem)))
            continue
        seen.append(_seen(each, denial, _same_words(same, rows_of_numbers)))
        rows_of_numbers[denial.number] = each.row
    return seen


def kept_check(row: ImportFile) -> BacklogCheck:
    """Return what ``check_backlog`` kept with a staged list."""
    rows = (
        Seen(**each | {name: _day(each[name]) for name in ("service_date", "file_by")}) for each in row.preview["rows"]
    )
    problems = (CellProblem(*problem) for problem in row.preview["problems"])
    return BacklogCheck(tuple(rows), tuple(problems), row.preview["left_out"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _same_words(same: Denial | None, rows_of_numbers: Mapping[int, int]) -> str:
    if same is None:
        return ""
    row = rows_of_numbers.get(same.number)
    return f"row {row}" if row is not None else f"D-{same.number}"


def _seen(row: BacklogRow, denial: Denial, same_as: str) -> dict[str, Any]:
    return {
        "row": row.row,
        "patient": f"{row.patient.last_name}, {row.patient.first_name[:1]}.",
        "payer": row.payer,
        "claim_number": row.claim_number,
        "service_date": row.service_date.isoformat(),
        "code": row.line.code,
        "reason": f"{row.reason.group}-{row.reason.carc}",
        "remarks": list(row.reason.remarks),
        "amount_cents": row.amount_cents,
        "file_by": denial.file_by_safe.isoformat() if denial.file_by_safe else None,
        "same_as": same_as,
    }


def _typed(row: BacklogRow) -> TypedDenial:
    return TypedDenial(
        payer_name=row.payer, patient=row.patient, claim_number=row.claim_number, service_date=row.service_date,
        group_code=row.reason.group, carc=row.reason.carc, remarks=row.reason.remarks, code=row.line.code,
        modifiers=row.line.modifiers, units=row.line.units, amount_cents=row.amount_cents, denied_on=row.denied_on,
        file_by=row.file_by,
    )  # fmt: skip


def log_backlog(  # what is logged, when, and who hears how far it is
    session: Session, row: ImportFile, chosen: Collection[int], knowledge: Knowledge, now: datetime, today: date,
    report: Report = no_report,
) -> int:  # fmt: skip
    """Log the ``chosen`` rows of a staged list, by their numbers, and return how many.

    Raises ImportProblem when the list was logged or cancelled already, no row is chosen, or one cannot be logged any more;
    then nothing may be kept.
    """
    _claim_list(session, row)
    practice = lock_practice(session, row.practice_id)  # one file of a practice at a time
    read, _ = read_backlog(table_in(session, row), row.preview["columns"], knowledge, today)
    wanted = [each for each in read if each.row in chosen]
    if not wanted:
        raise ImportProblem("List", "No row is ticked.", "Tick the rows to log.")
    payers, claims, lines = payers_of_list(session, practice.id), set[int](), list[int]()
    alike = {each["row"] for each in row.preview["rows"] if each["same_as"]}
    for number, each in enumerate(wanted):
        report(number, len(wanted), "Logging rows")
        typed = _typed(each)
        if each.row not in alike:
            _refuse_logged_since(session, row, each.row, typed)
        try:
            denial, line = add_denial(session, practice, typed, knowledge, now, import_id=row.id, payers=payers)
        except LoggingProblem as problem:
            raise ImportProblem(f"Row {each.row}", f"{problem}.", "Check the list again.") from None
        claims.add(denial.claim_id)
        lines += [line.id] if line is not None else []
    report(len(wanted), len(wanted), "Looking for causes")
    link_claims(session, row.practice_id, sorted(claims))
    diagnose_claims(session, row.practice_id, sorted(claims), knowledge, today)
    _keep(session, row, len(wanted), len(claims), lines, now)
    return len(wanted)


def _claim_list(session: Session, row: ImportFile) -> None:
    """Hold a list that waits. Raises ImportProblem for another: somebody may have logged it a moment ago."""
    session.refresh(row, with_for_update=True)
    if not waits(session, row):
        raise ImportProblem("List", "This list was logged or cancelled already.", "Open the queue to see its denials.")
    row.state = "staged"


def _refuse_logged_since(session: Session, row: ImportFile, number: int, typed: TypedDenial) -> None:
    same = likely_same(session, row.practice_id, typed)
    if same is not None and same.import_id != row.id:
        why = f"It looks like D-{same.number}, which was logged since you checked the list."
        raise ImportProblem(f"Row {number}", why, "Check the list again.")


def _keep(session: Session, row: ImportFile, denials: int, claims: int, lines: list[int], now: datetime) -> None:
    result: dict[str, Any] = {"status": "imported", "claims": claims, "denials_opened": denials, "lines_added": lines}
    row.state, row.stored_at, row.expires_at, row.result = "stored", now, None, result
    row.preview = {"claims": claims}
    session.flush()


def logged_before(session: Session, row: ImportFile) -> ImportFile | None:
    """Return the stored import of the very same file, if there is one."""
    query = select(ImportFile).where(
        ImportFile.practice_id == row.practice_id, ImportFile.content_hash == row.content_hash,
        ImportFile.state == "stored", ImportFile.id != row.id,
    )  # fmt: skip
    return session.scalar(query.order_by(ImportFile.id.desc()).limit(1))
