"""The form that records that a therapist was asked."""

from datetime import date
from typing import Self

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.web.forms.fields import DateField, TextLineField


class AskedForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Who was asked and by when the answer is wanted; ``version`` is the denial the person saw."""

    version = HiddenField()
    asked_of = TextLineField(
        "Asked of", validators=[Length(max=120, message="Asked of must be 120 characters or fewer")]
    )
    answer_by = DateField("Answer by", validators=[InputRequired("Enter the day by which you want an answer")])

    def prepare(self, today: date) -> Self:
        """Take the day that an answer cannot be wanted before."""
        self._today = today
        return self

    def validate_answer_by(self, field: DateField) -> None:
        """Refuse a day that has passed."""
        if field.data is not None and field.data < self._today:
            raise ValidationError("Answer by must be today or later")
