"""The form that records that a therapist was asked."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Length

from tracker.web.forms.fields import TextLineField


class AskedForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Who was asked; ``version`` is the denial the person saw."""

    version = HiddenField()
    asked_of = TextLineField(
        "Asked of", validators=[Length(max=120, message="Asked of must be 120 characters or fewer")]
    )
