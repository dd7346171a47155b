"""What the jobs do: one function per kind; each commits its result and the job's end together."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import appeal_figures
from tracker.config import Settings
from tracker.day_counts import count_expected, recount_months, uncounted_months
from tracker.db import transaction
from tracker.domain.audit import Act
from tracker.importers.errors import ImportProblem
from tracker.jobs import audit_task, backup_task, digest_mail, practice_tasks, report_mail, user_mail, watching
from tracker.jobs.engine import Chore, JobFailed, Look, Task, TaskFunction
from tracker.jobs.key_task import rotate_key
from tracker.jobs.letter_tasks import draft_letters, sign_letters
from tracker.jobs.report_tasks import make_reports
from tracker.jobs.telling import tells
from tracker.knowledge import load
from tracker.models import ImportFile, Practice
from tracker.services import backlog, practice_files
from tracker.services.api_answers import forget_old_answers
from tracker.services.api_tokens import forget_old_tokens
from tracker.services.backlog import check_backlog, log_as_asked
from tracker.services.bringing_in import store_and_diagnose
from tracker.services.done_once import forget_old_forms
from tracker.services.fee_schedules import COUNT, months_with_denials
from tracker.services.importing import expire_staged, make_preview, raw_bytes
from tracker.services.letter_batches import DRAFT, SIGN
from tracker.services.monthly_reports import MAIL, MAKE
from tracker.services.notices import forget_old_notices
from tracker.services.owner_requests import expire_requests
from tracker.services.practice_deletion import destroy_due
from tracker.services.practice_keys import ROTATION
from tracker.services.practices import practice_day
from tracker.services.renewing import KIND, ask_for_all_renewals, renew_some
from tracker.services.retention import remove_old_files
from tracker.services.scans import drop_old_scans
from tracker.services.sessions import forget_old_sessions
from tracker.services.sign_in import forget_old_tries
from tracker.services.user_mail import KIND as USER_MAIL


def _import_of(session: Session, task: Task) -> ImportFile:
    query = select(ImportFile).where(ImportFile.practice_id == task.practice_id)
    row = session.scalar(query.where(ImportFile.id == task.arguments["import_id"]))
    if row is None:
        raise JobFailed("The file is gone")
    return row


@tells(Act.IMPORTED)
def preview_import(task: Task) -> None:
    """Read a big staged file and keep what storing it would do."""
    now = datetime.now(UTC)
    with transaction(task.sessions.writing([task.practice_id or 0])) as session:
        row = _import_of(session, task)
        if row.state == "staged" and not row.preview:
            practice = session.get_one(Practice, row.practice_id)
            try:
                make_preview(session, practice, row, raw_bytes(session, row), load(), now, task.report)
            except ImportProblem as problem:
                row.preview = {"refused": problem.as_json()}
        task.finish(session, {"import": row.public_id})


@tells(Act.IMPORTED)
def store_import(task: Task) -> None:
    """Store a big file that a person confirmed: whole, once, or not at all."""
    now = datetime.now(UTC)
    with transaction(task.sessions.writing([task.practice_id or 0])) as session:
        row = _import_of(session, task)
        if row.state == "storing":
            try:
                store_and_diagnose(session, row, now, practice_day(session, row.practice_id, now), load(), task.report)
            except ImportProblem as problem:
                raise JobFailed(f"{problem.why} {problem.what_to_do}") from problem
        task.finish(session, {"import": row.public_id, "stored": row.result})


@tells(Act.IMPORTED)
def check_list(task: Task) -> None:
    """Keep with a long staged list what logging it would do."""
    now = datetime.now(UTC)
    with transaction(task.sessions.writing([task.practice_id or 0])) as session:
        row = _import_of(session, task)
        if row.state == "staged":
            check_backlog(session, row, load(), now, practice_day(session, row.practice_id, now), task.report)
        task.finish(session, {"import": row.public_id})


@tells(Act.IMPORTED)
def log_list(task: Task) -> None:
    """Log a long list that a person confirmed: whole, once, or not at all."""
    now = datetime.now(UTC)
    with transaction(task.sessions.writing([task.practice_id or 0])) as session:
        row, logged = _import_of(session, task), 0
        if row.state == "storing":
            logged = log_as_asked(session, row, load(), now, practice_day(session, row.practice_id, now), task.report)
        task.finish(session, {"import": row.public_id, "denials": logged})


@tells(Act.WORKED)
def renew_causes(task: Task) -> None:
    """Diagnose a practice's open denials again, some at a time; killed, it goes on where it was."""
    practice_id, done = task.practice_id or 0, 0
    last: int | None = 0
    moved: list[int] = []
    while last is not None:
        with transaction(task.sessions.writing([practice_id])) as session:
            now = datetime.now(UTC)
            step = renew_some(session, practice_id, last, load(), practice_day(session, practice_id, now), now)
            task.hold(session, now)
            done, last = done + step.denials, step.last_claim_id
            moved += step.moved
            if last is None:
                task.finish(session, {"denials": done, "moved": moved} if moved else {"denials": done})
        task.report(done, max(task.progress.total, done), "Looking for causes again")


