"""Claims and notes."""

from marshmallow import fields
from marshmallow.validate import OneOf

from tracker.api.fields import Answer, Body, Day, public_id, written
from tracker.api.resource import PageAsked, PageTold
from tracker.api.schemas.common import ClaimRef, Named, Numbered, several
from tracker.domain.protection import Protection
from tracker.services.notes import KINDS


class ClaimsAsked(PageAsked):
    """Which claims; days are those of the visit."""

    patient = public_id(load_default=str)
    payer = public_id(load_default=str)
    from_day = Day(load_default=None, data_key="from")
    to_day = Day(load_default=None, data_key="to")


class ClaimRow(Answer):
    """A claim in a list."""

    id = fields.String(attribute="claim.public_id")
    version = fields.Integer(attribute="claim.version")
    control_number = fields.String(attribute="claim.control_number")
    payer_claim_number = fields.String(attribute="claim.payer_claim_number")
    source = fields.String(attribute="claim.source")
    patient = fields.Nested(Named)
    payer = fields.Nested(Named)
    charge_cents = fields.Integer(attribute="claim.charge_cents")
    service_from = fields.Date(attribute="claim.service_from", allow_none=True)
    service_to = fields.Date(attribute="claim.service_to", allow_none=True)


class ClaimList(PageTold):
    """A page of claims."""

    items = several(ClaimRow)


class AdjustmentTold(Answer):
    """An amount that the payer did not pay, and its reason."""

    reason = fields.String()
    amount_cents = fields.Integer()


class ClaimLine(Answer):
    """A line as billed, with the payer's answer; its cents are null where none is on file."""

    line = fields.Integer()
    service_date = fields.Date(allow_none=True)
    code = fields.String()
    modifiers = fields.List(fields.String())
    units = fields.Float()
    charge_cents = fields.Integer()
    paid_cents = fields.Integer(allow_none=True)
    adjustments = several(AdjustmentTold)
    remarks = fields.List(fields.String())


class Claim(ClaimRow):
    """A claim with its lines, denials and notes."""

    place_of_service = fields.String(attribute="claim.place_of_service")
    diagnoses = fields.List(fields.String())
    prior_authorization = fields.String(attribute="claim.prior_authorization")
    submitted_on = fields.Date(attribute="claim.submitted_on", allow_none=True)
    lines = several(ClaimLine)
    denials = several(Numbered)
    notes = fields.List(fields.String())


class NoteRow(Answer):
    """A note without its text."""

    id = fields.String(attribute="public_id")
    service_date = fields.Date(allow_none=True)
    kind = fields.String(validate=OneOf(list(KINDS)))
    discipline = fields.String()
    author = fields.String()
    added_at = fields.AwareDateTime()


class NoteList(PageTold):
    """A page of notes."""

    items = several(NoteRow)


class Note(NoteRow):
    """A note with its text and the claims it is used for."""

    patient = fields.Nested(Named)
    text = fields.String()
    claims = several(ClaimRef)


class NoteSent(Body):
    """A note as the EMR printed it. With ``claim`` it is used for that claim, whatever its day."""

    text = written(200_000, required=True)
    service_date = Day(required=True)
    kind = fields.String(load_default="daily", validate=OneOf(list(KINDS)))
    discipline = fields.String(load_default="", validate=OneOf(["", "PT", "OT", "SLP"]))
    author = written(120)
    protection = fields.String(
        load_default=str,
        validate=OneOf([one.value for one in Protection]),
        metadata={
            "description": "Needed when the text speaks of a protected kind. Programs read ordinary notes alone."
        },
    )
    claim = public_id(load_default=str)
