"""The sign-in form."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Name and password; ``next`` is the page that was asked for."""

    login = StringField("Sign-in name", [InputRequired("Enter your sign-in name"), Length(max=120)])
    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=200)])
    next = HiddenField()
