"""Importing 835 and 837P files: choose, check, done, undo."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.models import Denial, ImportFile, Job, Practice
from tracker.reports.import_check import (
    SHOWN,
    Check,
    Earlier,
    check_batch,
    earlier_imports,
    logged_by,
    most_urgent,
)
from tracker.reports.imports_list import came_by_folder, imports_list, waiting_in_folder
from tracker.reports.queue_rows import queue_rows
from tracker.services.barring import appeal_barred_by
from tracker.services.import_batches import (
    Batch,
    Staging,
    batch_rows,
    confirm_batch,
    jobs_of,
    stage_batch,
    undo_batch,
)
from tracker.services.importing import BACKLOG, cancel
from tracker.services.quarantine import held_files
from tracker.services.undoing_imports import UNDO_DAYS, UndoRefused
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.filters import plural, us_date
from tracker.web.forms.imports import ImportForm
from tracker.web.navigation import refuse, say
from tracker.web.request import settings
from tracker.web.uploads import scanned

blueprint = Blueprint("imports", __name__)

_RECENT = 20
_FIRST_ROWS = 10
_WEEK = timedelta(days=7)
_LETTER_PATHS = ("", "appeal", "reopening", "send_records")


@blueprint.get("/import")
@needs(Action.WORK_QUEUE)
def choose() -> str:
    """Step 1: choose files. Below it, what was imported lately."""
    return _choose(ImportForm().offer(_practices()))


@blueprint.post("/import")
@needs(Action.WORK_QUEUE)
def take() -> BaseResponse | tuple[str, int]:
    """Stage the files and go to the check page; without a single usable file say why, file by file."""
    form = ImportForm().offer(_practices())
    if not form.validate():
        return _choose(form), 422
    batch = _stage(form)
    if batch.held:
        refuse(
            f"{plural(len(batch.held), 'file')} put in quarantine: not for the practice's NPI or tax ID. It stands on the page Import files."
        )
    if batch.rows:
        return redirect(url_for(".check", batch=batch.code), 303)
    if batch.held and not batch.refusals:
        return redirect(url_for(".choose", _anchor="held"), 303)
    return _choose(form, batch), 422


def _choose(form: ImportForm, batch: Batch | None = None) -> str:
    recent, total = imports_list(g.session, 0, _RECENT)
    shown(len(recent))
    names = {practice.id: practice.name for practice in g.practices}
    return render_template(
        "imports/choose.html", form=form, refusals=batch.refusals if batch else (), recent=recent, total=total, names=names,
        max_mb=settings().max_import_mb, held=held_files(g.session), homes=_practices(), watched=_watched(),
        waiting=waiting_in_folder(g.session),
    )  # fmt: skip


def _watched() -> str:
    """Say how many files came by the watched folder today; nothing where none is watched."""
    if settings().watch_dir is None:
        return ""
    count = came_by_folder(g.session, datetime.combine(g.today, time.min, g.zone).astimezone())
    return (
        f"{plural(count, 'file')} came from the watched folder today"
        if count
        else "No file came from the watched folder today"
    )


def _practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


def _stage(form: ImportForm) -> Batch:
    chosen = next((p for p in g.practices if p.public_id == form.practice.data and p.id in g.scope), None)
    uploads, refused = scanned(form.uploads)
    with transaction(g.session) as session:
        return stage_batch(session, uploads, staging_for(chosen), refused)


def staging_for(chosen: Practice | None) -> Staging:
    """Return who stages, where, by which settings."""
    own = settings()
    return Staging(g.scope, chosen, g.user.id, g.now, load(), own.max_import_mb, own.staged_hours, own.practice_mb)


@blueprint.get("/import/<batch>")
@needs(Action.WORK_QUEUE)
def check(batch: str) -> BaseResponse | str:
    """Step 2 while files are staged, step 3 once they are stored; a file still at work leads to its progress."""
    rows = _rows(batch)
    if rows[0].file_format == BACKLOG and rows[0].state in {"staged", "storing"}:
        return redirect(url_for("backlog.check", public_id=rows[0].public_id))
    jobs = jobs_of(g.session, rows)
    busy = _busy(jobs)
    if busy is not None:
        return redirect(url_for("jobs.show", public_id=busy.public_id))
    if any(row.state == "staged" for row in rows):
        return _check_page(batch, rows, jobs)
    return _done_page(batch, rows, jobs)


def _busy(jobs: dict[int, Job]) -> Job | None:
    return next((job for job in jobs.values() if job.state in {"queued", "running"}), None)


def _rows(batch: str) -> list[ImportFile]:
    rows = batch_rows(g.session, batch)
    if not rows:
        abort(404)
    return rows


def _check(rows: Sequence[ImportFile]) -> Check:
    return check_batch(rows, {key: _before(earlier) for key, earlier in earlier_imports(g.session, rows).items()})


def _before(earlier: Earlier | None) -> str:
    if earlier is None:
        return "Everything in it was imported before, with other files."
    return f"You imported this file on {us_date(earlier.on)}. {plural(earlier.denials, 'denial')} came from it."


def _check_page(batch: str, rows: Sequence[ImportFile], jobs: dict[int, Job]) -> str:
    found = _check([row for row in rows if row.preview])
    g.incoming_bytes = sum(row.size for row in rows)
    show_all = request.args.get("show") == "all"
    return render_template(
        "imports/check.html", batch=batch, found=found, shown=found.denials if show_all else found.denials[:SHOWN],
        show_all=show_all, rows=rows, failed=[(row, jobs[row.id]) for row in rows if _failed(row, jobs)],
        names={practice.id: practice.name for practice in g.practices}, undo_days=UNDO_DAYS,
        root_causes=load().root_causes,
    )  # fmt: skip


def _failed(row: ImportFile, jobs: dict[int, Job]) -> bool:
    return row.id in jobs and jobs[row.id].state == "failed"


def _done_page(batch: str, rows: Sequence[ImportFile], jobs: dict[int, Job]) -> str:
    stored = [row for row in rows if row.state == "stored"]
    urgent = most_urgent(g.session, stored, _FIRST_ROWS)
    denials = queue_rows(g.session, [denial.id for denial in urgent], load().root_causes, g.today)
    days = [row.stored_at.astimezone().date() for row in stored if row.stored_at]
    shown(len(denials))
    last_undo_day = min(days, default=g.today) + timedelta(days=UNDO_DAYS)
    return render_template(
        "imports/done.html", batch=batch, rows=rows, stored=stored, denials=denials,
        drafts={denial.id for denial in urgent if _can_draft(denial)},
        logged=logged_by(g.session, stored, g.today + _WEEK),
        failed=[(row, jobs[row.id]) for row in rows if _failed(row, jobs)],
        can_undo=bool(stored) and g.today <= last_undo_day, last_undo_day=last_undo_day,
        names={practice.id: practice.name for practice in g.practices},
    )  # fmt: skip


def _can_draft(denial: Denial) -> bool:
    """Whether a letter is a way on: its path asks for one, and no remark rules an appeal out."""
    return denial.path in _LETTER_PATHS and appeal_barred_by(denial, load()) is None


@blueprint.post("/import/<batch>/log")
@needs(Action.WORK_QUEUE)
def log(batch: str) -> BaseResponse:
    """Store the files; the denials whose box is not ticked are left out."""
    rows = _rows(batch)
    if _busy(jobs_of(g.session, rows)) is not None:
        return redirect(url_for(".check", batch=batch), 303)
    found = _check([row for row in rows if row.preview])
    shown = found.denials if request.form.get("show") == "all" else found.denials[:SHOWN]
    ticked = set(request.form.getlist("log"))
    unticked = {f"{denial.file}.{denial.key}" for denial in shown} - ticked
    with transaction(g.session) as session:
        confirm_batch(session, rows, unticked, g.user.id, g.now, g.today, load())
    return redirect(url_for(".check", batch=batch), 303)


@blueprint.post("/import/<batch>/cancel")
@needs(Action.WORK_QUEUE)
def cancel_all(batch: str) -> BaseResponse:
    """Drop the staged files of a batch."""
    rows = _rows(batch)
    with transaction(g.session) as session:
        for row in rows:
            cancel(session, row, g.now)
    say("Import cancelled. Nothing was saved.")
    return redirect(url_for(".choose"), 303)


@blueprint.post("/import/<batch>/undo")
@needs(Action.WORK_QUEUE)
def undo(batch: str) -> BaseResponse | tuple[str, int]:
    """Take back what the batch stored, or say why it has to stay."""
    rows = _rows(batch)
    logged = logged_by(g.session, rows, g.today)
    try:
        with transaction(g.session) as session:
            undo_batch(session, rows, g.now)
    except UndoRefused as refused:
        return render_template("imports/undo_refused.html", batch=batch, why=str(refused)), 409
    say(f"Import undone. {plural(logged.denials, 'denial')} removed.")
    return redirect(url_for(".choose"), 303)
