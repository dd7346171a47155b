"""Adding a note: pasted text or a file."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.services.notes import KINDS
from tracker.web.forms.fields import ChoiceField, DateField, TextLineField

DISCIPLINES = {"": "Any", "PT": "PT", "OT": "OT", "SLP": "SLP"}


class NoteForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A note of a patient: its text or a .txt or .pdf file, its date of service and what kind of document it is."""

    text = TextAreaField(
        "Note text", validators=[Length(max=200_000, message="Note text must be 200,000 characters or fewer")]
    )
    file = FileField("File")
    service_date = DateField("Date of service", validators=[InputRequired("Enter the date of service of the note")])
    kind = ChoiceField("Kind of document", choices=KINDS, default="daily")
    discipline = ChoiceField("Discipline", choices=DISCIPLINES, default="")
    author = TextLineField("Author", validators=[Length(max=120, message="Author must be 120 characters or fewer")])
