"""The forms of signing: how a person is printed, leave to sign, asking for a signature, and the practice's letterhead."""

from collections.abc import Iterable

from flask import g
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.domain.signing import SIGNER_KINDS
from tracker.models import User
from tracker.web.forms.fields import AmountField, ChoiceField, DateField, TextLineField


class PrintedForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """How letters of a practice print a person."""

    signs_as = ChoiceField("You sign as", choices=dict(SIGNER_KINDS))
    printed_name = TextLineField("Name as printed", [Length(max=120, message="Name must be 120 characters or fewer")])
    credentials = TextLineField("Credentials", [Length(max=60, message="Credentials must be 60 characters or fewer")])
    title = TextLineField("Title", [Length(max=120, message="Title must be 120 characters or fewer")])


class SignaturePictureForm(FlaskForm):  # type: ignore[misc]
    """The picture of one's own signature."""

    file = FileField("Picture of your signature")


class LeaveForm(FlaskForm):  # type: ignore[misc]
    """Who may sign in one's name, and for which days."""

    helper = ChoiceField("Colleague", coerce=int)
    from_on = DateField("From", [InputRequired("Enter the first day")])
    until_on = DateField("Until", [InputRequired("Enter the last day")])

    def offer(self, users: Iterable[User]) -> "LeaveForm":
        """Offer the colleagues who may sign."""
        self.helper.choices = [SelectChoice(str(user.id), user.name) for user in users]
        return self


class AskSignatureForm(FlaskForm):  # type: ignore[misc]
    """Whom to ask for a signature, and by when."""

    signer = ChoiceField("Who signs", coerce=int)
    due = DateField("Sign by", [InputRequired("Enter the day to sign by")])

    def offer(self, users: Iterable[User]) -> "AskSignatureForm":
        """Offer those who may sign the letter."""
        self.signer.choices = [SelectChoice(str(user.id), user.name) for user in users]
        return self

    def validate_due(self, field: Field) -> None:
        """A day that has passed cannot be met."""
        if field.data is not None and field.data < g.today:
            raise ValidationError("Sign by must not be before today")


class LogoForm(FlaskForm):  # type: ignore[misc]
    """The practice's logo, and what it shows, for those who hear the letter read aloud."""

    version = HiddenField()
    file = FileField("Logo")
    words = TextLineField(
        "What the logo shows",
        [
            InputRequired("Say what the logo shows, like Logo of Eastside PT"),
            Length(max=120, message="What the logo shows must be 120 characters or fewer"),
        ],
    )


class SigningRulesForm(FlaskForm):  # type: ignore[misc]
    """Who signs letters of the practice, and which write-offs wait for approval."""

    version = HiddenField()
    own_names_only = BooleanField("On screen, people sign only in their own name, or in that of who gave them leave")
    clinicians_only = BooleanField("Clinical letters are signed by a treating therapist, physician or medical director")
    write_off_limit = AmountField("Write-offs above this amount need approval")

    def validate_write_off_limit(self, field: Field) -> None:
        """Empty means that no write-off waits."""
        if field.data is None and field.raw_data and str(field.raw_data[0]).strip():
            raise ValidationError("Amount must be in dollars, like 250.00")
