"""Progress of long work: a page that renews itself, with or without JavaScript."""

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.models import ImportFile, Job
from tracker.services.letter_batches import DRAFT, SIGN
from tracker.web.request import is_htmx

blueprint = Blueprint("jobs", __name__)

_WORDS = {
    "import.preview": "Reading the file",
    "import.store": "Saving the file",
    "causes.renew": "Looking for causes again",
    DRAFT: "Drafting letters",
    SIGN: "Making PDFs",
}


@blueprint.get("/jobs/<public_id>")
def show(public_id: str) -> BaseResponse | str:
    """Show how far a job is; when it is done, go where its result is."""
    job = g.session.scalar(select(Job).where(Job.public_id == public_id))
    if job is None or job.practice_id not in g.scope:
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
    )


def _after(job: Job, source: ImportFile | None) -> str:
    if job.kind in {DRAFT, SIGN}:
        return url_for("letter_batches.show", public_id=job.public_id)
    return url_for("imports.check", batch=source.batch or source.public_id) if source else url_for("queue.show")


def _import_of(job: Job) -> ImportFile | None:
    row: ImportFile | None = g.session.scalar(select(ImportFile).where(ImportFile.id == job.arguments.get("import_id")))
    return row
