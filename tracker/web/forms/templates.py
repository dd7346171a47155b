"""The text of a letter as a practice writes it, and a copy of a letter under a name of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from tracker.letters.catalog import LetterTemplate
from tracker.letters.context import clean
from tracker.letters.own_template import BODY, shipped_of
from tracker.letters.own_text import OwnText
from tracker.letters.template_values import Fault
from tracker.web.forms.fields import TextLineField

_MOST_SHOWN = 10


class TemplateForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """The letter's HTML and the default text of each paragraph; ``denial`` is the number of one to try it on."""

    version = HiddenField()
    denial = TextLineField("Denial to try it on")
    body = TextAreaField("Body of the letter")
    letter: LetterTemplate

    @classmethod
    def of(cls, template: LetterTemplate, text: OwnText | None = None, version: int = 0) -> "TemplateForm":
        """Return the form of a letter as it was sent, or showing a ``text`` and the ``version`` of its row."""
        shipped = shipped_of(template)
        fields = {_name(one.key): TextAreaField(one.label) for one in shipped.paragraphs}
        form_class: Callable[..., TemplateForm] = type("FormOfTemplate", (cls,), fields | {"letter": shipped})
        if text is None:
            return form_class()
        known = {_name(one.key): text.paragraphs.get(one.key, "") for one in shipped.paragraphs}
        return form_class(formdata=None, data={"body": text.body, "version": str(version), **known})

    @property
    def seen(self) -> int:
        """The version of the template's row that the person saw, 0 for none."""
        sent = self.version.data or ""
        return int(sent) if sent.isdigit() else 0

    @property
    def texts(self) -> list[Any]:
        """The fields of the text, in the order of the letter."""
        return [self.body, *(self[_name(one.key)] for one in self.letter.paragraphs)]

    def text(self) -> OwnText:
        """Return what was typed."""
        typed = {one.key: clean(self[_name(one.key)].data or "") for one in self.letter.paragraphs}
        return OwnText(self.letter.id, clean(self.body.data or ""), typed)

    def show(self, faults: Mapping[str, Sequence[Fault]]) -> None:
        """Put what is wrong with a text beside its fields."""
        for part, found in faults.items():
            field = self.body if part == BODY else self[_name(part)]
            field.errors = [_words(field.label.text, fault) for fault in found[:_MOST_SHOWN]]


def _name(key: str) -> str:
    return f"p-{key}"


def _words(label: str, fault: Fault) -> str:
    return f"{label}, line {fault.line}: {fault.message}" if fault.line else f"{label}: {fault.message}"


class CopyForm(FlaskForm):  # type: ignore[misc]
    """The name of a copy."""

    title = TextLineField(
        "Name of the copy",
        validators=[
            DataRequired("Enter a name for the copy"),
            Length(max=120, message="Name of the copy must be 120 characters or fewer"),
        ],
    )
