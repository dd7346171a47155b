"""Imports: what is in the files of a batch, what storing them would do and did."""

from marshmallow import fields
from marshmallow.validate import Length

from tracker.api.fields import Answer, Body, written
from tracker.api.resource import PageTold
from tracker.api.schemas.common import several


class ImportedFile(Answer):
    """A file of a batch; state is staged, storing, stored, cancelled, expired, undone or refused."""

    id = fields.String(attribute="public_id")
    filename = fields.String()
    format = fields.String(attribute="file_format")
    size = fields.Integer()
    state = fields.String()
    created_at = fields.AwareDateTime()
    stored_at = fields.AwareDateTime(allow_none=True)


class FoundDenial(Answer):
    """A denial that storing would log; ``key`` names it when it is to be left out."""

    key = fields.String()
    control_number = fields.String()
    patient = fields.String()
    payer = fields.String()
    code = fields.String()
    reason = fields.String()
    remarks = fields.List(fields.String())
    amount_cents = fields.Integer()
    file_by = fields.Date(allow_none=True)


class FileProblem(Answer):
    """Something about a file; a refused one is not used at all."""

    filename = fields.String()
    where = fields.String()
    why = fields.String()
    what_to_do = fields.String()
    refused = fields.Boolean()


class Work(Answer):
    """Long work on a big file."""

    state = fields.String()
    done = fields.Integer()
    total = fields.Integer()
    doing = fields.String()


class Logged(Answer):
    """What storing the files logged."""

    denials = fields.Integer()
    cents = fields.Integer()


class Import(Answer):
    """A batch. ``state`` is working, staged, stored or over; ``denials`` are found while it is staged."""

    id = fields.String()
    state = fields.String()
    files = several(ImportedFile)
    problems = several(FileProblem)
    claims = fields.Integer()
    denials = several(FoundDenial)
    logged = fields.Nested(Logged)
    work = several(Work)


class ImportRow(ImportedFile):
    """A file that was brought in, with its batch."""

    batch = fields.String()


class ImportList(PageTold):
    """A page of files that were brought in, newest first."""

    items = several(ImportRow)


class ImportConfirmed(Body):
    """Keys of the found denials that are to be left out."""

    leave_out = fields.List(written(200, required=True), load_default=list, validate=Length(max=10_000))
