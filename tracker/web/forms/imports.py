"""The form that takes files to import."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import SelectField, ValidationError

from tracker.models import Practice

MOST_FILES = 50


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One or more files, and the practice they belong to when the payee's NPI shall not decide."""

    files = MultipleFileField("Files")
    practice = SelectField("Practice", default="")

    def offer(self, practices: Iterable[Practice]) -> "ImportForm":
        """Offer the practices the person works for."""
        self.practice.choices = [("", "Found by the payee's NPI"), *((p.public_id, p.name) for p in practices)]
        return self

    @property
    def uploads(self) -> list[FileStorage]:
        """The files chosen; a browser sends one without a name when there are none."""
        return [file for file in self.files.data or [] if isinstance(file, FileStorage) and file.filename]

    def validate_files(self, _field: MultipleFileField) -> None:
        """There must be at least one file, and not more than a person can check at once."""
        if not self.uploads:
            raise ValidationError("Choose at least one file")
        if len(self.uploads) > MOST_FILES:
            raise ValidationError(f"Choose at most {MOST_FILES} files at once. You chose {len(self.uploads)}.")
