"""The small forms of the denial page. Each carries the version of the denial the person saw."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from tracker.domain.statuses import CLOSE_REASONS, OPEN_STATUSES, STATUSES, TYPED_CLOSE_REASONS
from tracker.knowledge import Knowledge
from tracker.models import User
from tracker.services.deciding import LONGEST_REASON
from tracker.web.forms.fields import ChoiceField, CountField, DateField, TextLineField


class DenialForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What every form of the page has: the version the person saw."""

    version = HiddenField()


class OwnerForm(DenialForm):
    """Who works on the denial."""

    owner = ChoiceField("Owner", coerce=int)

    def offer(self, users: Iterable[User]) -> "OwnerForm":
        """Offer the people of the practice, and nobody."""
        self.owner.choices = [
            SelectChoice("0", "Nobody"),
            *(SelectChoice(str(user.id), user.name) for user in users),
        ]
        return self

    @property
    def offers_somebody(self) -> bool:
        """Whether there is anybody to give the denial to."""
        return len(self.owner.choices) > 1


class StatusForm(DenialForm):
    """Where the work stands."""

    status = ChoiceField("Status", choices={status: STATUSES[status] for status in OPEN_STATUSES})


class SnoozeForm(DenialForm):
    """Until when the denial is put aside; empty wakes it up."""

    until = DateField("Snooze date")


class DeadlineForm(DenialForm):
    """The date of the running clock, set by hand."""

    file_by = DateField("Date", validators=[InputRequired("Enter the date")])


class ExtensionForm(DenialForm):
    """Time the payer granted, with who said so and its letter."""

    days = CountField("Days granted in all", validators=[InputRequired("Enter the days granted")])
    granted_on = DateField("Date granted", validators=[InputRequired("Enter the date granted")])
    granted_by = TextLineField(
        "Who granted it",
        validators=[
            InputRequired("Enter who granted it"),
            Length(max=80, message="Who must be 80 characters or fewer"),
        ],
    )
    reference = TextLineField(
        "Reference", validators=[Length(max=80, message="Reference must be 80 characters or fewer")]
    )
    file = FileField("Letter of the payer")


class ReceiptForm(DenialForm):
    """The day the notice came in, with what proves it."""

    received_on = DateField("Date received", validators=[InputRequired("Enter the date received")])
    proof = TextLineField(
        "What proves it",
        validators=[
            InputRequired("Enter what proves it, like the date stamp on the envelope"),
            Length(max=200, message="What proves it must be 200 characters or fewer"),
        ],
    )
    file = FileField("Proof")


class CloseForm(DenialForm):
    """Why the denial is closed."""

    reason = ChoiceField(
        "Why it is closed",
        choices={"": "Choose a reason"} | {reason: CLOSE_REASONS[reason] for reason in TYPED_CLOSE_REASONS},
        validators=[InputRequired("Choose why the denial is closed")],
    )
    why = TextLineField(
        "Why it is written off",
        validators=[Length(max=300, message="Why it is written off must be 300 characters or fewer")],
    )


class WriteOffForm(DenialForm):
    """The words with which a write-off is returned."""

    words = TextLineField("Words", validators=[Length(max=300, message="Words must be 300 characters or fewer")])


class CauseForm(DenialForm):
    """A cause picked by a person, from all of them."""

    cause = ChoiceField("Cause")

    def offer(self, knowledge: Knowledge) -> "CauseForm":
        """Offer every root cause, by group."""
        self.cause.choices = [
            SelectChoice(cause.code, cause.title, {"data-words": cause.definition}, optgroup=cause.group.capitalize())
            for cause in sorted(knowledge.root_causes.values(), key=lambda cause: cause.group)
        ]
        return self


class RejectForm(DenialForm):
    """A suggested cause that a person says is not it, with a short reason or none."""

    cause = HiddenField()
    reason = TextLineField(
        "Why not", validators=[Length(max=LONGEST_REASON, message="Why not must be 200 characters or fewer")]
    )


class CommentForm(FlaskForm):  # type: ignore[misc]
    """Something to remember about the denial."""

    text = TextAreaField(
        "Comment",
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired("Enter the comment"),
            Length(max=1000, message="Comment must be 1,000 characters or fewer"),
        ],
    )


class ClaimSentForm(DenialForm):
    """A new or corrected claim that was sent."""

    sent_on = DateField("Date sent", validators=[InputRequired("Enter the date sent")])
    proof = TextLineField("Receipt", validators=[Length(max=300, message="Receipt must be 300 characters or fewer")])
