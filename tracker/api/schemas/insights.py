"""The figures of the insights page."""

from marshmallow import fields
from marshmallow.validate import Length, Regexp

from tracker.api.fields import Answer, Body, public_id
from tracker.api.schemas.common import several

_MONTH = Regexp(r"^20\d\d-(0[1-9]|1[0-2])$", error="Must be like 2026-10.")


class InsightsAsked(Body):
    """Months of the first denial, at most 36, by default the last 12; and payers, by default all."""

    first = fields.String(load_default=str, validate=_MONTH)
    last = fields.String(load_default=str, validate=_MONTH)
    payer = fields.List(public_id(), load_default=list, validate=Length(max=50))


class Rate(Answer):
    """A share with what it is made of; null while there are too few for a fair one."""

    part = fields.Integer()
    whole = fields.Integer()
    share = fields.Float(allow_none=True)


class MonthTold(Answer):
    """A month of the trend: denials, and lines denied by their first answer of all lines first answered."""

    month = fields.String(attribute="month.code")
    in_progress = fields.Boolean()
    denials = fields.Integer()
    denied_cents = fields.Integer(attribute="cents")
    rate = fields.Nested(Rate)


class CauseOfMonth(Answer):
    """A root cause of the last complete month."""

    code = fields.String()
    title = fields.String()
    group = fields.String()
    starts_at = fields.String()
    denials = fields.Integer()
    denied_cents = fields.Integer(attribute="cents")


class PayerTold(Answer):
    """A payer: the last complete month, and its appeals decided in the months asked for."""

    id = fields.String(attribute="public_id")
    name = fields.String()
    denials = fields.Integer()
    denied_cents = fields.Integer(attribute="cents")
    rate = fields.Nested(Rate)
    overturned = fields.Nested(Rate)
    median_days = fields.Integer(allow_none=True)


class BucketTold(Answer):
    """The open denials of one bucket of days left."""

    bucket = fields.String()
    denials = fields.Integer()
    denied_cents = fields.Integer(attribute="cents")


class MissedTold(Answer):
    """Open denials whose last legal day to file has passed with nothing sent."""

    denials = fields.Integer()
    denied_cents = fields.Integer(attribute="cents")


class CohortTold(Answer):
    """What came of the denials of the complete months."""

    denials = fields.Integer()
    denied_cents = fields.Integer(attribute="cents")
    paid_denials = fields.Integer()
    recovered_cents = fields.Integer()


class Insights(Answer):
    """Everything the insights page shows; no patient is named. ``month`` is the last complete one."""

    first = fields.String(attribute="asked.first.code")
    last = fields.String(attribute="asked.last.code")
    month = fields.String(attribute="month.code")
    trend = fields.List(fields.Nested(MonthTold), attribute="trend.months")
    causes = fields.List(fields.Nested(CauseOfMonth), attribute="pareto.causes")
    payers = several(PayerTold)
    time_left = several(BucketTold)
    overturned = fields.Nested(Rate)
    pending_appeals = fields.Integer()
    cohort = fields.Nested(CohortTold)
    missed = fields.Nested(MissedTold)
    data_through = fields.Date(allow_none=True)
