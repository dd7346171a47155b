"""The forms of saved views."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from tracker.models import Practice
from tracker.web.forms.fields import ChoiceField, TextLineField


class ViewForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What a view is called and who sees it; ``version`` is what the person saw."""

    version = HiddenField()
    name = TextLineField(
        "Name of the view",
        [InputRequired("Enter a name for the view"), Length(max=40, message="Name must be 40 characters or fewer")],
    )
    shared = ChoiceField("Who sees it")

    def offer(self, practices: Iterable[Practice]) -> "ViewForm":
        """Offer oneself, and the practices the person may share with."""
        everybody = (SelectChoice(one.public_id, f"Everybody of {one.name}") for one in practices)
        self.shared.choices = [SelectChoice("", "Only me"), *everybody]
        return self
