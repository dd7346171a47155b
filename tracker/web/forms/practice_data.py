"""The forms about all the data of a practice: taking it out, in, away, and how long files are kept."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.domain.export_reasons import OF_EVERYTHING, REASON_WORDS
from tracker.services.password_rules import WeakPassword, refuse_weak
from tracker.services.practice_archive import LEAST_PASSPHRASE
from tracker.web.forms.fields import ChoiceField, CountField, TextLineField
from tracker.web.forms.version import VersionForm

_LONGEST = Length(max=200, message="The passphrase must be 200 characters or fewer")


class ExportForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Why everything is taken out, and what opens the file; without a passphrase one is made."""

    reason = ChoiceField(
        "Why", choices={"": "Choose a reason"} | {one.value: REASON_WORDS[one] for one in OF_EVERYTHING}
    )
    passphrase = PasswordField("Passphrase", [_LONGEST])
    with_protected = BooleanField("With psychotherapy notes and Part 2 records")
    own_words: Iterable[str] = ()

    def validate_reason(self, field: Field) -> None:
        """The audit log says why."""
        if not field.data:
            raise ValidationError("Choose why you take everything out")

    def validate_passphrase(self, field: Field) -> None:
        """The ZIP format derives its key with few rounds, so the passphrase has to carry the weight."""
        if not field.data:
            return
        try:
            refuse_weak(field.data, self.own_words, LEAST_PASSPHRASE)
        except WeakPassword as problem:
            raise ValidationError(
                str(problem).replace("password", "passphrase").replace("Password", "Passphrase")
            ) from None


class KeepFilesForm(VersionForm):
    """For how many months imported files are kept as they came; ``agreed`` is how many the person saw would go."""

    months = CountField("Months", most=240)
    agreed = HiddenField()


class NameForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The name of the practice once more, because this is no small thing."""

    name = TextLineField("Name of the practice", [Length(max=120)])
    wanted = ""

    def validate_name(self, field: Field) -> None:
        """Typing the name is the second step."""
        if " ".join((field.data or "").split()).lower() != " ".join(self.wanted.split()).lower():
            raise ValidationError(f"Type the name as it stands here: {self.wanted}")


class DeleteForm(VersionForm, NameForm):
    """The version of the practice that is to go, and its name."""


class TakeInForm(FlaskForm):  # type: ignore[misc]
    """A file with a practice, what opens it, and another name for it."""

    file = FileField("File")
    passphrase = PasswordField(
        "Passphrase of the export", [InputRequired("Enter the passphrase of the export"), _LONGEST]
    )
    name = TextLineField("Another name here", [Length(max=120, message="Name must be 120 characters or fewer")])

    def validate_file(self, field: Field) -> None:
        """Without a file there is nothing to look at."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError("Choose the file of an export")
