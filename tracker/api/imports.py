"""Imports: files uploaded, what is in them, stored or cancelled, and what came of it."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, g, request

from tracker.api.resource import PageAsked, Resource, changes, located, once, page_told, skipped
from tracker.api.schemas.imports import Import, ImportConfirmed, ImportList
from tracker.domain.access import Action
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import ImportFile, Job, Practice
from tracker.reports.import_check import Earlier, check_batch, earlier_imports, logged_by
from tracker.reports.imports_list import imports_list
from tracker.services.import_batches import Staging, batch_rows, confirm_batch, jobs_of, stage_batch
from tracker.services.importing import cancel
from tracker.services.working import ChangeError
from tracker.web.access import needs
from tracker.web.forms.imports import MOST_FILES
from tracker.web.request import settings
from tracker.web.uploads import scanned

blueprint = Resource("imports", "Files of payers and clearinghouses: 835, 837P, 277CA and 999.")

_BUSY = frozenset({"queued", "running"})
_FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
                },
                "required": ["files"],
            }
        }
    },
}


@blueprint.route("/imports")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, ImportList)
@needs(Action.WORK_QUEUE, verb=Verb.IMPORT)
def list_imports(asked: dict[str, Any]) -> dict[str, Any]:
    """List the files that were brought in, newest first."""
    rows, total = imports_list(g.session, skipped(asked), asked["page_size"])
    return page_told(asked, total, rows)


@blueprint.route("/imports", methods=["POST"])
@blueprint.doc(requestBody=_FILES)
@once
@blueprint.response(201, Import)
@needs(Action.WORK_QUEUE, verb=Verb.IMPORT)
def upload() -> Any:
    """Upload files. They are read and checked; nothing is logged before they are confirmed.

    A file goes by the NPI it names to the token's practice; one that names another NPI is refused.
    """
    files = [file for file in request.files.getlist("files") if file.filename]
    if not 0 < len(files) <= MOST_FILES:
        raise ChangeError(f"Send 1 to {MOST_FILES} files in the part named files", "files")
    uploads, refused = scanned(files)
    own = settings()
    chosen = None if g.practice.npi else g.session.get_one(Practice, g.practice.id)
    staging = Staging(g.scope, chosen, g.user.id, g.now, load(), own.max_import_mb, own.staged_hours, own.practice_mb)
    batch = stage_batch(g.session, uploads, staging, refused)
    if batch.held:
        raise ChangeError("A file is for an NPI that is not the practice's. Look at it on the page Import", "files")
    if not batch.rows:
        reasons = [f"{one.problem.where}: {one.problem.why} {one.problem.what_to_do}" for one in batch.refusals]
        raise ChangeError(" ".join(reasons), "files")
    g.session.flush()
    return located(_told(batch.code), ".read_import", import_id=batch.code)


@blueprint.route("/imports/<id:import_id>")
@blueprint.response(200, Import)
@needs(Action.WORK_QUEUE, verb=Verb.IMPORT)
def read_import(import_id: str) -> dict[str, Any]:
    """Read how a batch stands: what is found in it, and once it is stored what it logged."""
    return _told(import_id)


def _rows(code: str) -> list[ImportFile]:
    return batch_rows(g.session, code) or abort(404)


def _told(code: str) -> dict[str, Any]:
    rows = _rows(code)
    jobs = list(jobs_of(g.session, rows).values())
    found = check_batch([row for row in rows if row.preview], _already(rows))
    logged = logged_by(g.session, [row for row in rows if row.state == "stored"], g.today)
    return {
        "id": code, "state": _state(rows, jobs), "files": rows, "problems": [*found.refused, *found.problems],
        "claims": found.claims, "denials": [one._asdict() | {"key": f"{one.file}.{one.key}"} for one in found.denials],
        "logged": logged, "work": [_work(job) for job in jobs],
    }  # fmt: skip


def _work(job: Job) -> dict[str, Any]:
    progress = current_app.extensions["tracker_progress"](job)
    return {"state": job.state, "done": progress.done, "total": progress.total, "doing": progress.doing}


def _state(rows: Sequence[ImportFile], jobs: Sequence[Job]) -> str:
    states = {row.state for row in rows}
    if any(job.state in _BUSY for job in jobs):
        return "working"
    return next((state for state in ("staged", "stored") if state in states), "over")


def _already(rows: Sequence[ImportFile]) -> dict[int, str]:
    return {row_id: _before(earlier) for row_id, earlier in earlier_imports(g.session, rows).items()}


def _before(earlier: Earlier | None) -> str:
    if earlier is None:
        return "Everything in it was imported before, with other files."
    return f"This file was imported on {earlier.on.isoformat()}."


@blueprint.route("/imports/<id:import_id>/confirm", methods=["POST"])
@blueprint.arguments(ImportConfirmed)
@changes
@blueprint.response(200, Import)
@needs(Action.WORK_QUEUE, verb=Verb.IMPORT)
def confirm_import(sent: dict[str, Any], import_id: str) -> dict[str, Any]:
    """Store the files of a batch; what was stored before stays, so that this may be sent again."""
    rows = _not_busy(import_id)
    confirm_batch(g.session, rows, set(sent["leave_out"]), g.user.id, g.now, g.today, load())
    g.session.flush()
    return _told(import_id)


def _not_busy(code: str) -> list[ImportFile]:
    rows = _rows(code)
    if any(job.state in _BUSY for job in jobs_of(g.session, rows).values()):
        raise ChangeError("The files are still being read or stored. Read the import until it is not working any more")
    return rows


@blueprint.route("/imports/<id:import_id>/cancel", methods=["POST"])
@changes
@blueprint.response(200, Import)
@needs(Action.WORK_QUEUE, verb=Verb.IMPORT)
def cancel_import(import_id: str) -> dict[str, Any]:
    """Drop the staged files of a batch."""
    for row in _not_busy(import_id):
        cancel(g.session, row, g.now)
    g.session.flush()
    return _told(import_id)
