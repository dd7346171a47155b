"""Bringing in the open denials of another program: choose the list, its columns, check, log."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.importers.backlog import missing_columns
from tracker.importers.errors import ImportProblem
from tracker.knowledge import load
from tracker.models import ImportFile, Practice
from tracker.services.backlog import (
    MAX_MB,
    MAX_ROWS,
    Staged,
    check_backlog,
    check_or_ask,
    job_of,
    kept_check,
    log_or_ask,
    logged_before,
    save_mapping,
    stage_backlog,
    table_in,
    waits,
)
from tracker.services.importing import BACKLOG, cancel
from tracker.services.storage import NoRoom, require_room
from tracker.services.undoing_imports import UNDO_DAYS
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.forms.backlog import BacklogForm, ColumnsForm
from tracker.web.navigation import say
from tracker.web.request import settings
from tracker.web.uploads import scanned

blueprint = Blueprint("backlog", __name__)

_AGAIN = "Nothing was logged. Try again, or cancel."
SHOWN = 200
"""So many rows are listed at once; the others are logged with them, and one click lists them all."""


@blueprint.get("/import/list")
@needs(Action.WORK_QUEUE)
def choose() -> str:
    """Step 1: choose the list and the practice it is of."""
    return _choose(BacklogForm().offer(_practices()))


@blueprint.post("/import/list")
@needs(Action.WORK_QUEUE)
def take() -> BaseResponse | tuple[str, int]:
    """Stage the list and go on: to its columns, or with all of them known to the check page."""
    form = BacklogForm().offer(_practices())
    if not form.validate():
        return _choose(form), 422
    practice = next((one for one in _practices() if one.public_id == form.practice.data), None)
    if practice is None:
        abort(404)
    uploads, refused = scanned([form.file.data])
    try:
        for refusal in refused:
            raise refusal.problem
        upload = next(uploads)
        with transaction(g.session) as session:
            require_room(session, practice, len(upload.data), settings().practice_mb)
            row = stage_backlog(session, practice, upload.filename, upload.data, _by())
            ready = row.preview["mapping"] and not missing_columns(row.preview["columns"])
            if ready:
                check_or_ask(session, row, load(), g.user.id, g.now, g.today)
            code = row.public_id
    except NoRoom as full:
        form.file.errors = [f"{full}."]
        return _choose(form), 422
    except ImportProblem as problem:
        form.file.errors = [f"{problem.why} {problem.what_to_do}".strip()]
        return _choose(form), 422
    return redirect(url_for(".check" if ready else ".columns", public_id=code), 303)


def _choose(form: BacklogForm) -> str:
    return render_template("backlog/choose.html", form=form, max_mb=MAX_MB, max_rows=MAX_ROWS, undo_days=UNDO_DAYS)


def _practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


def _by() -> Staged:
    return Staged(g.user.id, g.now, settings().staged_hours)


def _find(public_id: str) -> ImportFile:
    row: ImportFile | None = g.session.scalar(
        select(ImportFile).where(ImportFile.public_id == public_id, ImportFile.file_format == BACKLOG)
    )
    return row or abort(404)


def _over(row: ImportFile) -> BaseResponse:
    """Lead from a list that waits no more to what came of it."""
    return redirect(url_for("imports.check", batch=row.batch), 303)


@blueprint.get("/import/list/<public_id>/columns")
@needs(Action.WORK_QUEUE)
def columns(public_id: str) -> BaseResponse | str:
    """Step 2: which column is what, as far as the headers tell."""
    row = _find(public_id)
    if row.state != "staged":
        return _over(row)
    return _columns_page(row, _columns_form(row))


def _columns_form(row: ImportFile) -> ColumnsForm:
    return ColumnsForm.of(table_in(g.session, row), row.preview["columns"], row.preview["mapping"])


def _columns_page(row: ImportFile, form: ColumnsForm) -> str:
    table = table_in(g.session, row)
    shown(len(table.rows))
    return render_template("backlog/columns.html", row=row, form=form, table=table)


@blueprint.post("/import/list/<public_id>/columns")
@needs(Action.WORK_QUEUE)
def set_columns(public_id: str) -> BaseResponse | tuple[str, int]:
    """Keep the chosen columns with the list, and under a name for lists like it."""
    row = _find(public_id)
    if row.state != "staged":
        return _over(row)
    form = _columns_form(row)
    if not form.validate() or form.lacks():
        return _columns_page(row, form), 422
    with transaction(g.session) as session:
        row.preview = row.preview | {"columns": form.columns(), "mapping": ""}
        if form.save_as.data:
            save_mapping(session, row, table_in(session, row), form.save_as.data, form.columns(), _by())
        check_or_ask(session, row, load(), g.user.id, g.now, g.today)
    return redirect(url_for(".check", public_id=public_id), 303)


@blueprint.get("/import/list/<public_id>")
@needs(Action.WORK_QUEUE)
def check(public_id: str) -> BaseResponse | str:
    """Step 3: what logging the list would do; a list still at work leads to its progress."""
    row = _find(public_id)
    job = job_of(g.session, row) if row.state in {"staged", "storing"} else None
    if job is not None and job.state in {"queued", "running"}:
        return redirect(url_for("jobs.show", public_id=job.public_id))
    if not waits(g.session, row):
        return _over(row)
    given_up = ImportProblem("List", job.error, _AGAIN) if job is not None and job.state == "failed" else None
    if "rows" not in row.preview:
        if given_up is not None:
            say(f"The list could not be checked. {given_up.why} {given_up.what_to_do}")
        return redirect(url_for(".columns", public_id=public_id), 303)
    refused = row.preview.get("refused")
    return _check_page(row, ImportProblem(**refused) if refused else given_up)


def _check_page(row: ImportFile, refused: ImportProblem | None = None) -> str:
    found = kept_check(row)
    show_all = request.values.get("show") == "all"
    rows = found.rows if show_all else found.rows[:SHOWN]
    shown(len(rows))
    return render_template(
        "backlog/check.html", row=row, found=found, rows=rows, show_all=show_all, refused=refused,
        before=logged_before(g.session, row), undo_days=UNDO_DAYS,
    )  # fmt: skip


@blueprint.post("/import/list/<public_id>/log")
@needs(Action.WORK_QUEUE)
def log(public_id: str) -> BaseResponse | tuple[str, int]:
    """Log the ticked rows, all in one; the rows that were not listed are logged unless they look like others."""
    row = _find(public_id)
    if not waits(g.session, row):
        return _over(row)
    if "rows" not in row.preview:
        return redirect(url_for(".columns", public_id=public_id), 303)
    found = kept_check(row)
    listed = found.rows if request.form.get("show") == "all" else found.rows[:SHOWN]
    ticked = {int(number) for number in request.form.getlist("log") if number.isascii() and number.isdigit()}
    chosen = ticked | {each.row for each in found.rows[len(listed) :] if not each.same_as}
    try:
        with transaction(g.session) as session:
            log_or_ask(session, row, chosen, load(), g.user.id, g.now, g.today)
    except ImportProblem as problem:
        row = _find(public_id)
        if row.state != "staged":
            return _over(row)
        with transaction(g.session) as session:
            check_backlog(session, row, load(), g.now, g.today)
        return _check_page(row, problem), 409
    return _over(row)


@blueprint.post("/import/list/<public_id>/cancel")
@needs(Action.WORK_QUEUE)
def drop(public_id: str) -> BaseResponse:
    """Drop a staged list."""
    row = _find(public_id)
    with transaction(g.session) as session:
        if waits(g.session, row):
            row.state = "staged"
        cancel(session, row, g.now)
    say("Import cancelled. Nothing was saved.")
    return redirect(url_for("imports.choose"), 303)
