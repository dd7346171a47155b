"""The forms of an appeal on its way: sent, followed up, decided line by line."""

from collections.abc import Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.form import Form
from wtforms.validators import InputRequired, Length

from tracker.domain.appeal_life import METHODS, Result
from tracker.models import Denial
from tracker.web.forms.fields import AmountField, ChoiceField, DateField, TextLineField


def _at_most(count: int, name: str) -> Length:
    return Length(max=count, message=f"{name} must be {count} characters or fewer")


class AppealForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What every form of the page has: the version the person saw."""

    version = HiddenField()


class SentForm(AppealForm):
    """When and how an appeal went out."""

    sent_on = DateField("Date sent", validators=[InputRequired("Enter the date sent")])
    method = ChoiceField("How it was sent", choices=METHODS)
    tracking = TextLineField("Confirmation or tracking number", validators=[_at_most(80, "Number")])
    reply_due = DateField("Reply due")


class FollowUpForm(AppealForm):
    """A call or message about an appeal."""

    on = DateField("Date", validators=[InputRequired("Enter the date")])
    spoke_to = TextLineField("Spoke to", validators=[_at_most(80, "Name")])
    reference = TextLineField("Reference given", validators=[_at_most(80, "Reference")])
    words = TextAreaField(
        "What was said",
        filters=[lambda text: (text or "").strip()],
        validators=[InputRequired("Enter what was said"), _at_most(1000, "What was said")],
    )
    again_on = DateField("Ask again on")


class LineForm(Form):  # type: ignore[misc]  # WTForms has no types
    """The payer's word on one denied line."""

    denial = HiddenField()
    result = ChoiceField(
        "Decision", choices=[SelectChoice("", "Choose"), *(SelectChoice(one.value, one.label) for one in Result)]
    )
    amount = AmountField("Amount allowed")


class DecisionForm(AppealForm):
    """A payer's decision on an appeal."""

    decided_on = DateField("Date of the decision", validators=[InputRequired("Enter the date of the decision")])
    lines = FieldList(FormField(LineForm))
    reference = TextLineField("Reference", validators=[_at_most(80, "Reference")])
    reason = TextAreaField(
        "Why the payer refused",
        filters=[lambda text: (text or "").strip()],
        validators=[_at_most(500, "Reason")],
    )
    records_due = DateField("Information due")

    def ask(self, denials: Sequence[Denial], today: date) -> "DecisionForm":
        """Ask for a decision on each denial."""
        self.decided_on.data = today
        for denial in denials:
            self.lines.append_entry({"denial": str(denial.id), "result": "", "amount": None})
        return self
