"""The letter page: what a person chooses and types; the paragraphs themselves follow from the template."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from tracker.letters.catalog import Choice, LetterTemplate, templates
from tracker.services.letter_evidence import TOPICS
from tracker.web.forms.fields import ChoiceField, CountField, TextLineField


class LetterForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What the letter page holds besides the paragraphs."""

    version = HiddenField()
    template = ChoiceField("Template")
    signer_name = TextLineField(
        "Signer", validators=[Length(max=120, message="Signer must be 120 characters or fewer")]
    )
    signer_title = TextLineField(
        "Signer's title", validators=[Length(max=120, message="Signer's title must be 120 characters or fewer")]
    )

    def offer(self, fitting: Iterable[Choice]) -> "LetterForm":
        """Offer the letters that answer the denial first, then all others."""
        known = [choice.template for choice in fitting]
        others = [template for template in templates().values() if template not in known]
        self.template.choices = [
            *(SelectChoice(one.id, one.title, optgroup="Answers this denial") for one in known),
            *(SelectChoice(one.id, one.title, optgroup="Other letters") for one in others),
        ]
        return self


class QuoteForm(FlaskForm):  # type: ignore[misc]
    """Lines of a note to quote word for word."""

    note = ChoiceField("Note")
    first = CountField("From line", validators=[InputRequired("Enter the first line to quote")])
    last = CountField("To line")
    about = ChoiceField("What the words show", choices=dict(TOPICS))


class SignForm(FlaskForm):  # type: ignore[misc]
    """The signer confirms who signs; ``by_hand`` leaves a line for a pen instead."""

    version = HiddenField()
    name = TextLineField(
        "Name",
        validators=[
            InputRequired("Enter the signer's name"),
            Length(max=120, message="Name must be 120 characters or fewer"),
        ],
    )
    title = TextLineField("Title", validators=[Length(max=120, message="Title must be 120 characters or fewer")])
    by_hand = BooleanField("Leave a line for a signature by hand")


class ExhibitForm(FlaskForm):  # type: ignore[misc]
    """A file to enclose."""

    file = FileField("File")
    title = ChoiceField("What it is")

    def offer(self, template: LetterTemplate) -> "ExhibitForm":
        """Offer what the letter counts on, and other papers."""
        titles = [exhibit.title for exhibit in template.exhibits if exhibit.key != "remittance"]
        self.title.choices = [SelectChoice(title, title) for title in [*titles, "Other document"]]
        return self


class ChooseForm(FlaskForm):  # type: ignore[misc]
    """Which letter to write when none answers the denial by itself."""

    template = ChoiceField("Template")

    def offer(self) -> "ChooseForm":
        """Offer all letters."""
        self.template.choices = [SelectChoice(one.id, one.title) for one in templates().values()]
        return self
