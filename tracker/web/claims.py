"""A claim's page: as billed, the payer's answers, denials, notes, coverage and plan."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.provider_reasons import words_for
from tracker.knowledge import load
from tracker.models import Claim, ClaimLine, Patient, Provider
from tracker.reports.claim_page import claim_page
from tracker.services.diagnosing import diagnose_claims
from tracker.services.notes import KINDS
from tracker.services.record_facts import Clinician, edit_claim
from tracker.services.typed_lines import Edit, edit_line
from tracker.web.access import needs
from tracker.web.coverage_form import (
    EditConflict,
    coverage_form,
    errors_of,
    other_coverage,
    save_coverage,
    sent_form,
)
from tracker.web.forms.line import LineForm, line_form
from tracker.web.forms.record_facts import ClaimForm
from tracker.web.navigation import say
from tracker.web.other_version import other_version

blueprint = Blueprint("claims", __name__)

_CLINICIAN = ("npi", "name", "credential", "discipline")


@blueprint.get("/claims/<public_id>")
@needs(Action.WORK_QUEUE)
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


def _facts_form(claim: Claim) -> ClaimForm:
    provider_id = claim.rendering_provider_id
    provider = g.session.get(Provider, (claim.practice_id, provider_id)) if provider_id else None
    clinician = {f"clinician_{name}": getattr(provider, name, "") for name in _CLINICIAN}
    return ClaimForm(formdata=None, prefix="claim-", obj=claim, version=str(claim.version), **clinician)


def _line_forms(claim: Claim, sent: LineForm | None, number: int) -> dict[int, LineForm]:
    """Return a form for each line that a person typed; none for claims that a file brought."""
    if claim.source != "hand":
        return {}
    lines = select(ClaimLine).where(ClaimLine.practice_id == claim.practice_id, ClaimLine.claim_id == claim.id)
    forms = {line.line: line_form(line, claim.version) for line in g.session.scalars(lines.order_by(ClaimLine.line))}
    return forms | ({number: sent} if sent else {})


def _page(claim: Claim, coverage: Any = None, facts: Any = None, line: Any = None, number: int = 0) -> str:
    return render_template(
        "claims/show.html",
        page=claim_page(g.session, claim, load(), g.today),
        claim=claim,
        patient=_patient(claim),
        form=coverage or coverage_form(_patient(claim), claim),
        form_errors=errors_of(coverage) if coverage else [],
        facts=facts or _facts_form(claim),
        lines=_line_forms(claim, line, number),
        line_sent=line,
        kinds=KINDS,
        provider_words=words_for,
        codes=load().codes,
        wrong=load().often_said,
    )


@blueprint.post("/claims/<public_id>/coverage")
@needs(Action.WORK_QUEUE)
def save(public_id: str) -> Any:
    """Save the "Coverage and plan" form of the claim."""
    claim = _claim(public_id)
    form = sent_form(claim)
    if not form.validate():
        return _page(claim, coverage=form), 422
    try:
        with transaction(g.session):
            changed = save_coverage(form, _patient(claim), claim)
    except EditConflict:
        now = _claim(public_id)
        return other_coverage(form, _patient(now), now, url_for(".show", public_id=public_id))
    say("Coverage and plan saved. The likely causes were looked for again." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/claims/<public_id>/facts")
@needs(Action.WORK_QUEUE)
def edit(public_id: str) -> Any:
    """Set the payer's claim number, the day it was sent and who treated."""
    claim = _claim(public_id)
    form = ClaimForm(prefix="claim-")
    if not form.validate():
        return _page(claim, facts=form), 422
    values = {"payer_claim_number": form.payer_claim_number.data, "submitted_on": form.submitted_on.data}
    typed = [form[f"clinician_{name}"].data or "" for name in _CLINICIAN]
    try:
        with transaction(g.session):
            seen = int(form.version.data) if (form.version.data or "").isdigit() else 0
            who = Clinician(*typed) if typed[0] else None
            changed = edit_claim(g.session, claim, seen, values, who, g.now, g.user.id)
            diagnose_claims(g.session, claim.practice_id, [claim.id], load(), g.today)
    except EditConflict:
        now = _claim(public_id)
        return other_version(form, _facts_form(now), now, url_for(".show", public_id=public_id))
    say("Claim saved." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/claims/<public_id>/lines/<int:number>")
@needs(Action.WORK_QUEUE)
def edit_typed_line(public_id: str, number: int) -> Any:
    """Put a typed line's code, modifiers, units, charge or date right."""
    claim = _claim(public_id)
    own = (ClaimLine.practice_id == claim.practice_id, ClaimLine.claim_id == claim.id, ClaimLine.line == number)
    line = g.session.scalar(select(ClaimLine).where(*own))
    if line is None:
        abort(404)
    form = LineForm(prefix=f"line{number}-").prepare(g.today)
    if not form.validate():
        return _page(claim, line=form, number=number), 422
    seen = int(form.version.data) if (form.version.data or "").isdigit() else 0
    try:
        with transaction(g.session) as session:
            edit = Edit(seen, g.now, g.today, g.user.id)
            changed = edit_line(session, claim, line, form.typed(), edit, load())
    except EditConflict:
        now = _claim(public_id)
        forms = _line_forms(now, None, number)
        if number not in forms:
            say("A file brought this claim meanwhile, with lines of its own. What you typed was not saved.")
            return _page(now), 409
        return other_version(form, forms[number], now, url_for(".show", public_id=public_id))
    say("Line saved. The likely causes were looked for again." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)
