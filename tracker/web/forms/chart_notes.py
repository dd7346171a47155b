"""The form of a note on the trend chart."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Length

from tracker.models import Practice
from tracker.web.forms.fields import ChoiceField, DateField, TextLineField


class ChartNoteForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A day, what happened, and who sees it; ``version`` is what the person saw."""

    version = HiddenField()
    day = DateField("Date", [InputRequired("Enter the date")])
    words = TextLineField(
        "What changed", [InputRequired("Enter what changed"), Length(max=120, message="Use 120 characters or fewer")]
    )
    practice = ChoiceField("Practice")
    shared = BooleanField("Everybody of the practice sees it")

    def offer(self, practices: Iterable[Practice]) -> "ChartNoteForm":
        """Offer the practices the note can be of."""
        self.practice.choices = [(one.public_id, one.name) for one in practices]
        return self
