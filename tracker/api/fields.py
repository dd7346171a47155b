"""What the values of the API may be: refused here, so that nothing unreadable reaches a service or a database."""

import re
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, Range, Regexp
from werkzeug.routing import BaseConverter, Map

ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
MOST_CENTS = 1_000_000_000_00
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
# NUL and other control characters but tab and line ends; halves of characters, which no database stores.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Body(Schema):
    """What a program sends; a name that is not known is refused, so that a slip does not pass unnoticed."""

    class Meta:
        """Unknown names are errors."""

        unknown = RAISE


class Answer(Schema):
    """What a program gets: every field is always there, null where nothing is known."""

    class Meta:
        """Nothing but what is described."""

        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:  # type: ignore[type-arg]
        """Describe every field as present."""
        super().on_bind_field(field_name, field_obj)
        field_obj.required = True


class Text(fields.String):
    """A text that people can read and databases can store, without blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if _UNREADABLE.search(text):
            raise ValidationError("Must not hold control characters.")
        return text.strip()


def written(most: int, *, required: bool = False, **more: Any) -> Text:
    """Return a field of at most ``most`` characters; a required one must not be empty."""
    if not required:
        more.setdefault("load_default", "")
    return Text(required=required, validate=Length(min=1 if required else None, max=most), **more)


class Day(fields.Date):
    """A date like 2026-11-23, from 1900 to 2100: beyond that, counting days fails."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise ValidationError("Must be from 1900 to 2100.")
        return day


def public_id(**more: Any) -> fields.String:
    """Return the field of an id as addresses carry it."""
    return fields.String(validate=Regexp(ID_PATTERN, error="Must be an id as the API gives it."), **more)


def cents(**more: Any) -> fields.Integer:
    """Return the field of an amount in cents."""
    return fields.Integer(strict=True, validate=Range(min=0, max=MOST_CENTS), **more)


def version(**more: Any) -> fields.Integer:
    """Return the field of the version that a change was made for."""
    return fields.Integer(strict=True, required=True, validate=Range(min=1, max=2**31), **more)


class IdConverter(BaseConverter):
    """An id in an address; anything else is not found, without asking the database."""

    regex = r"[A-Za-z0-9_-]{1,64}"


def init_map(url_map: Map) -> None:
    """Make the converter ``id`` known."""
    url_map.converters["id"] = IdConverter
