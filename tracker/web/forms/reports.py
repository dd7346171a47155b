"""The forms of the reports."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from tracker.reports.basis import Basis
from tracker.web.forms.fields import ChoiceField

_MOST = Length(max=1500, message="This text must be 1,500 characters or fewer")


class MakeForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """Whose report on which month is made; amounts are billed charges where nothing else is chosen."""

    practice = ChoiceField("Practice")
    month = ChoiceField("Month")
    amounts = ChoiceField("Amounts", filters=[lambda chosen: chosen or Basis.BILLED.value])


class WordsForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What a report's manager types; ``version`` is what the person saw."""

    version = HiddenField()
    changed = TextAreaField("What changed", [_MOST])
    ask = TextAreaField("What we ask you to do", [_MOST])
