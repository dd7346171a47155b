"""Appeals, their letters and outcomes."""

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Regexp

from tracker.api.fields import Answer, Body, Day, cents, public_id, version, written
from tracker.api.resource import PageAsked, PageTold
from tracker.api.schemas.common import Named, Numbered, perhaps, several
from tracker.domain.appeal_life import METHODS, STATUSES, Result

_TEMPLATE = Regexp(r"^[A-Za-z0-9_-]{1,60}$", error="Must be the id of a letter template, like L01.")
_RESULTS = OneOf([one.value for one in Result])


class AppealsAsked(PageAsked):
    """Which appeals."""

    status = fields.String(load_default=str, validate=OneOf(list(STATUSES)))


class AppealRow(Answer):
    """An appeal in the list, with the first day one of its denials has to be filed by."""

    id = fields.String()
    number = fields.String()
    version = fields.Integer()
    status = fields.String(validate=OneOf(list(STATUSES)))
    level = fields.Integer()
    payer = fields.String()
    denials_count = fields.Integer()
    denied_cents = fields.Integer()
    due_on = fields.Date(allow_none=True)
    sent_on = fields.Date(allow_none=True)
    reply_due = fields.Date(allow_none=True)


class AppealList(PageTold):
    """A page of appeals."""

    items = several(AppealRow)


class AppealFile(Answer):
    """A paper kept with an appeal."""

    id = fields.String(attribute="public_id")
    kind = fields.String()
    title = fields.String()
    content_type = fields.String()
    pages = fields.Integer(allow_none=True)


class Happened(Answer):
    """Something that was done to an appeal."""

    at = fields.AwareDateTime()
    words = fields.String()
    by = fields.String()


class AppealLine(Numbered):
    """A denial of an appeal, with what the payer decided on it, if anything."""

    denied_cents = fields.Integer()
    result = fields.String(allow_none=True)
    allowed_cents = fields.Integer(allow_none=True)


class Appeal(Answer):
    """An appeal: where it stands and what happened."""

    id = fields.String()
    number = fields.String()
    version = fields.Integer()
    status = fields.String(validate=OneOf(list(STATUSES)))
    level = fields.Integer()
    patient = fields.Nested(Named)
    payer = fields.Nested(Named)
    denials = several(AppealLine)
    denied_cents = fields.Integer()
    allowed_cents = fields.Integer()
    opened_at = fields.AwareDateTime()
    sent_on = fields.Date(allow_none=True)
    sent_method = fields.String()
    tracking = fields.String()
    reply_due = fields.Date(allow_none=True)
    letter = fields.String(metadata={"description": "The id of the newest letter."})
    below = perhaps(Numbered)
    above = perhaps(Numbered)
    can_go_up = fields.Boolean()
    files = several(AppealFile)
    history = several(Happened)


class AppealOpened(Body):
    """Denials of one patient, payer and reason. With one, the others of its claim denied for the same reason join it.

    ``template`` is the letter; without it the one that answers best is taken.
    """

    denials = fields.List(public_id(), required=True, validate=Length(min=1, max=50))
    template = fields.String(validate=_TEMPLATE)


class AppealSent(Body):
    """When and how an appeal went out; without ``reply_due`` the day is counted from the payer's rule."""

    version = version()
    sent_on = Day(required=True)
    method = fields.String(required=True, validate=OneOf(list(METHODS)))
    tracking = written(80)
    reply_due = Day(load_default=None, allow_none=True)


class FollowUpSent(Body):
    """A call or message about an appeal."""

    version = version()
    on = Day(required=True)
    words = written(1000, required=True)
    spoke_to = written(80)
    reference = written(80)
    again_on = Day(load_default=None, allow_none=True)


# ---- letters ----


class LetterRow(Answer):
    """A version of an appeal's letter."""

    id = fields.String()
    version = fields.Integer()
    edition = fields.Integer()
    template = fields.String()
    letter_date = fields.Date()
    saved_at = fields.AwareDateTime()
    signed_at = fields.AwareDateTime(allow_none=True)
    signer_name = fields.String()


class LetterList(PageTold):
    """The versions of an appeal's letter, newest first."""

    items = several(LetterRow)


class Gap(Answer):
    """A fact that is missing and keeps the letter from being signed."""

    key = fields.String()
    message = fields.String()
    paragraph = fields.String()


class Paragraph(Answer):
    """A paragraph as it stands; ``edited`` when somebody wrote it."""

    key = fields.String()
    label = fields.String()
    text = fields.String()
    edited = fields.Boolean()
    required = fields.Boolean()


class Letter(LetterRow):
    """A letter with its paragraphs, typed facts and gaps."""

    appeal = fields.Nested(Numbered)
    paragraphs = several(Paragraph)
    facts = fields.Dict(keys=fields.String(), values=fields.String())
    gaps = several(Gap)


class LetterChange(Body):
    """What a draft says; paragraphs and facts that are left out stay as they are, an empty paragraph is the default."""

    version = version()
    template = fields.String(validate=_TEMPLATE)
    paragraphs = fields.Dict(keys=written(60, required=True), values=written(20_000), load_default=dict)
    facts = fields.Dict(keys=written(60, required=True), values=written(2_000), load_default=dict)


# ---- outcomes ----


class Outcome(Answer):
    """What a payer decided on one denial of an appeal."""

    denial = fields.Nested(Numbered)
    result = fields.String(validate=_RESULTS)
    allowed_cents = fields.Integer()
    decided_on = fields.Date()
    reference = fields.String()
    reason = fields.String()
    recorded_at = fields.AwareDateTime()


class OutcomeList(PageTold):
    """The outcomes of an appeal."""

    items = several(Outcome)


class LineDecided(Body):
    """The payer's word on one denial."""

    denial = public_id(required=True)
    result = fields.String(required=True, validate=_RESULTS)
    allowed_cents = cents(load_default=0)


class Decided(Body):
    """A payer's decision: a word on every denial of the appeal that is not decided yet."""

    version = version()
    decided_on = Day(required=True)
    lines = fields.List(fields.Nested(LineDecided), required=True, validate=Length(min=1, max=200))
    reference = written(80)
    reason = written(500)
    records_due = Day(load_default=None, allow_none=True)
