"""What the jobs do: one function per kind; each commits its result and the job's end together."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import transaction
from tracker.importers.errors import ImportProblem
from tracker.jobs import digest_mail
from tracker.jobs.engine import Chore, JobFailed, Task, TaskFunction
from tracker.jobs.letter_tasks import draft_letters, sign_letters
from tracker.knowledge import load
from tracker.models import ImportFile, Practice
from tracker.services.bringing_in import store_and_diagnose
from tracker.services.importing import expire_staged, make_preview, raw_bytes
from tracker.services.letter_batches import DRAFT, SIGN
from tracker.services.renewing import KIND, ask_for_all_renewals, renew_some


def _import_of(session: Session, task: Task) -> ImportFile:
    query = select(ImportFile).where(ImportFile.practice_id == task.practice_id)
    row = session.scalar(query.where(ImportFile.id == task.arguments["import_id"]))
    if row is None:
        raise JobFailed("The file is gone")
    return row


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
                row.preview = {
                    "refused": {"where": problem.where, "why": problem.why, "what_to_do": problem.what_to_do}
                }
        task.finish(session, {"import": row.public_id})


def store_import(task: Task) -> None:
    """Store a big file that a person confirmed: whole, once, or not at all."""
    now = datetime.now(UTC)
    with transaction(task.sessions.writing([task.practice_id or 0])) as session:
        row = _import_of(session, task)
        if row.state == "storing":
            try:
                store_and_diagnose(session, row, now, date.today(), load(), task.report)  # noqa: DTZ011  # the user's day
            except ImportProblem as problem:
                raise JobFailed(f"{problem.why} {problem.what_to_do}") from problem
        task.finish(session, {"import": row.public_id, "stored": row.result})


def renew_causes(task: Task) -> None:
    """Diagnose a practice's open denials again, some at a time; killed, it goes on where it was."""
    practice_id, done = task.practice_id or 0, 0
    last: int | None = 0
    while last is not None:
        with transaction(task.sessions.writing([practice_id])) as session:
            step = renew_some(session, practice_id, last, load(), date.today())  # noqa: DTZ011  # the user's day
            task.hold(session, datetime.now(UTC))
            done, last = done + step.denials, step.last_claim_id
            if last is None:
                task.finish(session, {"denials": done})
        task.report(done, max(task.progress.total, done), "Looking for causes again")


def ask_for_causes(session: Session, now: datetime) -> None:
    """Ask for new causes where the knowledge has changed since the last look."""
    ask_for_all_renewals(session, load(), now)


TASKS: dict[str, TaskFunction] = {
    "import.preview": preview_import,
    "import.store": store_import,
    KIND: renew_causes,
    digest_mail.KIND: digest_mail.send_digest,
    DRAFT: draft_letters,
    SIGN: sign_letters,
}

CHORES: tuple[Chore, ...] = (expire_staged, ask_for_causes)


def chores(settings: Settings) -> tuple[Chore, ...]:
    """Return what is to be done now and then; digests go out where a mail server is set."""
    return (*CHORES, digest_mail.ask_for_digests) if settings.smtp_url else CHORES
