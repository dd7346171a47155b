"""A patient's page: claims, denials, notes, coverage and plan."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Patient
from tracker.reports.patient_page import patient_page
from tracker.services.diagnosing import diagnose_claims
from tracker.services.notes import KINDS, NoteError, add_note
from tracker.services.record_facts import edit_patient
from tracker.web.coverage_form import (
    EditConflict,
    conflict_page,
    coverage_form,
    errors_of,
    save_coverage,
    sent_form,
)
from tracker.web.forms.notes import NoteForm
from tracker.web.forms.record_facts import PatientForm
from tracker.web.navigation import say
from tracker.web.uploads import note_from

blueprint = Blueprint("patients", __name__)


@blueprint.get("/patients/<public_id>")
def show(public_id: str) -> str:
    """Show a patient."""
    return _page(_patient(public_id))


def _patient(public_id: str) -> Patient:
    patient: Patient | None = g.session.scalar(select(Patient).where(Patient.public_id == public_id))
    if patient is None:
        abort(404)
    return patient


def _facts_form(patient: Patient) -> PatientForm:
    return PatientForm(formdata=None, prefix="patient-", obj=patient, version=str(patient.version))


def _page(patient: Patient, coverage: Any = None, note: Any = None, facts: Any = None) -> str:
    return render_template(
        "patients/show.html",
        page=patient_page(g.session, patient),
        patient=patient,
        form=coverage or coverage_form(patient, None),
        form_errors=errors_of(coverage) if coverage else [],
        facts=facts or _facts_form(patient),
        forms={"note": note or NoteForm(formdata=None, prefix="note-")},
        kinds=KINDS,
    )


@blueprint.post("/patients/<public_id>/coverage")
def save(public_id: str) -> BaseResponse | tuple[str, int]:
    """Save the "Coverage and plan" form."""
    patient = _patient(public_id)
    form = sent_form(None)
    if not form.validate():
        return _page(patient, coverage=form), 422
    try:
        with transaction(g.session):
            changed = save_coverage(form, patient, None)
    except EditConflict:
        return conflict_page()
    say("Coverage and plan saved. The likely causes were looked for again." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/patients/<public_id>/facts")
def edit(public_id: str) -> BaseResponse | str | tuple[str, int]:
    """Set name, date of birth and member id."""
    patient = _patient(public_id)
    form = PatientForm(prefix="patient-")
    if not form.validate():
        return _page(patient, facts=form), 422
    values = {name: form[name].data for name in ("last_name", "first_name", "birth_date", "member_id")}
    try:
        with transaction(g.session):
            seen = int(form.version.data) if (form.version.data or "").isdigit() else 0
            changed = edit_patient(g.session, patient, seen, values, g.now, g.user.id)
    except EditConflict:
        return conflict_page()
    say("Patient saved." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/patients/<public_id>/notes")
def add_a_note(public_id: str) -> BaseResponse | tuple[str, int]:
    """Keep a note of the patient and link it to the claims it fits."""
    patient = _patient(public_id)
    form = NoteForm(prefix="note-")
    if not form.validate():
        return _page(patient, note=form), 422
    try:
        with transaction(g.session):
            added = add_note(g.session, patient, note_from(form), g.now, g.user.id)
            diagnose_claims(g.session, patient.practice_id, added.claim_ids, load(), g.today)
    except NoteError as problem:
        form.text.errors = [str(problem)]
        return _page(_patient(public_id), note=form), 422
    say("Note added." if added.is_new else "That note is already here.")
    return redirect(url_for(".show", public_id=public_id), 303)
