"""The "Coverage and plan" form on the patient's and the claim's page: filled from what is on file, and saved."""

from typing import Any

from flask import g

from tracker.knowledge import load
from tracker.models import Authorization, Claim, EligibilityCheck, Patient, PlanOfCare
from tracker.services.coverage import (
    AUTHORIZATION,
    ELIGIBILITY,
    PLAN,
    EditConflict,
    TypedPart,
    add_submission,
    claims_of_patient,
    coverage_of,
    log_change,
    save_part,
)
from tracker.services.diagnosing import diagnose_claims
from tracker.web.forms.coverage import ClaimCoverageForm, CoverageForm
from tracker.web.other_version import other_version

_MODELS = {"authorization": Authorization, "eligibility": EligibilityCheck, "plan": PlanOfCare}
_NAMES = {"authorization": AUTHORIZATION, "eligibility": ELIGIBILITY, "plan": PLAN}
_YES_NO = {True: "yes", False: "no", None: ""}


def coverage_form(patient: Patient, claim: Claim | None) -> CoverageForm:
    """Return the form with what is on file for the patient, or for the claim."""
    on_file = coverage_of(g.session, patient.practice_id, patient.id, claim.id if claim else None)
    known: dict[str, dict[str, Any]] = {}
    for part, names in _NAMES.items():
        row = getattr(on_file, part)
        known[part] = {name: getattr(row, name) for name in names} | {"version": row.version} if row else {}
    if on_file.plan is not None:
        known["plan"]["order_on_file"] = _YES_NO[on_file.plan.order_on_file]
    return (ClaimCoverageForm if claim else CoverageForm)(formdata=None, data=known)


def sent_form(claim: Claim | None) -> CoverageForm:
    """Return the form as a person sent it."""
    return ClaimCoverageForm() if claim else CoverageForm()


def save_coverage(form: CoverageForm, patient: Patient, claim: Claim | None) -> bool:
    """Save what changed and look for causes again; return whether anything changed.

    Raises EditConflict when somebody else saved a part since the form was opened.
    """
    claim_id = claim.id if claim else None
    saved = [
        part for part in _MODELS if save_part(g.session, patient.practice_id, patient.id, claim_id, _typed(form, part))
    ]
    if claim is not None and form["submission"].sent_on.data is not None:
        sent = form["submission"]
        add_submission(g.session, claim, sent.sent_on.data, sent.receipt.data, sent.proof.data)
        saved.append("submission")
    if saved:
        subject = ("claim", claim.id) if claim else ("patient", patient.id)
        log_change(g.session, patient.practice_id, *subject, saved, g.now, g.user.id)
        claims = [claim.id] if claim else claims_of_patient(g.session, patient.practice_id, patient.id)
        diagnose_claims(g.session, patient.practice_id, claims, load(), g.today)
    return bool(saved)


def _typed(form: CoverageForm, part: str) -> TypedPart:
    fields = form[part]
    values = {name: fields[name].data for name in _NAMES[part]}
    if part == "plan":
        values["order_on_file"] = {"yes": True, "no": False}.get(values["order_on_file"])
    version = fields["version"].data
    return TypedPart(_MODELS[part], values, int(version) if version and version.isdigit() else None)


def errors_of(form: CoverageForm) -> list[tuple[str, str]]:
    """Return (field id, message) of every refused field of every part."""
    return [
        (field.id, field.errors[0]) for part in form if hasattr(part, "form") for field in part.form if field.errors
    ]


def other_coverage(form: CoverageForm, patient: Patient, claim: Claim | None, back: str) -> Any:
    """Answer a form that was made before somebody else saved one of its parts."""
    return other_version(form, coverage_form(patient, claim), claim or patient, back)


__all__ = ["EditConflict", "coverage_form", "errors_of", "other_coverage", "save_coverage", "sent_form"]
