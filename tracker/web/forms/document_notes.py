"""The form that takes a document of an EMR with notes in it."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.models import Practice


class DocumentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A document and the practice whose notes it holds."""

    practice = SelectField("Practice")
    file = FileField("Document")

    def offer(self, practices: Iterable[Practice]) -> "DocumentForm":
        """Offer the practices the person works for."""
        self.practice.choices = [SelectChoice(place.public_id, place.name) for place in practices]
        return self

    def validate_file(self, field: Field) -> None:
        """There must be a file whose name ends as such documents do."""
        name = field.data.filename or "" if isinstance(field.data, FileStorage) else ""
        if not name:
            raise ValidationError("Choose the document")
        if not name.lower().endswith((".xml", ".json")):
            raise ValidationError("The file's name must end in .xml (C-CDA) or .json (FHIR)")
