"""Fee schedules: contracted rates loaded from a list after a look at what it does, shown, exported, removed."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.importers.errors import ImportProblem
from tracker.importers.fee_schedule import FeeSchedule
from tracker.models import ContractedRate, Job, Payer, Practice
from tracker.reports.contracted_rates import held_rates, rates_of, rates_sheet, sheet_of
from tracker.reports.csv_export import csv_of
from tracker.services.backlog import MAX_MB
from tracker.services.fee_schedules import MAX_ROWS, By, changes, load_rates, read_schedule, remove_rates
from tracker.web.access import allows, needs
from tracker.web.files import file_of
from tracker.web.filters import plural
from tracker.web.forms.fee_schedules import FeeScheduleForm, LoadForm
from tracker.web.navigation import refuse, say
from tracker.web.payers import listed_payers
from tracker.web.uploads import scanned

blueprint = Blueprint("fee_schedules", __name__)


def _practices() -> list[Practice]:
    """Return the practices in view whose rates the person may change."""
    return [one for one in g.practices if one.id in g.scope and allows(Action.PAYER_RULES, one.id)]


def _chosen(public_id: str | None) -> Practice:
    practice = next((one for one in _practices() if one.public_id == public_id), None)
    if practice is None:
        abort(404)
    return practice


def _by() -> By:
    return By(g.user.id, g.now)


@blueprint.get("/payers/fee-schedules")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List whose rates are loaded, and take a list of more."""
    return _index(FeeScheduleForm(formdata=None).offer(_practices()))


def _index(form: Any, read: FeeSchedule | None = None) -> str:
    return render_template(
        "fee_schedules/index.html", rows=held_rates(g.session), form=form if _practices() else None,
        problems=read.problems if read else (), max_mb=MAX_MB, max_rows=MAX_ROWS,
    )  # fmt: skip


@blueprint.post("/payers/fee-schedules")
@needs(Action.PAYER_RULES)
def look() -> str | tuple[str, int]:
    """Show what loading a list would do, or what hinders it; nothing is kept yet."""
    form = FeeScheduleForm().offer(_practices())
    if not form.validate():
        return _index(form), 422
    practice, payers = _chosen(form.practice.data), listed_payers()
    uploads, refused = scanned([form.file.data])
    try:
        for refusal in refused:
            raise refusal.problem
        read = read_schedule(next(uploads).data, payers)
    except ImportProblem as problem:
        form.file.errors = [f"{problem.why} {problem.what_to_do}".strip()]
        return _index(form), 422
    if read.problems:
        return _index(form, read), 422
    return render_template(
        "fee_schedules/look.html", practice=practice, rates=read.rates,
        changes=changes(g.session, practice.id, read.rates, payers), text="".join(csv_of([sheet_of(read.rates)])),
    )  # fmt: skip


@blueprint.post("/payers/fee-schedules/load")
@needs(Action.PAYER_RULES)
def load() -> BaseResponse:
    """Load the rates that were looked at, all of them, read once more."""
    form = LoadForm().offer(_practices())
    practice, payers = _chosen(form.practice.data), listed_payers()
    try:
        read = read_schedule((form.rates.data or "").encode(), payers)
    except ImportProblem:
        read = FeeSchedule((), ())
    if read.problems or not read.rates:
        refuse("These rates cannot be read any more. Add the file again. Nothing was loaded.")
        return redirect(url_for(".index"), 303)
    with transaction(g.session) as session:
        job = load_rates(session, practice.id, read.rates, payers, _by())
        said = f"{plural(len(read.rates), 'rate')} loaded for {practice.name}."
        return _done(said, job)


def _done(said: str, job: Job | None) -> BaseResponse:
    """Say what was done, and go to the list or to the job that counts the denials anew."""
    say(said if job is None else f"{said} Expected amounts are being counted.")
    address = url_for(".index") if job is None else url_for("jobs.show", public_id=job.public_id)
    return redirect(address, 303)


def _payer(public_id: str) -> Payer:
    """Return a payer with rates in a practice in view."""
    held = select(ContractedRate.payer_id).distinct()
    payer = g.session.scalar(select(Payer).where(Payer.public_id == public_id, Payer.id.in_(held)))
    if payer is None:
        abort(404)
    return payer  # type: ignore[no-any-return]  # a session's scalar is Any


@blueprint.get("/payers/<public_id>/rates")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show the rates of a payer, each practice's for itself."""
    payer = _payer(public_id)
    places: dict[Practice, list[ContractedRate]] = {}
    for practice, rate in rates_of(g.session, payer.id):
        places.setdefault(practice, []).append(rate)
    may_change = {one.id for one in _practices()}
    return render_template("fee_schedules/show.html", payer=payer, places=places, may_change=may_change)


@blueprint.get("/payers/fee-schedules/list.<kind>")
@needs(Action.WORK_QUEUE)
def export(kind: str) -> Response:
    """Give the rates of all payers, or of the one in the address, as a file that can be loaded again."""
    public_id = request.args.get("payer")
    payer = _payer(public_id) if public_id else None
    return file_of(kind, "fee-schedules", rates_sheet(g.session, payer.id if payer else None))


@blueprint.post("/payers/<public_id>/rates/remove")
@needs(Action.PAYER_RULES)
def remove(public_id: str) -> BaseResponse:
    """Remove a payer's rates from a practice: its denials count at billed charges again."""
    practice, payer = _chosen(request.form.get("practice")), _payer(public_id)
    with transaction(g.session) as session:
        rows, job = remove_rates(session, practice.id, payer.id, _by())
        return _done(f"{plural(rows, 'rate')} of {payer.name} removed from {practice.name}.", job)
