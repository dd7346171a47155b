"""Taking in a practice that an installation exported: upload, a look at what would come, confirm. For owners."""

from flask import Blueprint, abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import PracticeFile
from tracker.services import practice_files
from tracker.web.access import needs
from tracker.web.forms.practice_data import TakeInForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.request import settings

blueprint = Blueprint("practice_taking", __name__, url_prefix="/settings/take-in")


@blueprint.get("")
@needs(Action.OWN_PRACTICE, fresh=True)
def choose() -> str:
    """Show the form for the file of an export."""
    return _form(TakeInForm(formdata=None))


def _form(form: TakeInForm) -> str:
    return render_template("practice_data/take_in.html", form=form, max_mb=settings().max_import_mb)


@blueprint.post("")
@needs(Action.OWN_PRACTICE, fresh=True)
@once
def take() -> BaseResponse | tuple[str, int]:
    """Keep the file for a day, and ask for a look at it."""
    form = TakeInForm()
    if not form.validate():
        return _form(form), 422
    with transaction(g.session) as session:
        job = practice_files.bring(
            session, settings(), form.file.data.stream, form.passphrase.data, form.name.data, g.now, g.user.id
        )
    return redirect(url_for("jobs.show", public_id=job.public_id), 303)


def _find(file_id: str) -> PracticeFile:
    row = practice_files.brought(g.session, file_id, g.user.id)
    return row or abort(404)


@blueprint.get("/<file_id>")
@needs(Action.OWN_PRACTICE)
def look(file_id: str) -> BaseResponse | str:
    """Show what would come in, or what is wrong; a file at work leads to its progress."""
    row = _find(file_id)
    jobs = [practice_files.job_of(g.session, row, kind) for kind in (practice_files.TAKE, practice_files.LOOK)]
    job = next((each for each in jobs if each is not None), None)
    if job is not None and job.state in {"queued", "running"}:
        return redirect(url_for("jobs.show", public_id=job.public_id), 303)
    return render_template("practice_data/look.html", row=row, error=job.error if job else "")


@blueprint.post("/<file_id>/confirm")
@needs(Action.OWN_PRACTICE, fresh=True)
def confirm(file_id: str) -> BaseResponse:
    """Take in what was looked at; sent again, it leads to the same work."""
    row = _find(file_id)
    if row.state not in {"ready", "taking"}:
        return redirect(url_for(".look", file_id=file_id), 303)
    with transaction(g.session) as session:
        job = practice_files.ask_to_take_in(session, row, g.now)
    return redirect(url_for("jobs.show", public_id=job.public_id), 303)


@blueprint.post("/<file_id>/cancel")
@needs(Action.OWN_PRACTICE, fresh=True)
def cancel(file_id: str) -> BaseResponse:
    """Remove a file that is not taken in after all."""
    row = _find(file_id)
    if row.state == "ready":
        with transaction(g.session):
            practice_files.end(row, "gone")
        practice_files.path_of(settings(), row).unlink(missing_ok=True)
        say("The file is removed. Nothing was taken in.")
    return redirect(url_for(".choose"), 303)
