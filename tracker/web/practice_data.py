"""All the data of a practice: taken out in one encrypted file, and how long imported files are kept. For owners."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, send_file, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.export_reasons import REASON_WORDS, Reason
from tracker.models import Practice
from tracker.services import practice_files
from tracker.services.owner_requests import Kind, RequestProblem, ask, open_requests, other_owners
from tracker.services.retention import files_older_than, keep_files
from tracker.services.user_mail import About
from tracker.web.access import allows, needs
from tracker.web.audited import shown
from tracker.web.filters import plural
from tracker.web.forms.practice_data import ExportForm, KeepFilesForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version
from tracker.web.proof import tell
from tracker.web.request import settings
from tracker.web.settings import own_practice

blueprint = Blueprint("practice_data", __name__, url_prefix="/settings/practices/<public_id>/data")


def two_decide() -> bool:
    """Whether what destroys something takes a second owner here (security.md C-55)."""
    return settings().profile == "company"


def tell_owners(session: Any, practice: Practice, about: About, *, also_me: bool = False) -> None:
    """Tell the other owners of a practice, and perhaps the person too."""
    for user in other_owners(session, practice.id, g.user.id):
        tell(session, user, about)
    if also_me:
        tell(session, g.user, about)


@blueprint.get("")
@needs(Action.OWN_PRACTICE)
def show(public_id: str) -> str:
    """Show what can be done with all the data of a practice."""
    return _page(own_practice(public_id))


def _page(
    practice: Practice, *, export: ExportForm | None = None, keep: KeepFilesForm | None = None, going: int = 0
) -> str:
    """Return the page; a form that was refused is shown with what was typed, ``going`` is how many files would go."""
    exports = practice_files.exports_of(g.session, practice.id)
    jobs = {row.id: practice_files.job_of(g.session, row, practice_files.EXPORT) for row in exports}
    shown(len(exports))
    refused: FlaskForm | None = next((form for form in (export, keep) if form is not None and form.errors), None)
    return render_template(
        "practice_data/show.html", practice=practice, exports=exports, jobs=jobs, reasons=REASON_WORDS, refused=refused,
        form=export or ExportForm(formdata=None), may_protected=allows(Action.PROTECTED_NOTES, practice.id),
        keep=keep or KeepFilesForm(formdata=None, version=practice.version, months=practice.keep_files_months),
        going=going, two_decide=two_decide(), asked=open_requests(g.session, [practice.id], g.now),
    )  # fmt: skip


# ---- out ----


@blueprint.post("/export")
@needs(Action.OWN_PRACTICE, fresh=True)
@once
def export(public_id: str) -> BaseResponse | str | tuple[str, int]:
    """Ask for a file with everything; a passphrase that is made here is shown once."""
    practice, form = own_practice(public_id), ExportForm()
    form.own_words = (practice.name, g.user.login, g.user.name)
    if not form.validate():
        return _page(practice, export=form), 422
    typed = form.passphrase.data or ""
    secret = typed or practice_files.new_passphrase()
    protected = bool(form.with_protected.data) and allows(Action.PROTECTED_NOTES, practice.id)
    reason = Reason(form.reason.data)
    g.doing.detail["reason"] = reason
    with transaction(g.session) as session:
        job = practice_files.ask_for_export(
            session, practice, reason, secret, g.now, g.user.id, with_protected=protected
        )
        tell_owners(session, practice, About.EXPORT_OF_ALL, also_me=True)
        address = url_for("jobs.show", public_id=job.public_id)
    if typed:
        return redirect(address, 303)
    return render_template("practice_data/made.html", practice=practice, secret=secret, address=address)


@blueprint.get("/exports/<file_id>")
@needs(Action.OWN_PRACTICE, fresh=True)
def download(public_id: str, file_id: str) -> Response:
    """Give the file of an export."""
    practice = own_practice(public_id)
    row = practice_files.ready_export(g.session, practice.id, file_id, g.now)
    path = practice_files.path_of(settings(), row) if row else None
    if row is None or path is None or not path.exists():
        abort(404)
    g.doing.detail["reason"] = row.reason
    shown(row.told.get("rows", 0))
    name = f"practice-export-{row.asked_at.astimezone().date().isoformat()}.zip"
    answer = send_file(path, "application/zip", as_attachment=True, download_name=name, etag=False, last_modified=None)
    for extra in ("Last-Modified", "Accept-Ranges", "Date"):
        answer.headers.pop(extra, None)
    return answer


# ---- how long files are kept ----


@blueprint.post("/keep-files")
@needs(Action.OWN_PRACTICE, fresh=True)
def keep(public_id: str) -> Any:
    """Keep imported files for so many months; what would go at once is counted and shown first."""
    practice, form = own_practice(public_id), KeepFilesForm()
    if not form.validate():
        return _page(practice, keep=form), 422
    here = url_for(".show", public_id=public_id)
    if form.version.data != str(practice.version):
        saved = KeepFilesForm(formdata=None, version=practice.version, months=practice.keep_files_months)
        return other_version(form, saved, practice, here)
    months = form.months.data or None
    going = files_older_than(g.session, practice.id, months, g.now)
    if going and form.agreed.data != str(going):
        form.agreed.data = str(going)
        return _page(practice, keep=form, going=going), 422
    try:
        with transaction(g.session) as session:
            if going and two_decide():
                asked = ask(session, practice, Kind.KEEP_FILES, g.now, g.user.id, months)
                tell_owners(session, practice, About.OWNER_ASKED)
                say("Another owner was asked to confirm. Nothing was changed yet.")
                return redirect(url_for("practice_requests.show", public_id=public_id, request_id=asked.public_id), 303)
            keep_files(practice, months)
    except RequestProblem as problem:
        form.months.errors = [str(problem)]
        return _page(own_practice(public_id), keep=form), 422
    say(f"Imported files are kept {plural(months, 'month') if months else 'for good'}.")
    return redirect(here, 303)
