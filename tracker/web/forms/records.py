"""The forms of requests for records: what the payer's letter says, and what was sent."""

from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.domain.appeal_life import METHODS
from tracker.domain.remittance import Person
from tracker.models import Practice
from tracker.services.added_files import AddedFile
from tracker.services.logging_denials import TypedClaim
from tracker.services.records_requests import Asked
from tracker.web.forms.fields import AmountField, ChoiceField, DateField, TextLineField
from tracker.web.forms.log import require_name


class AskedForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What the payer's letter says."""

    version = HiddenField()
    requested_on = DateField("Date of the letter", validators=[InputRequired("Enter the date of the letter")])
    due = DateField("Records due")
    reference = TextLineField(
        "Payer's reference", validators=[Length(max=80, message="Payer's reference must be 80 characters or fewer")]
    )
    wanted = TextAreaField(
        "What it asks for",
        filters=[lambda text: (text or "").strip()],
        validators=[
            InputRequired("Enter what the letter asks for"),
            Length(max=1000, message="What it asks for must be 1,000 characters or fewer"),
        ],
    )
    file = FileField("The letter")

    def asked(self, letter: AddedFile | None) -> Asked:
        """Return what was typed, with the letter; call it after validation."""
        return Asked(self.requested_on.given, self.wanted.data, self.reference.data or "", self.due.data, letter)


class RequestForm(AskedForm):
    """A letter about a claim that need not be here yet."""

    practice = SelectField("Practice")
    payer = TextLineField("Payer", [InputRequired("Enter the payer"), Length(max=120)])
    patient = TextLineField("Patient", [InputRequired("Enter the patient"), Length(max=160)])
    claim_number = TextLineField("Claim number", [InputRequired("Enter the claim number"), Length(max=80)])
    service_date = DateField("Service date", [InputRequired("Enter the service date")])
    billed = AmountField("Billed amount")
    birth_date = DateField("Date of birth")

    def prepare(self, practices: Iterable[Practice], today: date) -> "RequestForm":
        """Offer the practices a person sees, and take what the checks need."""
        self.practice.choices = [SelectChoice(place.public_id, place.name) for place in practices]
        self._today = today
        return self

    def validate_patient(self, field: Field) -> None:
        """Names come last name first, so that no guess is needed."""
        require_name(field)

    def validate_service_date(self, field: Field) -> None:
        """A service lies in the past."""
        if field.data is not None and field.data > self._today:
            raise ValidationError("Service date must be in the past")

    def claim(self) -> TypedClaim:
        """Return the claim as typed; call it after validation."""
        last, _, first = (part.strip() for part in self.patient.data.partition(","))
        person = Person(last[:80], first[:80], birth_date=self.birth_date.data)
        return TypedClaim(self.payer.data, person, self.claim_number.data, self.service_date.given)


class RecordsSentForm(FlaskForm):  # type: ignore[misc]
    """When and how the records went out."""

    version = HiddenField()
    sent_on = DateField("Date sent", validators=[InputRequired("Enter the date sent")])
    method = ChoiceField("How they were sent", choices=METHODS)
    tracking = TextLineField(
        "Confirmation or tracking number", validators=[Length(max=80, message="Number must be 80 characters or fewer")]
    )


class DueForm(FlaskForm):  # type: ignore[misc]
    """Another last day, as the payer said."""

    version = HiddenField()
    due = DateField("Records due", validators=[InputRequired("Enter the date the records are due")])
