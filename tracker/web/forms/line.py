"""The form that puts a typed claim line right, with the fields of the form that logs a denial."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from tracker.importers.typed import read_line
from tracker.models import ClaimLine
from tracker.services.typed_lines import TypedLine
from tracker.web.forms.fields import AmountField, DateField, TextLineField
from tracker.web.forms.log import require_line


class LineForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Code with modifiers and units, date of service and billed amount; ``version`` is the claim's."""

    version = HiddenField()
    service_date = DateField("Service date", [InputRequired("Enter the service date")])
    line = TextLineField("Line code, modifiers and units", [InputRequired("Enter the line code"), Length(max=40)])
    amount = AmountField("Billed amount")

    def prepare(self, today: date) -> "LineForm":
        """Take what the checks need."""
        self._today = today
        return self

    def validate_service_date(self, field: Field) -> None:
        """A service lies in the past."""
        if field.data is not None and field.data > self._today:
            raise ValidationError("Service date must be in the past")

    def validate_line(self, field: Field) -> None:
        """Code, modifiers and units must be readable."""
        require_line(field)

    def validate_amount(self, field: Field) -> None:
        """An amount above nothing."""
        if not field.data:
            raise StopValidation("Enter the billed amount in dollars, like 148.20")

    def typed(self) -> TypedLine:
        """Return what was typed; call it after validation."""
        read = read_line(self.line.data)
        assert self.service_date.data is not None
        assert self.amount.data is not None
        return TypedLine(
            read.code, " ".join(read.modifiers), read.units, self.amount.data, self.service_date.data
        )  # fmt: skip


def line_form(line: ClaimLine, version: int) -> LineForm:
    """Return the form with what is stored, as a person would type it."""
    words = [line.code, line.modifiers, f"x{line.units:g}"]
    return LineForm(
        formdata=None,
        prefix=f"line{line.line}-",
        version=str(version),
        line=" ".join(filter(None, words)),
        service_date=line.service_date,
        amount=line.charge_cents,
    )