@tells(Act.WORKED)
def count_rates(task: Task) -> None:
    """Work out what is expected of the denials of payers with other rates, month by month; killed, it begins anew."""
    practice_id, payers = task.practice_id or 0, task.arguments["payers"]
    with task.sessions.reading([practice_id]) as session:
        months = months_with_denials(session, practice_id, payers)
    for number, month in enumerate(months):
        task.report(number, len(months), "Counting what is expected")
        with transaction(task.sessions.writing([practice_id])) as session:
            count_expected(session, practice_id, payers, month)
            task.hold(session, datetime.now(UTC))
    with transaction(task.sessions.writing([practice_id])) as session:
        task.finish(session, {"months": len(months)})


def ask_for_causes(session: Session, now: datetime) -> None:
    """Ask for new causes where the knowledge has changed since the last look."""
    ask_for_all_renewals(session, load(), now)


def count_months(session: Session, _now: datetime) -> None:
    """Count the months, and work out the figures of appeals, that an upgrade left to be."""
    for practice_id in session.scalars(select(Practice.id).order_by(Practice.id)).all():
        appeal_figures.keep(session, practice_id, appeal_figures.unknown(session, practice_id))
        months = uncounted_months(session, practice_id)
        if months:
            recount_months(session, practice_id, months)


TASKS: dict[str, TaskFunction] = {
    "import.preview": preview_import,
    "import.store": store_import,
    backlog.CHECK: check_list,
    backlog.LOG: log_list,
    KIND: renew_causes,
    digest_mail.KIND: digest_mail.send_digest,
    backup_task.KIND: backup_task.back_up,
    audit_task.KIND: audit_task.seal_log,
    USER_MAIL: user_mail.send_user_mail,
    watching.KIND: watching.take_file,
    DRAFT: draft_letters,
    SIGN: sign_letters,
    ROTATION: rotate_key,
    practice_files.EXPORT: practice_tasks.export,
    practice_files.LOOK: practice_tasks.look,
    practice_files.TAKE: practice_tasks.take_in,
    MAKE: make_reports,
    MAIL: report_mail.send_report_mail,
    COUNT: count_rates,
}

CHORES: tuple[Chore, ...] = (
    expire_staged,
    drop_old_scans,
    ask_for_causes,
    count_months,
    backup_task.ask_for_backup,
    audit_task.ask_for_sealing,
    forget_old_sessions,
    forget_old_tries,
    forget_old_answers,
    forget_old_forms,
    forget_old_tokens,
    destroy_due,
    remove_old_files,
    expire_requests,
    forget_old_notices,
)


def chores(settings: Settings) -> tuple[Chore, ...]:
    """Return what is to be done now and then; digests go out where a mail server is set."""
    always = (*CHORES, practice_tasks.dropping_old_files(settings))
    return (*always, digest_mail.ask_for_digests) if settings.smtp_url else always


def watch(settings: Settings) -> Look | None:
    """Return what looks into the watched folder, None where none is set."""
    return watching.Watch(settings.watch_dir).look if settings.watch_dir else None
