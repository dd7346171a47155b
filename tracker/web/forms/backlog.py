"""The forms of a list of denials: the file, and which column is what."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, ValidationError

from tracker.importers.backlog import FACTS, Columns, column_letter, missing_columns
from tracker.importers.table import Table
from tracker.models import Practice
from tracker.web.forms.fields import TextLineField

_NONE = ""
_SAMPLE = 24


class BacklogForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A list and the practice whose denials it holds."""

    practice = SelectField("Practice")
    file = FileField("List of denials")

    def offer(self, practices: Iterable[Practice]) -> "BacklogForm":
        """Offer the practices the person works for."""
        self.practice.choices = [SelectChoice(place.public_id, place.name) for place in practices]
        return self

    def validate_file(self, field: Field) -> None:
        """There must be a file."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError("Choose the list")


class ColumnsForm(FlaskForm):  # type: ignore[misc]
    """For each fact the column that holds it; ``save_as`` keeps the choice under a name."""

    save_as = TextLineField(
        "Keep these columns as", [Length(max=80, message="Keep these columns as must be 80 characters or fewer")]
    )

    @classmethod
    def of(cls, table: Table, columns: Columns, name: str) -> "ColumnsForm":
        """Return the form for a list, with the columns known so far."""
        choices = [SelectChoice(_NONE, "Not in the list"), *_choices(table)]
        fields = {fact: SelectField(words.label, choices=choices) for fact, words in FACTS.items()}
        form_class = type("ListsColumnsForm", (cls,), fields)
        data = {fact: str(columns[fact]) if fact in columns else _NONE for fact in FACTS}
        form: ColumnsForm = form_class(data=data | {"save_as": name})
        return form

    @property
    def facts(self) -> list[Field]:
        """The fields of the facts, in their order."""
        return [self[name] for name in FACTS]

    def columns(self) -> dict[str, int]:
        """Return the chosen columns; call it after validation."""
        return {name: int(self[name].data) for name in FACTS if self[name].data not in (_NONE, None)}

    def lacks(self) -> bool:
        """Say by the field of each fact that is needed and was not chosen that it has to be; return whether one was."""
        missing = missing_columns(self.columns())
        for name in missing:
            label = FACTS[name].label
            self[name].errors = [f"Choose the column with the {label[0].lower()}{label[1:]}"]
        return bool(missing)


def _choices(table: Table) -> list[SelectChoice]:
    """Return the columns as their letter, their header and a value out of them."""
    return [
        SelectChoice(str(place), f"{column_letter(place)}: {header[:40] or 'no header'}{_sample(table, place)}")
        for place, header in enumerate(table.headers)
    ]


def _sample(table: Table, place: int) -> str:
    value = next((row.cells[place] for row in table.rows if row.cells[place]), "")
    return f" ({value[:_SAMPLE]})" if value else ""
