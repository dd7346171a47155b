"""The forms of the people page."""

from typing import Self

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, Length

from tracker.web.forms.fields import EMAIL, ChoiceField, TextLineField


class InviteForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Who is invited; the roles stand beside, one per practice."""

    name = TextLineField("Name", [InputRequired("Enter the person's name"), Length(max=120)])
    login = TextLineField("Sign-in name", [InputRequired("Enter a sign-in name"), Length(max=120)])
    email = TextLineField("E-mail address", EMAIL)


class HandOnForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Who takes the open denials of somebody."""

    to = ChoiceField("Who takes them")

    def offer(self, people: list[tuple[str, str]]) -> Self:
        """Set who can be chosen: public ids with names."""
        self.to.choices = [("", "Choose a person"), *people]
        return self
