"""The small values of X12 segments: amounts, dates, quantities, procedures. Repeated texts are read once."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from tracker.domain.money import MoneyError, parse_cents
from tracker.importers.errors import ImportProblem
from tracker.importers.x12 import COMPONENT

_MEMO_SIZE = 20_000
_FIRST_YEAR, _LAST_YEAR, _FIRST_BIRTH_YEAR = 1990, 2100, 1880

_Value = TypeVar("_Value")


class Memo(dict[str, _Value], Generic[_Value]):
    """Remembers what a text means: ``memo[text]`` costs one look-up when the text was seen before.

    ``once`` gives readers for texts by their first six characters (like ``NM1*QC``) that are hardly ever seen twice:
    those are read each time and not kept.
    """

    __slots__ = ("_once", "_read")

    def __init__(
        self, read: Callable[[str], _Value], once: Mapping[str, Callable[[str], _Value]] = MappingProxyType({})
    ) -> None:
        super().__init__()
        self._read, self._once = read, once

    def __missing__(self, text: str) -> _Value:
        read = self._once.get(text[:6])
        if read is not None:
            return read(text)
        if len(self) >= _MEMO_SIZE:
            self.clear()
        value = self[text] = self._read(text)
        return value


class NotMoney(Exception):  # noqa: N818  # caught where the segment's number is known
    """An amount that is not one; the caller knows the segment."""


def read_cents(text: str) -> int:
    """Return the cents of an X12 amount; an empty one is 0. Raises NotMoney.

    X12 leaves out leading zeros, so payers do write ``.54`` (seen in real 835s); apart from that the grammar is
    that of ``parse_cents``.
    """
    bare = text.strip()
    if not bare:
        return 0
    sign, digits = ("-", bare[1:]) if bare[0] == "-" else ("", bare)
    if digits[:1] == "." and len(digits) > 1:
        digits = "0" + digits
    try:
        return parse_cents(sign + digits)
    except MoneyError:
        raise NotMoney(text) from None


def read_date(text: str) -> date | None:
    """Return the date of CCYYMMDD (or YYMMDD, 4010) between 1990 and 2100, else None."""
    return _date(text, _FIRST_YEAR)


def read_birth_date(text: str) -> date | None:
    """Return the date of CCYYMMDD between 1880 and 2100, else None."""
    return _date(text, _FIRST_BIRTH_YEAR)


def _date(text: str, first_year: int) -> date | None:
    if len(text) == 6:
        text = "20" + text
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return found if first_year <= found.year <= _LAST_YEAR else None


def read_quantity(text: str) -> float | None:
    """Return a quantity (units, days) written as a plain decimal number, else None."""
    digits = text.strip().removeprefix("-")
    if len(digits) > 15 or not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        return None
    return float(text)


class Procedure(NamedTuple):
    """A procedure composite: qualifier (HC, NU ...), code, modifiers in order."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...]


def read_procedure(text: str) -> Procedure:
    """Return the parts of SVC01, SVC06 or SV101."""
    parts = [part.strip() for part in text.split(COMPONENT)]
    if len(parts) == 1:
        return Procedure("", parts[0].upper(), ())
    modifiers = tuple(part.upper() for part in parts[2:6] if part)
    return Procedure(parts[0], parts[1].upper(), modifiers)


def padded(elements: list[str], count: int) -> list[str]:
    """Return exactly ``count`` elements, empty ones where a segment is shorter."""
    return [*elements, *[""] * (count - len(elements))][:count]


def content_hash(text: str) -> str:
    """Return a hash of segments that is the same whatever white space, line breaks and separators a file uses."""
    return hashlib.blake2b(text.replace(" ", "").encode(), digest_size=16).hexdigest()


def not_money(number: int, name: str, amount: str) -> ImportProblem:
    """Return the refusal of a file with an amount that is not one."""
    why = f"{amount[:30]!r} is not an amount of money (segment {number})."
    return ImportProblem(f"Segment {number} ({name})", why, "Ask the payer or the clearinghouse for a new file.")
