"""The forms of fee schedules: the file, and the rates that were looked at before they are loaded."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.models import Practice


class _OfPractice(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    practice = SelectField("Practice")

    def offer(self, practices: Iterable[Practice]) -> "_OfPractice":
        """Offer the practices whose rates the person may change."""
        self.practice.choices = [SelectChoice(place.public_id, place.name) for place in practices]
        return self


class FeeScheduleForm(_OfPractice):
    """A list of contracted rates and the practice that has the contracts."""

    file = FileField("Fee schedule")

    def validate_file(self, field: Field) -> None:
        """There must be a file."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError("Choose the fee schedule")


class LoadForm(_OfPractice):
    """The rates as they were shown, as CSV."""

    rates = HiddenField()
