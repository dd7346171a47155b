"""Progress of long work: a page that renews itself, with or without JavaScript."""

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.domain.access import Action
from tracker.models import ImportFile, Job, PracticeFile
from tracker.services.backlog import CHECK, LOG
from tracker.services.fee_schedules import COUNT
from tracker.services.letter_batches import DRAFT, SIGN
from tracker.services.monthly_reports import MAKE
from tracker.services.practice_files import EXPORT, LOOK, TAKE
from tracker.services.practice_keys import ROTATION
from tracker.web.access import needs
from tracker.web.request import is_htmx

blueprint = Blueprint("jobs", __name__)

_WORDS = {
    "import.preview": "Reading the file",
    "import.store": "Saving the file",
    CHECK: "Checking the list",
    LOG: "Logging the list",
    "causes.renew": "Looking for causes again",
    DRAFT: "Drafting letters",
    SIGN: "Making PDFs",
    ROTATION: "Renewing a key",
    EXPORT: "Exporting the practice",
    LOOK: "Looking at the file",
    TAKE: "Taking the practice in",
    MAKE: "Making reports",
    COUNT: "Counting what is expected",
}
_COUNTED = {CHECK: "rows", LOG: "rows", ROTATION: "rows", EXPORT: "rows", LOOK: "rows", TAKE: "rows", COUNT: "months"}
_AFTER = {ROTATION: "keys.show", MAKE: "reports.index", COUNT: "fee_schedules.index"}
_BROUGHT = frozenset({LOOK, TAKE})


@blueprint.get("/jobs/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> BaseResponse | str:
    """Show how far a job is; when it is done, go where its result is."""
    job = g.session.scalar(select(Job).where(Job.public_id == public_id))
    if job is None or not _is_ones_own(job):
        abort(404)
    source = _import_of(job)
    after = _after(job, source)
    if job.state in {"done", "failed"}:
        return Response("", 200, {"HX-Redirect": after}) if is_htmx() else redirect(after)
    page = "jobs/progress.html" if is_htmx() else "jobs/show.html"
    return render_template(
        page,
        job=job,
        progress=current_app.extensions["tracker_progress"](job),
        words=_WORDS.get(job.kind, "Working"),
        source=source,
        after=after,
        counted=_COUNTED.get(job.kind, "claims" if source else "denials"),
    )


def _is_ones_own(job: Job) -> bool:
    """A job of a practice in view; one that brings a practice, or is for several, has none and is its person's."""
    return job.practice_id in g.scope or (job.kind in {*_BROUGHT, MAKE} and job.asked_by_id == g.user.id)


def _after(job: Job, source: ImportFile | None) -> str:
    if job.kind in {DRAFT, SIGN}:
        return url_for("letter_batches.show", public_id=job.public_id)
    if job.kind in _AFTER:
        return url_for(_AFTER[job.kind])
    if job.kind == EXPORT:
        practice = next(one for one in g.practices if one.id == job.practice_id)
        return url_for("practice_data.show", public_id=practice.public_id)
    if job.kind in _BROUGHT:
        file: PracticeFile = g.session.get_one(PracticeFile, job.arguments["file"])
        return url_for("practice_taking.look", file_id=file.public_id)
    return url_for("imports.check", batch=source.batch or source.public_id) if source else url_for("queue.show")


def _import_of(job: Job) -> ImportFile | None:
    row: ImportFile | None = g.session.scalar(select(ImportFile).where(ImportFile.id == job.arguments.get("import_id")))
    return row
