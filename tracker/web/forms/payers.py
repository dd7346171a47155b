"""What a practice knows of a payer."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import Length

from tracker.domain.payer_habits import COUNTING_METHODS, HABITS, Habit
from tracker.web.forms.fields import ChoiceField, CountField, TextLineField

_YES_NO = {"": "The usual for this kind of payer", "yes": "Yes", "no": "No"}
_METHODS = {"": "The usual for this kind of payer", **COUNTING_METHODS}


class AddressForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Where appeals go."""

    address = TextAreaField(
        "Address for appeals",
        validators=[Length(max=300, message="Address for appeals must be 300 characters or fewer")],
    )
    fax = TextLineField("Fax for appeals", validators=[Length(max=40, message="Fax must be 40 characters or fewer")])


class FiguresForm(FlaskForm):  # type: ignore[misc]
    """A practice's own figures; empty means the usual of the payer's kind."""

    version = HiddenField()
    appeal_days = CountField("Days to appeal, from the remittance", most=1500)
    filing_days = CountField("Days to file a claim, from the service", most=1500)
    counting_method = ChoiceField("How units are counted", choices=_METHODS)
    requires_discipline_modifier = ChoiceField("GP, GO or GN on every line", choices=_YES_NO)

    def habits(self) -> dict[str, bool | int]:
        """Return the habits that were set, by name."""
        typed = {name: self[name].data for name in HABITS}
        return {
            name: {"yes": True, "no": False}.get(value, value)
            for name, value in typed.items()
            if value not in ("", None)
        }


def _field_of(habit: Habit) -> UnboundField:
    if habit.most is None:
        return ChoiceField(habit.label, choices=_YES_NO)
    return CountField(habit.label, most=habit.most)


for _name, _habit in HABITS.items():
    setattr(FiguresForm, _name, _field_of(_habit))
