"""The form that logs a denial by hand: nine facts, typed as the remittance or the paper EOB shows them."""

from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from tracker.domain.remittance import Person
from tracker.importers.typed import ReasonError, read_line, read_reason
from tracker.knowledge import Knowledge
from tracker.models import Practice
from tracker.services.logging_denials import TypedDenial
from tracker.web.forms.fields import AmountField, DateField, TextLineField


def require_line(field: Field) -> None:
    """Raise ValidationError, saying what to do, unless a field holds a line as typed."""
    try:
        read_line(field.data)
    except ValueError as problem:
        raise ValidationError(str(problem)) from None


def require_name(field: Field) -> None:
    """Raise ValidationError unless a field holds a last and a first name with a comma between."""
    last, comma, first = (part.strip() for part in field.data.partition(","))
    if not comma or not last or not first:
        raise ValidationError("Enter last name and first name with a comma between, like Okafor, Nina")


class LogForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Nine facts and, if the rule's date is wrong, the file-by date."""

    practice = SelectField("Practice")
    payer = TextLineField("Payer", [InputRequired("Enter the payer"), Length(max=120)])
    patient = TextLineField("Patient", [InputRequired("Enter the patient"), Length(max=160)])
    claim_number = TextLineField("Claim number", [InputRequired("Enter the claim number"), Length(max=80)])
    service_date = DateField("Service date", [InputRequired("Enter the service date")])
    reason = TextLineField("Reason code", [InputRequired("Enter the reason code, like CO-50"), Length(max=60)])
    line = TextLineField("Line code and modifiers", [Length(max=40)])
    amount = AmountField("Denied amount")
    denied_on = DateField("Denial date", [InputRequired("Enter the denial date")])
    file_by = DateField("File-by date")
    birth_date = DateField("Date of birth")
    file = FileField("EOB or denial letter")
    scan = HiddenField()
    anyway = HiddenField()

    def prepare(self, practices: Iterable[Practice], knowledge: Knowledge, today: date) -> "LogForm":
        """Offer the practices a person sees, and take what the checks need."""
        self.practice.choices = [SelectChoice(place.public_id, place.name) for place in practices]
        self._knowledge, self._today = knowledge, today
        return self

    def validate_patient(self, field: Field) -> None:
        """Names come last name first, so that no guess is needed."""
        require_name(field)

    def validate_service_date(self, field: Field) -> None:
        """A service lies in the past."""
        if field.data is not None and field.data > self._today:
            raise ValidationError("Service date must be in the past")

    def validate_denied_on(self, field: Field) -> None:
        """A denial comes after its service and not in the future."""
        if field.data is not None and field.data > self._today:
            raise ValidationError("Denial date must be today or in the past")
        if field.data is not None and self.service_date.data is not None and field.data < self.service_date.data:
            raise ValidationError("Denial date must not be before the service date")

    def validate_reason(self, field: Field) -> None:
        """Group and code must be known."""
        try:
            read_reason(field.data, self._knowledge)
        except ReasonError as problem:
            raise ValidationError(str(problem)) from None

    def validate_line(self, field: Field) -> None:
        """Code, modifiers and units must be readable."""
        require_line(field)

    def validate_amount(self, field: Field) -> None:
        """An amount above nothing."""
        if not field.data:
            raise StopValidation("Enter the denied amount in dollars, like 148.20")

    def typed(self) -> TypedDenial:
        """Return what was typed; call it after validation."""
        service_date, denied_on, cents = self.service_date.data, self.denied_on.data, self.amount.data
        assert service_date is not None
        assert denied_on is not None
        assert cents is not None
        last, _, first = (part.strip() for part in self.patient.data.partition(","))
        reason, line = read_reason(self.reason.data, self._knowledge), read_line(self.line.data or "")
        return TypedDenial(
            payer_name=self.payer.data, patient=Person(last[:80], first[:80], birth_date=self.birth_date.data), claim_number=self.claim_number.data,
            service_date=service_date, group_code=reason.group, carc=reason.carc, remarks=reason.remarks,
            code=line.code, modifiers=line.modifiers, units=line.units, amount_cents=cents,
            denied_on=denied_on, file_by=self.file_by.data,
        )  # fmt: skip
