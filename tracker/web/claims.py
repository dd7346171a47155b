"""A claim's page: as billed, the payer's answers, denials, notes, coverage and plan."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Claim, Patient
from tracker.reports.claim_page import claim_page
from tracker.services.notes import KINDS
from tracker.web.coverage_form import (
    EditConflict,
    conflict_page,
    coverage_form,
    errors_of,
    save_coverage,
    sent_form,
)
from tracker.web.navigation import say

blueprint = Blueprint("claims", __name__)


@blueprint.get("/claims/<public_id>")
def show(public_id: str) -> str:
    """Show a claim."""
    return _page(_claim(public_id))


def _claim(public_id: str) -> Claim:
    claim: Claim | None = g.session.scalar(select(Claim).where(Claim.public_id == public_id))
    if claim is None:
        abort(404)
    return claim


def _patient(claim: Claim) -> Patient:
    patient: Patient = g.session.get_one(Patient, (claim.practice_id, claim.patient_id))
    return patient


def _page(claim: Claim, coverage: Any = None) -> str:
    return render_template(
        "claims/show.html",
        page=claim_page(g.session, claim, g.today),
        claim=claim,
        patient=_patient(claim),
        form=coverage or coverage_form(_patient(claim), claim),
        form_errors=errors_of(coverage) if coverage else [],
        kinds=KINDS,
        codes=load().codes,
    )


@blueprint.post("/claims/<public_id>/coverage")
def save(public_id: str) -> BaseResponse | tuple[str, int]:
    """Save the "Coverage and plan" form of the claim."""
    claim = _claim(public_id)
    form = sent_form(claim)
    if not form.validate():
        return _page(claim, coverage=form), 422
    try:
        with transaction(g.session):
            changed = save_coverage(form, _patient(claim), claim)
    except EditConflict:
        return conflict_page()
    say("Coverage and plan saved. The likely causes were looked for again." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)
