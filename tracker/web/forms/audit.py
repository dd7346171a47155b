"""What is looked for in the audit log, as the page's address says it."""

from datetime import datetime, time, timedelta

from flask_wtf import FlaskForm

from tracker.domain.audit import ACT_WORDS, OUTCOME_WORDS, Act, Outcome
from tracker.reports.audit_entries import Asked
from tracker.web.forms.fields import ChoiceField, DateField, TextLineField


class AuditForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Filters of the audit log; it is read from the address, so it changes nothing and carries no token."""

    class Meta:
        """No token: the form is sent by GET."""

        csrf = False

    who = ChoiceField("Who", default="")
    act = ChoiceField(
        "What", choices={"": "Anything"} | {act.value: words for act, words in ACT_WORDS.items()}, default=""
    )
    outcome = ChoiceField(
        "Outcome", choices={"": "Any"} | {one.value: words for one, words in OUTCOME_WORDS.items()}, default=""
    )
    since = DateField("From")
    until = DateField("To")
    object = TextLineField("Object")

    def asked(self) -> Asked:
        """Return what is looked for; both days are included, in this computer's time."""
        return Asked(
            int(self.who.data) if self.who.data else None,
            Act(self.act.data) if self.act.data else None,
            Outcome(self.outcome.data) if self.outcome.data else None,
            (self.object.data or "")[:64],
            datetime.combine(self.since.data, time()).astimezone() if self.since.data else None,
            datetime.combine(self.until.data + timedelta(days=1), time()).astimezone() if self.until.data else None,
        )
