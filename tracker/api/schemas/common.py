"""Parts that several answers share."""

from typing import Any

from marshmallow import fields

from tracker.api.fields import Answer


class Named(Answer):
    """Somebody or something with an id and a name."""

    id = fields.String()
    name = fields.String()


class ClaimRef(Answer):
    """A claim with its number."""

    id = fields.String()
    control_number = fields.String()


class Numbered(Answer):
    """A denial or appeal with the number that people see."""

    id = fields.String()
    number = fields.String()
    status = fields.String()


def several(cls: type[Answer]) -> fields.List[Any]:
    """Return the field of a list of these."""
    return fields.List(fields.Nested(cls))


def perhaps(cls: type[Answer]) -> fields.Nested:
    """Return the field of one of these, or null."""
    return fields.Nested(cls, allow_none=True)
