"""The forms of the settings page."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tracker.domain.npi import is_npi
from tracker.domain.zones import ZONES
from tracker.web.forms.fields import EMAIL, TextLineField


class LooksForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """How the pages look, whether names are masked, and whether single keys are shortcuts."""

    theme = RadioField("Colors", choices={"system": "As this computer", "light": "Light", "dark": "Dark"})
    compact_rows = BooleanField("Compact rows in the queue")
    mask_names = BooleanField("Mask names: patients are shown by their initials, for sharing your screen")
    single_keys = BooleanField("Single keys are shortcuts, like j, k and x in the queue")


class MailForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Where the digest goes."""

    email = TextLineField("E-mail address", EMAIL)


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
    time_zone = SelectField("Time zone", choices={"": "As this server", **ZONES}, filters=[lambda name: name or ""])
    mail_reports = BooleanField("E-mail a link when a monthly report is final")

    def validate_npi(self, field: Field) -> None:
        """An NPI has a check digit: a slip of the finger is found here, not by the payer."""
        if not is_npi(field.data):
            raise ValidationError("NPI must be 10 digits with the right check digit. Compare it with the card")


class OwnNumberForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A number under which payers pay a practice too."""

    number = TextLineField("NPI or tax ID", [InputRequired("Enter an NPI or a tax ID"), Length(max=20)])


class SubmittedForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Claims submitted by month; ``version`` is what the person saw."""

    version = HiddenField()
    counts = TextAreaField("Month and claims submitted", [Length(max=8000, message="Use 8,000 characters or fewer")])


class RemoveDemoForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A tick, because this cannot be undone."""

    sure = BooleanField("Remove all demo data", [InputRequired("Tick the box to remove the demo data")])
