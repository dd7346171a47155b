"""A patient's page: claims, denials, notes, coverage and plan."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.models import Patient
from tracker.reports.duplicate_patients import likely_pairs
from tracker.reports.patient_page import patient_page
from tracker.services.merging_patients import last_merge
from tracker.services.note_taking import take_note
from tracker.services.notes import KINDS, LooksProtected, NoteError, added_words
from tracker.services.record_facts import edit_patient
from tracker.web.access import needs
from tracker.web.coverage_form import (
    EditConflict,
    coverage_form,
    errors_of,
    other_coverage,
    save_coverage,
    sent_form,
)
from tracker.web.document_notes import is_document, staged
from tracker.web.forms.notes import NoteForm
from tracker.web.forms.record_facts import PatientForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version
from tracker.web.uploads import UploadProblem, note_from

blueprint = Blueprint("patients", __name__)


@blueprint.get("/patients/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show a patient."""
    return _page(find_patient(public_id))


def find_patient(public_id: str) -> Patient:
    """Return a patient of the practices in view, by the id in an address."""
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
        pairs=likely_pairs(g.session, patient),
        merge=last_merge(g.session, patient, g.now),
        merged_into=g.session.get(Patient, (patient.practice_id, patient.merged_into_id))
        if patient.merged_into_id
        else None,
    )


@blueprint.post("/patients/<public_id>/coverage")
@needs(Action.WORK_QUEUE)
def save(public_id: str) -> Any:
    """Save the "Coverage and plan" form."""
    patient = find_patient(public_id)
    form = sent_form(None)
    if not form.validate():
        return _page(patient, coverage=form), 422
    try:
        with transaction(g.session):
            changed = save_coverage(form, patient, None)
    except EditConflict:
        return other_coverage(form, find_patient(public_id), None, url_for(".show", public_id=public_id))
    say("Coverage and plan saved. The likely causes were looked for again." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/patients/<public_id>/facts")
@needs(Action.WORK_QUEUE)
def edit(public_id: str) -> Any:
    """Set name, date of birth and member id."""
    patient = find_patient(public_id)
    form = PatientForm(prefix="patient-")
    if not form.validate():
        return _page(patient, facts=form), 422
    values = {name: form[name].data for name in ("last_name", "first_name", "birth_date", "member_id")}
    try:
        with transaction(g.session):
            seen = int(form.version.data) if (form.version.data or "").isdigit() else 0
            changed = edit_patient(g.session, patient, seen, values, g.now, g.user.id)
    except EditConflict:
        now = find_patient(public_id)
        return other_version(form, _facts_form(now), now, url_for(".show", public_id=public_id))
    say("Patient saved." if changed else "Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


def _document(patient: Patient, form: NoteForm) -> BaseResponse | tuple[str, int]:
    """Lead to the page that shows what is in a document before anything of it is saved."""
    try:
        return staged(form.file.data, patient.practice_id)
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
        return _page(patient, note=form), 422


@blueprint.post("/patients/<public_id>/notes")
@needs(Action.WORK_QUEUE)
@once
def add_a_note(public_id: str) -> BaseResponse | tuple[str, int]:
    """Keep a note of the patient and link it to the claims it fits."""
    patient = find_patient(public_id)
    form = NoteForm(prefix="note-")
    if is_document(form.file.data) and not (form.text.data or "").strip():
        return _document(patient, form)
    if not form.validate():
        return _page(patient, note=form), 422
    try:
        with transaction(g.session):
            new = note_from(form, patient.practice_id)
            added = take_note(g.session, patient, new, load(), g.now, g.today, g.user.id)
    except NoteError as problem:
        (form.protection if isinstance(problem, LooksProtected) else form.text).errors = [str(problem)]
        return _page(find_patient(public_id), note=form), 422
    say(added_words(added))
    return redirect(url_for(".show", public_id=public_id), 303)
