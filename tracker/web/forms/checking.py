"""Checking a claim before it goes out: a file, or a claim typed line by line."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.domain.case import CaseLine
from tracker.importers.typed import read_line
from tracker.web.forms.fields import ChoiceField, DateField, TextLineField

_MOST_LINES = 50
KINDS = {
    "medicare_b": "Original Medicare", "medicare_advantage": "Medicare Advantage", "medicaid": "Medicaid",
    "commercial": "Commercial insurance", "tricare": "TRICARE", "va": "VA Community Care",
    "workers_comp": "Workers' compensation", "auto": "Auto insurance",
}  # fmt: skip


class ClaimFileForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """An 837P file or a case file; it is read and forgotten."""

    practice = ChoiceField("Practice")
    file = FileField("File")


class TypedClaimForm(FlaskForm):  # type: ignore[misc]
    """A claim typed: who pays, when, what was done, and the note of the visit."""

    practice = ChoiceField("Practice")
    payer_name = TextLineField(
        "Payer",
        validators=[
            InputRequired("Enter the payer"),
            Length(max=120, message="Payer must be 120 characters or fewer"),
        ],
    )
    payer_kind = ChoiceField("Kind of payer", choices=KINDS, default="medicare_b")
    service_date = DateField("Service date", validators=[InputRequired("Enter the service date")])
    lines = TextAreaField(
        "Lines",
        validators=[
            InputRequired("Enter at least one line, like 97110 GP x2"),
            Length(max=4000, message="Lines must be 4,000 characters or fewer"),
        ],
    )
    diagnoses = TextLineField(
        "Diagnoses", validators=[Length(max=200, message="Diagnoses must be 200 characters or fewer")]
    )
    note = TextAreaField(
        "Note of the visit", validators=[Length(max=200_000, message="Note must be 200,000 characters or fewer")]
    )

    def validate_lines(self, field: TextAreaField) -> None:
        """Refuse a line that cannot be read; the message names it."""
        rows = [row for row in (field.data or "").splitlines() if row.strip()]
        if len(rows) > _MOST_LINES:
            raise ValidationError(f"Lines must be {_MOST_LINES} or fewer")
        for number, row in enumerate(rows, 1):
            try:
                read_line(row)
            except ValueError as problem:
                raise ValidationError(f"Line {number}: {problem}") from None

    def claim_lines(self) -> tuple[CaseLine, ...]:
        """Return the lines as typed; amounts are not asked for, and each line points to all diagnoses."""
        pointers = tuple(range(1, len((self.diagnoses.data or "").split()) + 1))[:4]
        rows = (read_line(row) for row in (self.lines.data or "").splitlines() if row.strip())
        day = self.service_date.data
        assert day is not None  # the form was validated
        return tuple(
            CaseLine(number, day, row.code, row.modifiers, row.units, 0, pointers) for number, row in enumerate(rows, 1)
        )
