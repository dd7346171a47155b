"""A patient's threshold ledger: what Medicare allowed in a year against the KX and review thresholds."""

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.domain.access import Action
from tracker.domain.threshold_ledger import POOLS
from tracker.knowledge import load
from tracker.models import Patient, Practice
from tracker.reports.threshold_page import threshold_page
from tracker.web.access import needs

blueprint = Blueprint("thresholds", __name__)


def _patient(public_id: str) -> Patient:
    patient: Patient | None = g.session.scalar(select(Patient).where(Patient.public_id == public_id))
    if patient is None:
        abort(404)
    return patient


@blueprint.get("/patients/<public_id>/thresholds")
@needs(Action.WORK_QUEUE)
def this_year(public_id: str) -> BaseResponse:
    """Go to the ledger of the current year."""
    return redirect(url_for(".show", public_id=_patient(public_id).public_id, year=g.today.year))


@blueprint.get("/patients/<public_id>/thresholds/<int:year>")
@needs(Action.WORK_QUEUE)
def show(public_id: str, year: int) -> str:
    """Show the ledger of a year."""
    patient = _patient(public_id)
    page = threshold_page(g.session, patient, year, load())
    return render_template(
        "thresholds/show.html",
        page=page,
        patient=patient,
        practice=g.session.get_one(Practice, patient.practice_id),
        pools=POOLS,
        today=g.today,
    )
