"""The letter page: what a person chooses and types; the paragraphs themselves follow from the template."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from tracker.letters.catalog import Choice, LetterTemplate, templates
from tracker.services.letter_evidence import TOPICS
from tracker.web.forms.fields import ChoiceField, CountField, DateField, TextLineField

EXCEPTIONS = {
    "": "None",
    "contractor_error": "Error of the contractor or agency",
    "retroactive_entitlement": "Retroactive Medicare entitlement",
    "medicaid_recoupment": "Retroactive entitlement and Medicaid took its payment back",
    "plan_disenrollment": "Retroactive disenrollment from a Medicare Advantage plan or PACE",
    "retroactive_eligibility": "Coverage entered retroactively (not Medicare)",
    "other_payer_first": "Another payer was billed first (not Medicare)",
    "payer_error": "Error in the payer's processing (not Medicare)",
    "wrong_insurance_information": "Wrong insurance information was given (not Medicare)",
}
SENT_METHODS = {
    "": "Not said",
    "by certified mail": "By certified mail",
    "by fax": "By fax",
    "through the payer's portal": "Through the payer's portal",
    "by mail": "By mail",
}


class LetterForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """What the letter page holds besides the paragraphs."""

    version = HiddenField()
    template = ChoiceField("Template")
    signer_name = TextLineField(
        "Signer", validators=[Length(max=120, message="Signer must be 120 characters or fewer")]
    )
    signer_title = TextLineField(
        "Signer's title", validators=[Length(max=120, message="Signer's title must be 120 characters or fewer")]
    )
    reference = TextLineField(
        "The payer's reference", validators=[Length(max=80, message="Reference must be 80 characters or fewer")]
    )
    sent_method = ChoiceField("How it is sent", choices=SENT_METHODS)
    request_reference = TextLineField(
        "Reference of the records request",
        validators=[Length(max=80, message="Reference must be 80 characters or fewer")],
    )
    requested_on = DateField("Date of the records request")
    request_due = DateField("Records due by")
    exception = ChoiceField("Exception to the filing limit", choices=EXCEPTIONS)
    exception_on = DateField("Day the exception began")

    def offer(self, fitting: Iterable[Choice]) -> "LetterForm":
        """Offer the letters that answer the denial first, then all others."""
        known = [choice.template for choice in fitting]
        others = [template for template in templates().values() if template not in known]
        self.template.choices = [
            *(SelectChoice(one.id, one.title, optgroup="Answers this denial") for one in known),
            *(SelectChoice(one.id, one.title, optgroup="Other letters") for one in others),
        ]
        return self


# Which typed fact each field is (tracker.services.letter_facts.TYPED).
TYPED_FIELDS = {
    "appeal.reference": "reference",
    "appeal.sent_method": "sent_method",
    "request.reference": "request_reference",
    "request.requested_on": "requested_on",
    "request.due": "request_due",
    "filing.exception": "exception",
    "filing.exception_on": "exception_on",
}
# Facts only some letters use.
ONLY_IN = {"request.": "L11", "filing.": "L05"}


def typed_fields(template: LetterTemplate) -> list[str]:
    """Return the names of the typed facts a letter uses."""
    return [
        field
        for name, field in TYPED_FIELDS.items()
        if all(not name.startswith(prefix) or template.id == only for prefix, only in ONLY_IN.items())
    ]


class QuoteForm(FlaskForm):  # type: ignore[misc]
    """Lines of a note to quote word for word."""

    note = ChoiceField("Note")
    first = CountField("From line", validators=[InputRequired("Enter the first line to quote")])
    last = CountField("To line")
    about = ChoiceField("What the words show", choices=dict(TOPICS))


class SignForm(FlaskForm):  # type: ignore[misc]
    """The signer confirms who signs; ``by_hand`` leaves a line for a pen instead."""

    version = HiddenField()
    name = TextLineField(
        "Name",
        validators=[
            InputRequired("Enter the signer's name"),
            Length(max=120, message="Name must be 120 characters or fewer"),
        ],
    )
    title = TextLineField("Title", validators=[Length(max=120, message="Title must be 120 characters or fewer")])
    by_hand = BooleanField("Leave a line for a signature by hand")


class ExhibitForm(FlaskForm):  # type: ignore[misc]
    """A file to enclose."""

    file = FileField("File")
    title = ChoiceField("What it is")

    def offer(self, template: LetterTemplate) -> "ExhibitForm":
        """Offer what the letter counts on, and other papers."""
        titles = [exhibit.title for exhibit in template.exhibits if exhibit.key != "remittance"]
        self.title.choices = [SelectChoice(title, title) for title in [*titles, "Other document"]]
        return self


class ChooseForm(FlaskForm):  # type: ignore[misc]
    """Which letter to write when none answers the denial by itself."""

    template = ChoiceField("Template")

    def offer(self) -> "ChooseForm":
        """Offer all letters."""
        self.template.choices = [SelectChoice(one.id, one.title) for one in templates().values()]
        return self
