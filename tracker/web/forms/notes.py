"""Adding a note: pasted text or a file; its protection, and the authorization to give it away."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.domain.protection import PROTECTION_WORDS, Protection
from tracker.services.notes import KINDS
from tracker.web.forms.fields import ChoiceField, DateField, TextLineField

PROTECTIONS = {"": PROTECTION_WORDS[Protection.ORDINARY]} | {
    str(kind): words for kind, words in PROTECTION_WORDS.items() if kind is not Protection.ORDINARY
}
DISCIPLINES = {"": "Any", "PT": "PT", "OT": "OT", "SLP": "SLP"}


class NoteForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A note of a patient: its text or a .txt or .pdf file, its date of service and what kind of document it is."""

    text = TextAreaField(
        "Note text", validators=[Length(max=200_000, message="Note text must be 200,000 characters or fewer")]
    )
    file = FileField("File")
    service_date = DateField("Date of service", validators=[InputRequired("Enter the date of service of the note")])
    protection = ChoiceField("Protection", choices=PROTECTIONS, default="")
    ordinary = BooleanField("It is an ordinary note all the same. I have read it")
    kind = ChoiceField("Kind of document", choices=KINDS, default="daily")
    discipline = ChoiceField("Discipline", choices=DISCIPLINES, default="")
    author = TextLineField("Author", validators=[Length(max=120, message="Author must be 120 characters or fewer")])


class ProtectForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What kind of protected note a note is."""

    protection = ChoiceField("Kind of protection", choices={key: words for key, words in PROTECTIONS.items() if key})


class ConsentForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A patient's authorization to give a protected note away."""

    signed_on = DateField("Signed on", validators=[InputRequired("Enter the day the patient signed")])
    until_on = DateField("Holds until")
    covers = TextLineField(
        "What it covers, and for whom",
        validators=[
            InputRequired("Enter who may get what, as the authorization says it"),
            Length(max=300, message="What it covers must be 300 characters or fewer"),
        ],
    )
    kept_at = TextLineField(
        "Where the paper is kept",
        validators=[Length(max=200, message="Where it is kept must be 200 characters or fewer")],
    )
    file = FileField("Signed paper")
