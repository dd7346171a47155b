"""The form that makes an API token."""

from collections.abc import Iterable
from typing import Self

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.domain.token_verbs import LONGEST_DAYS, USUAL_DAYS, VERB_WORDS
from tracker.models import Practice
from tracker.web.forms.fields import ChoiceField, CountField, TextLineField


class TokenForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What a token is called, where it works, what for and how long."""

    name = TextLineField(
        "What it is for",
        [
            InputRequired("Enter what the token is for"),
            Length(max=60, message="What it is for must be 60 characters or fewer"),
        ],
    )
    practice = ChoiceField("Practice")
    verbs = SelectMultipleField(
        "What it may do",
        [InputRequired("Choose at least one thing that the token may do")],
        choices=[SelectChoice(verb.value, words) for verb, words in VERB_WORDS.items()],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    days = CountField(
        "Days until it expires",
        [InputRequired("Enter the days until it expires")],
        default=USUAL_DAYS,
        most=LONGEST_DAYS,
    )

    def offer(self, practices: Iterable[Practice]) -> Self:
        """Offer the practices a person belongs to."""
        self.practice.choices = [SelectChoice(place.public_id, place.name) for place in practices]
        return self

    def validate_days(self, field: CountField) -> None:
        """A token lives for a day at least."""
        if field.data == 0:
            raise ValidationError(f"Days until it expires must be from 1 to {LONGEST_DAYS}")
