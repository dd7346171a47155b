"""Denials: rows of the queue, one with all that bears on it, what is logged and changed."""

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from tracker.api.fields import Answer, Body, Day, cents, public_id, version, written
from tracker.api.resource import PageAsked, PageTold
from tracker.api.schemas.common import ClaimRef, Named, Numbered, perhaps, several
from tracker.domain.deadlines import Bucket
from tracker.domain.statuses import OPEN_STATUSES, PATHS, STATUSES, TYPED_CLOSE_REASONS
from tracker.reports.queue_filter import ONLY, SORTS, VIEWS

_CAUSE = Regexp(r"^[a-z0-9_-]{1,40}$", error="Must be the code of a cause.")


class DenialsAsked(PageAsked):
    """The filters of the queue."""

    view = fields.String(load_default="open", validate=OneOf(list(VIEWS)))
    payer = fields.List(public_id(), load_default=list, validate=Length(max=50))
    code = fields.String(load_default=str, validate=Regexp(r"^[A-Z]{2}-[A-Z]?\d{1,4}$", error="Must be like CO-50."))
    cause = fields.String(load_default=str, validate=_CAUSE, metadata={"description": "A cause, or none."})
    status = fields.String(load_default=str, validate=OneOf(list(STATUSES)))
    owner = public_id(load_default=str, metadata={"description": "The id of a person, me, or none."})
    due = fields.String(load_default=str, validate=OneOf(list(Bucket)))
    month = fields.List(
        fields.String(validate=Regexp(r"^20\d\d-(0[1-9]|1[0-2])$", error="Must be like 2026-10.")),
        load_default=list,
        validate=Length(max=36),
        metadata={"description": "Months of the first denial."},
    )
    counted = fields.String(load_default=str, validate=OneOf(list(ONLY)), data_key="only")
    sort = fields.String(load_default="due", validate=OneOf([*SORTS, *(f"-{name}" for name in SORTS)]))


class Due(Answer):
    """The clock that runs: its name, the safe day, the last legal day, and the words of the screens."""

    clock = fields.String()
    on = fields.Date(allow_none=True)
    legal = fields.Date(allow_none=True)
    words = fields.String()


class Cause(Answer):
    """The cause that stands for a denial."""

    code = fields.String()
    title = fields.String()
    strength = fields.String()


class DenialRow(Answer):
    """A denial as the queue shows it."""

    id = fields.String()
    number = fields.String()
    version = fields.Integer()
    status = fields.String(validate=OneOf(list(STATUSES)))
    open = fields.Boolean()
    snoozed_to = fields.Date(allow_none=True)
    due = perhaps(Due)
    patient = fields.Nested(Named)
    payer = fields.Nested(Named)
    claim = fields.Nested(ClaimRef)
    owner = perhaps(Named)
    service_date = fields.Date(allow_none=True)
    denied_on = fields.Date()
    code = fields.String()
    reason = fields.String()
    remarks = fields.List(fields.String())
    amount_cents = fields.Integer()
    billed_cents = fields.Integer()
    recovered_cents = fields.Integer()
    cause = perhaps(Cause)
    path = fields.String(validate=OneOf(["", *PATHS]))
    next_step = fields.String()
    waits_for_approval = fields.Boolean()


class DenialList(PageTold):
    """A page of denials with the dollars of the whole list."""

    total_cents = fields.Integer()
    items = several(DenialRow)


class Explained(Answer):
    """A reason or remark code in our words."""

    code = fields.String()
    meaning = fields.String()
    hint = fields.String()


class Evidence(Answer):
    """Something that speaks for or against a cause, with the words of the notes."""

    words = fields.String()
    quotes = fields.List(fields.String())
    absent = fields.String()


class CauseTold(Answer):
    """A likely cause with what speaks for and against it."""

    code = fields.String()
    title = fields.String()
    definition = fields.String()
    strength = fields.String()
    path = fields.String()
    path_why = fields.String()
    cure = fields.String(allow_none=True)
    chosen = fields.Boolean()
    supports = several(Evidence)
    against = several(Evidence)


class ClockTold(Answer):
    """How the date to act by was counted."""

    safe = fields.Date(allow_none=True)
    legal = fields.Date(allow_none=True)
    words = fields.String()
    source = fields.String()


class Denial(DenialRow):
    """A denial with its codes, causes, clock, notes and appeals."""

    close_reason = fields.String()
    closed_on = fields.Date(allow_none=True)
    practice = fields.Nested(Named)
    codes = several(Explained)
    barred_by = fields.String(allow_none=True)
    causes = several(CauseTold)
    clock = fields.Nested(ClockTold)
    notes = fields.List(fields.String(), metadata={"description": "Ids of the notes of the visit."})
    appeals = several(Numbered)


class DenialLogged(Body):
    """A denial from paper, a portal or a phone call. Without ``code`` the whole claim was denied."""

    payer = written(120, required=True)
    patient_last_name = written(
        75, required=True, metadata={"description": "Without a comma; the first name has a field of its own."}
    )
    patient_first_name = written(75, required=True)
    claim_number = written(80, required=True)
    service_date = Day(required=True)
    reason = written(10, required=True, metadata={"description": "Group and code, like CO-50."})
    remarks = fields.List(written(6, required=True), load_default=list, validate=Length(max=7))
    code = written(5)
    modifiers = fields.List(written(2, required=True), load_default=list, validate=Length(max=4))
    units = fields.Float(load_default=1.0, validate=Range(min=0, max=999), allow_nan=False)
    amount_cents = cents(required=True)
    denied_on = Day(required=True)
    file_by = Day(load_default=None, allow_none=True)
    not_same_as = public_id(
        load_default=str, metadata={"description": "The id of the denial that an answer 409 named, when it is another."}
    )


class DenialChange(Body):
    """What changes; a field that is left out stays. Picking a cause sets the path that it leads to."""

    version = version()
    status = fields.String(validate=OneOf(list(OPEN_STATUSES)))
    owner = public_id(allow_none=True)
    snoozed_to = Day(allow_none=True)
    cause = fields.String(validate=_CAUSE)


class DenialClosed(Body):
    """Why a denial is closed; a write-off says why, and may have to wait for approval."""

    version = version()
    reason = fields.String(required=True, validate=OneOf(list(TYPED_CLOSE_REASONS)))
    why = written(300)
