"""Requests for records (ADR): the list, one logged from the payer's letter, each answered or closed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.appeal_life import METHODS
from tracker.domain.due import due
from tracker.knowledge import load
from tracker.models import Claim, Patient, Payer, Practice, RecordsRequest
from tracker.reports.requests_list import request_page, requests_list
from tracker.services.appeal_sending import Sending
from tracker.services.denial_files import TITLES
from tracker.services.logging_denials import LoggingProblem, find_or_make_claim
from tracker.services.records_requests import close_request, log_request, move_due, reopen_request
from tracker.services.working import ChangeError
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.forms.records import DueForm, RecordsSentForm, RequestForm
from tracker.web.log import payer_names
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version
from tracker.web.request import acting
from tracker.web.uploads import UploadProblem, paper_from

blueprint = Blueprint("records_requests", __name__)


@blueprint.get("/records-requests")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List the requests, those to answer first."""
    rows = requests_list(g.session)
    shown(len(rows))
    return render_template("records_requests/index.html", rows=rows, due=due)


@blueprint.get("/records-requests/new")
@needs(Action.WORK_QUEUE)
def new() -> str:
    """Show the empty form, or one filled from the claim it was opened from."""
    claim = g.session.scalar(select(Claim).where(Claim.public_id == request.args.get("claim", "")))
    return _form_page(_prepared(RequestForm(formdata=None, **_known(claim))))


def _known(claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {"practice": g.practice.public_id if g.practice else None}
    patient = g.session.get_one(Patient, (claim.practice_id, claim.patient_id))
    return {
        "practice": g.session.get_one(Practice, claim.practice_id).public_id,
        "payer": g.session.get_one(Payer, claim.payer_id).name,
        "patient": f"{patient.last_name}, {patient.first_name}",
        "claim_number": claim.control_number,
        "service_date": claim.service_from,
    }


def _prepared(form: RequestForm) -> RequestForm:
    return form.prepare([one for one in g.practices if one.id in g.scope], g.today)


def _form_page(form: RequestForm) -> str:
    return render_template("records_requests/new.html", form=form, payers=payer_names())


@blueprint.post("/records-requests/new")
@needs(Action.WORK_QUEUE)
@once
def create() -> BaseResponse | str | tuple[str, int]:
    """Log a request with the payer's letter."""
    form = _prepared(RequestForm())
    if not form.validate():
        return _form_page(form), 422
    practice = next((one for one in g.practices if one.public_id == form.practice.data), None)
    if practice is None:
        abort(404)
    try:
        with transaction(g.session) as session:
            letter = paper_from(form.file.data, TITLES["request"], practice.id)
            claim = find_or_make_claim(session, practice.id, form.claim(), form.billed.data or 0)
            row = log_request(session, claim, form.asked(letter), load(), acting())
            number, public_id = row.number, row.public_id
    except (LoggingProblem, ChangeError, UploadProblem) as problem:
        form[getattr(problem, "field", "file")].errors = [str(problem)]
        return _form_page(form), 422
    say(f"R-{number} logged.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.get("/records-requests/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show one request."""
    return _page(public_id, {})


def _page(public_id: str, refused: dict[str, Any]) -> str:
    page = request_page(g.session, public_id, load())
    if page is None:
        abort(404)
    row = page.row.request
    forms = _new_forms(row) | refused
    return render_template(
        "records_requests/show.html", page=page, forms=forms, refused=next(iter(refused.values()), None),
        methods=METHODS, clock=due("records_due", row.due_safe, g.today, row.due_legal),
    )  # fmt: skip


def _new_forms(row: RecordsRequest) -> dict[str, Any]:
    version = str(row.version)
    return {
        "sent": RecordsSentForm(formdata=None, prefix="sent-", version=version, sent_on=g.today, method="portal"),
        "due": DueForm(formdata=None, prefix="due-", version=version, due=row.due_safe),
    }


def _find(public_id: str) -> RecordsRequest:
    found: RecordsRequest | None = g.session.scalar(select(RecordsRequest).where(RecordsRequest.public_id == public_id))
    if found is None:
        abort(404)
    return found


def _take(public_id: str, name: str, form: Any, work: Callable[[RecordsRequest], str]) -> Any:
    """Do what a form asks for and go back to the request; with a problem show the page again with what was typed."""
    row = _find(public_id)
    if form.version.data != str(row.version):
        return other_version(form, _new_forms(row)[name], row, url_for(".show", public_id=public_id))
    if not form.validate():
        return _page(public_id, {name: form}), 422
    try:
        with transaction(g.session):
            words = work(row)
    except ChangeError as problem:
        g.session.rollback()
        form[problem.field].errors = [str(problem)]
        return _page(public_id, {name: form}), 422
    say(words)
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/records-requests/<public_id>/sent")
@needs(Action.WORK_QUEUE)
@once
def sent(public_id: str) -> Any:
    """Record that the records went out."""
    form = RecordsSentForm(prefix="sent-")

    def work(row: RecordsRequest) -> str:
        sending = Sending(form.sent_on.given, form.method.data, form.tracking.data)
        close_request(g.session, row, sending, load(), acting())
        return f"R-{row.number}: records sent."

    return _take(public_id, "sent", form, work)


@blueprint.post("/records-requests/<public_id>/due")
@needs(Action.WORK_QUEUE)
def change_due(public_id: str) -> Any:
    """Set another last day."""
    form = DueForm(prefix="due-")

    def work(row: RecordsRequest) -> str:
        move_due(g.session, row, form.due.given, load(), acting())
        return f"R-{row.number}: records due {form.due.given:%m/%d/%Y}."

    return _take(public_id, "due", form, work)


@blueprint.post("/records-requests/<public_id>/close")
@needs(Action.WORK_QUEUE)
def close(public_id: str) -> BaseResponse:
    """Close a request that is no longer wanted, or open a closed one again."""
    row = _find(public_id)
    with transaction(g.session):
        if row.closed_on is None:
            close_request(g.session, row, None, load(), acting())
            say(f"R-{row.number} is closed.")
        else:
            reopen_request(g.session, row, load(), acting())
            say(f"R-{row.number} is open again.")
    return redirect(url_for(".show", public_id=public_id), 303)
