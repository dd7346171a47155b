"""Facts as people here write them, in forms and in cells of lists: dates, amounts, reason codes, lines."""

import re
from datetime import date
from typing import NamedTuple

from tracker.domain.money import MoneyError, parse_cents
from tracker.knowledge import Knowledge

# 11/29/2026, 11/29/26, 11-29-2026, 11.29.2026, 11292026 and the ISO form of copied data.
_US = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})|(\d{2})(\d{2})(\d{4})", re.ASCII)
_AMOUNT = re.compile(r"\$?\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?)", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_GROUPS = ("CO", "PR", "OA", "PI", "CR")
_REASON = re.compile(r"([A-Z]{2})[- ]?([A-Z]?\d{1,4})")
_BARE_REASON = re.compile(r"[A-Z]?\d{1,4}")
_PROCEDURE = re.compile(r"[A-Z0-9]\d{3}[A-Z0-9]")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_UNITS = re.compile(r"X(\d{1,3}(?:\.\d)?)")


class DateError(ValueError):
    """Raised when text is not a date."""


def read_date(text: str) -> date:
    """Return the date that a person typed, month first; two digits mean a year of this century.

    Raises DateError for anything else.
    """
    iso, us = _ISO.fullmatch(text.strip()), _US.fullmatch(text.strip())
    if iso is not None:
        year, month, day = (int(part) for part in iso.groups())
    elif us is not None:
        month, day, year = (int(part) for part in us.groups() if part is not None)
        year = year + 2000 if year < 100 else year
    else:
        raise DateError(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(text) from None


def read_amount(text: str) -> int:
    """Return the cents of dollars like ``148.20``, ``$1,284.5`` or ``90``; raises MoneyError for anything else."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise MoneyError(text)
    return parse_cents(match[1].replace(",", ""))


class Reason(NamedTuple):
    """A reason as typed: group, code and remarks."""

    group: str
    carc: str
    remarks: tuple[str, ...]


class ReasonError(ValueError):
    """Raised when text is no reason code; the message says what to do."""


def read_reason(text: str, knowledge: Knowledge) -> Reason:
    """Return group, reason and remarks of text like ``CO-50`` or ``CO-16 N115``; raises ReasonError."""
    first, *remarks = text.upper().replace(",", " ").split() or [""]
    match = _REASON.fullmatch(first)
    if match is None and _BARE_REASON.fullmatch(first):
        raise ReasonError("Add the group in front of the number, like CO-50")
    if match is None or match[1] not in _GROUPS:
        raise ReasonError("Reason code must be a group and a number, like CO-50")
    group, carc = match.groups()
    if carc not in knowledge.carc:
        raise ReasonError(f"{group}-{carc} is not in the code list. Check the remittance")
    unknown = next((remark for remark in remarks if remark not in knowledge.rarc), None)
    if unknown is not None:
        raise ReasonError(f"{unknown} is not in the list of remark codes. Check the remittance")
    return Reason(group, carc, tuple(remarks))


class ServiceLine(NamedTuple):
    """A line as typed: code, modifiers, units; no code means the whole claim."""

    code: str
    modifiers: tuple[str, ...]
    units: float


def read_line(text: str) -> ServiceLine:
    """Return the line of text like ``97110 GP KX x2``; raises ValueError with what to do."""
    first, *rest = text.upper().split() or [""]
    if not first:
        return ServiceLine("", (), 0)
    if not _PROCEDURE.fullmatch(first):
        raise ValueError("Line code must start with five characters, like 97110 GP")
    units = [found[1] for part in rest if (found := _UNITS.fullmatch(part))]
    modifiers = tuple(part for part in rest if not _UNITS.fullmatch(part))
    if len(units) > 1 or len(modifiers) > 4 or not all(_MODIFIER.fullmatch(part) for part in modifiers):
        raise ValueError("After the code, enter up to four modifiers of two characters, and units like x2")
    return ServiceLine(first, modifiers, float(units[0]) if units else 1.0)
