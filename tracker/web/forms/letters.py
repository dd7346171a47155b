"""The letter page: what a person chooses and types; the paragraphs themselves follow from the template."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField
from wtforms.fields import SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.letters.catalog import Choice, LetterTemplate
from tracker.letters.facts import SignerFacts
from tracker.services.letter_evidence import TOPICS
from tracker.services.signers import TYPED, Way
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

    def offer(self, fitting: Iterable[Choice], letters: Iterable[LetterTemplate]) -> "LetterForm":
        """Offer those of the letters that answer the denial first, then all others."""
        known = [choice.template for choice in fitting]
        there = {template.id for template in known}
        others = [template for template in letters if template.id not in there]
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


def _of_the_list(_form: FlaskForm, field: SelectMultipleField) -> None:
    if not set(field.data) <= {value for value, _ in field.choices}:
        raise ValidationError("Choose visits from the list. One of them is in it no more")


class VisitsForm(FlaskForm):  # type: ignore[misc]
    """Other visits of the patient to take into the letter."""

    chosen = SelectMultipleField(
        "Other visits", validators=[InputRequired("Tick at least one visit"), _of_the_list], validate_choice=False
    )


class SignForm(FlaskForm):  # type: ignore[misc]
    """The signer confirms who signs; ``by_hand`` leaves a line for a pen instead."""

    version = HiddenField()
    sign_as = ChoiceField("Who signs", default=TYPED)
    name = TextLineField("Name", [Length(max=120, message="Name must be 120 characters or fewer")])
    title = TextLineField("Title", validators=[Length(max=120, message="Title must be 120 characters or fewer")])
    by_hand = BooleanField("Leave a line for a signature by hand")

    def offer(self, ways: Sequence[Way]) -> "SignForm":
        """Offer the ways a person may sign; a typed name is always good for a signature by hand."""
        self._ways = {way.key: way for way in ways}
        only_by_hand = [] if TYPED in self._ways else [SelectChoice(TYPED, "The typed name below, by hand only")]
        self.sign_as.choices = [*(SelectChoice(way.key, way.words) for way in ways), *only_by_hand]
        return self

    def validate_name(self, field: Field) -> None:
        """A typed name is needed where it is printed."""
        if self.sign_as.data == TYPED and not field.data:
            raise ValidationError("Enter the signer's name")

    def validate_by_hand(self, field: Field) -> None:
        """Nobody signs on screen in a name that is not theirs where the practice rules it out."""
        if not field.data and self.sign_as.data not in self._ways:
            raise ValidationError("Only this person can sign on screen. Leave a line for a signature by hand")

    def signer(self, today: date) -> SignerFacts:
        """Return who signs, on screen today or later by hand: then nobody signs for another and no picture stands there."""
        way = self._ways.get(self.sign_as.data)
        chosen = way.signer if way is not None else None
        signer = chosen or SignerFacts(self.name.data, self.title.data)
        if self.by_hand.data:
            return replace(signer, helper="", picture="")
        return replace(signer, signed_on=today)


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

    def offer(self, letters: Iterable[LetterTemplate]) -> "ChooseForm":
        """Offer these letters."""
        self.template.choices = [SelectChoice(one.id, one.title) for one in letters]
        return self
