"""A form of buttons alone: it carries the version of the row that the person saw."""

from flask_wtf import FlaskForm
from wtforms import HiddenField


class VersionForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """``version`` is what the person saw."""

    version = HiddenField()
