"""The "Coverage and plan" form: authorization, coverage, plan of care, submission receipt."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import FormField, HiddenField
from wtforms.form import Form
from wtforms.validators import Length, ValidationError

from tracker.web.forms.fields import ChoiceField, CountField, DateField, TextLineField

_YES_NO = {"": "Not known", "yes": "Yes", "no": "No"}


def _short(label: str, most: int) -> Length:
    return Length(max=most, message=f"{label} must be {most} characters or fewer")


def _in_order(first: DateField, last: DateField) -> None:
    if first.data and last.data and last.data < first.data:
        raise ValidationError(f"{last.label.text} must be on or after {first.label.text.lower()}")


class AuthorizationPart(Form):  # type: ignore[misc]  # WTForms has no types
    """A prior authorization on file."""

    version = HiddenField()
    number = TextLineField("Authorization number", validators=[_short("Authorization number", 80)])
    valid_from = DateField("Authorized from")
    valid_to = DateField("Authorized to")
    visits_allowed = CountField("Visits authorized")
    visits_used = CountField("Visits used")
    units_allowed = CountField("Units authorized")
    codes = TextLineField("Codes covered", validators=[_short("Codes covered", 200)])

    def validate_valid_to(self, field: Any) -> None:
        """The end must not come before the start."""
        _in_order(self.valid_from, field)


class EligibilityPart(Form):  # type: ignore[misc]  # WTForms has no types
    """What the payer said about coverage."""

    version = HiddenField()
    active_from = DateField("Coverage from")
    active_to = DateField("Coverage to")
    checked_on = DateField("Checked on")
    other_coverage = TextLineField("Other coverage", validators=[_short("Other coverage", 200)])
    visit_limit = CountField("Visit limit")
    visits_used = CountField("Visits used of the limit")

    def validate_active_to(self, field: Any) -> None:
        """The end must not come before the start."""
        _in_order(self.active_from, field)


class PlanPart(Form):  # type: ignore[misc]  # WTForms has no types
    """The plan of care and its certification."""

    version = HiddenField()
    established_on = DateField("Plan established on")
    certified_on = DateField("Certified on")
    certified_by = TextLineField("Certified by", validators=[_short("Certified by", 120)])
    order_on_file = ChoiceField("Order on file", choices=_YES_NO)
    sent_to_physician_on = DateField("Sent to the physician on")
    duration_days = CountField("Days the plan lasts", most=730)
    interventions = TextLineField("Interventions, with a comma between", validators=[_short("Interventions", 300)])
    last_progress_report_on = DateField("Last progress report on")
    treatment_days_since_progress_report = CountField("Treatment days since that report", most=365)


class SubmissionPart(Form):  # type: ignore[misc]  # WTForms has no types
    """One sending of the claim with its receipt; empty when there is none to add."""

    sent_on = DateField("Claim sent on")
    receipt = ChoiceField("Receipt", choices={"": "None", "999": "999", "277CA": "277CA"})
    proof = TextLineField("What the receipt says", validators=[_short("What the receipt says", 300)])

    def validate_proof(self, field: Any) -> None:
        """A receipt belongs to a sending."""
        if (field.data or self.receipt.data) and self.sent_on.data is None and not self.sent_on.errors:
            raise ValidationError("Enter the date the claim was sent")


class CoverageForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What no file brings about a patient."""

    authorization = FormField(AuthorizationPart)
    eligibility = FormField(EligibilityPart)
    plan = FormField(PlanPart)


class ClaimCoverageForm(CoverageForm):
    """The same for one claim, with its submission receipts."""

    submission = FormField(SubmissionPart)
