"""The forms of the settings page."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, PasswordField, RadioField, TextAreaField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp, ValidationError

from tracker.domain.npi import is_npi
from tracker.web.forms.fields import TextLineField


class LooksForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """How the pages look, and whether single keys are shortcuts."""

    theme = RadioField("Colors", choices={"system": "As this computer", "light": "Light", "dark": "Dark"})
    compact_rows = BooleanField("Compact rows in the queue")
    single_keys = BooleanField("Single keys are shortcuts, like j, k and x in the queue")


class MailForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Where the digest goes."""

    email = TextLineField(
        "E-mail address",
        [
            Optional(),
            Length(max=120),
            Regexp(r"[^@\s<>,]+@[^@\s<>,]+$", message="E-mail address must be like name@example.org"),
        ],
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A new password, typed twice."""

    old = PasswordField("Present password", [InputRequired("Enter the present password"), Length(max=200)])
    new = PasswordField("New password", [InputRequired("Enter the new password"), Length(max=200)])
    again = PasswordField("New password again", [EqualTo("new", "The two new passwords must be the same")])


class PracticeForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A practice and who signs its letters; ``version`` is what the person saw."""

    version = HiddenField()
    name = TextLineField("Name", [InputRequired("Enter the practice's name"), Length(max=120)])
    npi = TextLineField("NPI", [Optional(), Length(max=20)])
    tin = TextLineField("Tax ID", [Length(max=12)])
    address = TextAreaField("Address", [Length(max=300)])
    phone = TextLineField("Phone", [Length(max=40)])
    fax = TextLineField("Fax", [Length(max=40)])
    signer_name = TextLineField("Who signs letters", [Length(max=120)])
    signer_title = TextLineField("Title of who signs", [Length(max=120)])

    def validate_npi(self, field: Field) -> None:
        """An NPI has a check digit: a slip of the finger is found here, not by the payer."""
        if not is_npi(field.data):
            raise ValidationError("NPI must be 10 digits with the right check digit. Compare it with the card")


class RemoveDemoForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A tick, because this cannot be undone."""

    sure = BooleanField("Remove all demo data", [InputRequired("Tick the box to remove the demo data")])
