"""Small forms for the facts of a patient and of a claim."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from tracker.web.forms.fields import ChoiceField, DateField, TextLineField
from tracker.web.forms.notes import DISCIPLINES


def _most(label: str, most: int) -> Length:
    return Length(max=most, message=f"{label} must be {most} characters or fewer")


class PatientForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Who the patient is, as the payer knows them."""

    version = HiddenField()
    last_name = TextLineField("Last name", validators=[InputRequired("Enter the last name"), _most("Last name", 80)])
    first_name = TextLineField("First name", validators=[_most("First name", 80)])
    birth_date = DateField("Date of birth")
    member_id = TextLineField("Member ID", validators=[_most("Member ID", 80)])


class ClaimForm(FlaskForm):  # type: ignore[misc]
    """What a letter needs of a claim and the files may not hold."""

    version = HiddenField()
    payer_claim_number = TextLineField("Payer's claim number (ICN)", validators=[_most("Payer's claim number", 80)])
    submitted_on = DateField("Date the claim was sent")
    clinician_name = TextLineField("Treating clinician", validators=[_most("Treating clinician", 120)])
    clinician_credential = TextLineField("Credential, like PT, DPT", validators=[_most("Credential", 40)])
    clinician_npi = TextLineField(
        "Clinician's NPI", validators=[Regexp(r"(\d{10})?$", message="Clinician's NPI must be 10 digits")]
    )
    clinician_discipline = ChoiceField("Clinician's discipline", choices={**DISCIPLINES, "": "Not known"})

    def validate_clinician_npi(self, field: TextLineField) -> None:
        """A name without an NPI could not be found again on the next claim."""
        if self.clinician_name.data and not field.data:
            raise ValidationError("Enter the clinician's NPI")
