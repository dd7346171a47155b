"""The forms of signing in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

# Far over what a password may have: an accent can be typed as two characters, and is counted as one.
_LONGEST = Length(max=1000)


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Name and password; ``next`` is the page that was asked for."""

    login = StringField("Sign-in name", [InputRequired("Enter your sign-in name"), Length(max=120)])
    password = PasswordField("Password", [InputRequired("Enter your password"), _LONGEST])
    next = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The second factor."""

    code = StringField("Code", [InputRequired("Enter the code of your authenticator app"), Length(max=40)])
    next = HiddenField()


class EmergencyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A sealed code, and whom it is for."""

    login = StringField(
        "Sign-in name", [InputRequired("Enter the sign-in name the code was made for"), Length(max=120)]
    )
    code = StringField("Emergency code", [InputRequired("Enter the code"), Length(max=80)])


class ProofForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A password or a code, typed again."""

    proof = PasswordField("Password", [InputRequired("Enter your password"), _LONGEST])
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A first or new password, typed twice."""

    new = PasswordField("New password", [InputRequired("Enter the new password"), _LONGEST])
    again = PasswordField("New password again", [EqualTo("new", "The two new passwords must be the same")])


class PasswordForm(NewPasswordForm):
    """A new password, with the present one."""

    old = PasswordField("Present password", [InputRequired("Enter the present password"), _LONGEST])


class SecondFactorForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The seed a code is made from, and a code that shows that it has arrived in the app."""

    seed = HiddenField(validators=[InputRequired(), Length(max=64)])
    code = StringField("Code from the app", [InputRequired("Enter the code that the app shows"), Length(max=10)])


class TurnOffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The password that is the only protection from then on."""

    password = PasswordField("Your password", [InputRequired("Enter your password"), _LONGEST])
