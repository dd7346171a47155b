"""Merging patients who are stored twice: likely pairs, the two side by side, and taking a merge back."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.models import Event, Patient
from tracker.reports.duplicate_patients import likely_pairs
from tracker.services.coverage import claims_of_patient
from tracker.services.diagnosing import diagnose_claims
from tracker.services.merging_patients import (
    MERGED,
    UNDO_DAYS,
    MergeRefused,
    merge_patients,
    part_patients,
    rows_of,
    why_not,
)
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.navigation import refuse, say
from tracker.web.patients import find_patient

blueprint = Blueprint("merging", __name__)


@blueprint.get("/duplicate-patients")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List patients who may be the same person."""
    pairs = likely_pairs(g.session)
    shown(len(pairs))
    return render_template("patients/duplicates.html", pairs=pairs)


@blueprint.get("/patients/<public_id>/same-as/<other_id>")
@needs(Action.WORK_QUEUE)
def compare(public_id: str, other_id: str) -> str:
    """Show two patients side by side."""
    both = find_patient(public_id), find_patient(other_id)
    return render_template(
        "patients/compare.html", both=both, why_not=why_not(*both), days=UNDO_DAYS,
        counts=[rows_of(g.session, one) for one in both],
    )  # fmt: skip


@blueprint.post("/patients/<public_id>/same-as/<other_id>")
@needs(Action.WORK_QUEUE)
def merge(public_id: str, other_id: str) -> BaseResponse:
    """Merge the other patient into this one."""
    stays, goes = find_patient(public_id), find_patient(other_id)
    try:
        with transaction(g.session):
            merge_patients(g.session, stays, goes, g.now, g.user.id)
            _look_again(stays)
    except MergeRefused as problem:
        refuse(f"{problem}. Nothing was changed.")
        return redirect(url_for(".compare", public_id=public_id, other_id=other_id), 303)
    say(f"Patients merged. You can undo this here for {UNDO_DAYS} days.")
    return redirect(url_for("patients.show", public_id=public_id), 303)


def _look_again(*patients: Patient) -> None:
    """Look for the causes of patients' denials again: notes and what is on file changed hands."""
    for one in patients:
        claims = claims_of_patient(g.session, one.practice_id, one.id)
        diagnose_claims(g.session, one.practice_id, claims, load(), g.today)


@blueprint.post("/patients/<public_id>/part")
@needs(Action.WORK_QUEUE)
def part(public_id: str) -> BaseResponse:
    """Undo the merge that the form names."""
    patient, number = find_patient(public_id), request.form.get("event", "")
    event = g.session.get(Event, (patient.practice_id, int(number))) if number.isdigit() and len(number) < 20 else None
    if event is None or event.kind != MERGED or event.subject_id != patient.id:
        abort(404)
    try:
        with transaction(g.session):
            other = part_patients(g.session, patient, event, g.now, g.user.id)
            _look_again(patient, other)
        say("Merge undone. The two patients are apart again.")
    except MergeRefused as problem:
        refuse(f"{problem}. Nothing was changed.")
    return redirect(url_for("patients.show", public_id=public_id), 303)
