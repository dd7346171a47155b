"""What a practice knows of a payer."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import Length

from tracker.domain.own_limits import FILED_WHEN, UNITS
from tracker.domain.payer_habits import COUNTING_METHODS, HABITS, Habit
from tracker.knowledge import Knowledge
from tracker.web.forms.fields import ChoiceField, CountField, TextLineField

_YES_NO = {"": "The usual for this kind of payer", "yes": "Yes", "no": "No"}
_METHODS = {"": "The usual for this kind of payer", **COUNTING_METHODS}


class AddressForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Where appeals go."""

    version = HiddenField()
    address = TextAreaField(
        "Address for appeals",
        validators=[Length(max=300, message="Address for appeals must be 300 characters or fewer")],
    )
    fax = TextLineField("Fax for appeals", validators=[Length(max=40, message="Fax must be 40 characters or fewer")])
    portal = TextLineField(
        "Portal for appeals", validators=[Length(max=200, message="Portal must be 200 characters or fewer")]
    )


class NamedForm(FlaskForm):  # type: ignore[misc]
    """Which large payer of the reference data this one is."""

    version = HiddenField()
    named = ChoiceField("This payer is")

    def offer(self, knowledge: Knowledge) -> "NamedForm":
        """Fill in the choices."""
        titles = {each.id: each.title for each in knowledge.named_payers.values()}
        self.named.choices = [("", "None of these"), *sorted(titles.items(), key=lambda choice: choice[1])]
        return self


class LimitForm(FlaskForm):  # type: ignore[misc]
    """A practice's own time limit; without a length the usual one counts."""

    version = HiddenField()
    length = CountField("How long", most=1500)
    unit = ChoiceField("Counted in", choices=UNITS)
    counted_from = TextLineField(
        "Counted from", validators=[Length(max=80, message="Counted from must be 80 characters or fewer")]
    )
    filed_when = ChoiceField("Counts as filed", choices={"": "As usual", **FILED_WHEN})
    source = TextLineField(
        "Where this stands", validators=[Length(max=200, message="Where this stands must be 200 characters or fewer")]
    )


class FiguresForm(FlaskForm):  # type: ignore[misc]
    """A practice's own figures; empty means the usual of the payer's kind."""

    version = HiddenField()
    counting_method = ChoiceField("How units are counted", choices=_METHODS)
    requires_discipline_modifier = ChoiceField("GP, GO or GN on every line", choices=_YES_NO)

    packet_files = CountField("Most files", most=999)
    packet_file_mb = CountField("Most MB in one file", most=999)
    packet_total_mb = CountField("Most MB in all", most=9999)
    packet_file_pages = CountField("Most pages in one file", most=9999)

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
