"""Who is named in a note or as its author: discipline and rank from credentials, helpers from their words."""

import re
from typing import NamedTuple

_CREDENTIALS = (
    (re.compile(r"\b(?:S?PTA|LPTA)\b"), "PT", True),
    (re.compile(r"\b(?:S?OTA|COTA)(?:/L)?\b"), "OT", True),
    (re.compile(r"\bSLPA\b"), "SLP", True),
    (re.compile(r"\b(?:D?PT|MPT|MSPT|RPT)\b"), "PT", False),
    (re.compile(r"\b(?:OTR|OTD|OT)(?:/L)?\b"), "OT", False),
    (re.compile(r"\b(?:CCC[-/ ]?SLP|SLP|CF[-/ ]?SLP)\b"), "SLP", False),
)
_HELPER = re.compile(
    r"\b(?:rehab|therapy|pt|ot)[ -]?(?:tech(?:nician)?|aide)s?\b|\baides?\b|\btech(?:nician)?s?\b|\bstudents?\b"
    r"|\bgrad(?:uate)? (?:clinician|student)\b|\bspta?\b|\botas?\b",
    re.IGNORECASE,
)


class Author(NamedTuple):
    """Discipline (PT, OT, SLP) and whether the credential is an assistant's."""

    discipline: str
    is_assistant: bool


def author_of(name: str) -> Author | None:
    """Return what the credentials behind a name say (``Rory Estes, PTA``), or None when there are none.

    A therapist's credential outranks an assistant's that stands beside it.
    """
    found = [Author(discipline, assistant) for pattern, discipline, assistant in _CREDENTIALS if pattern.search(name)]
    return min(found, key=lambda author: author.is_assistant, default=None)


def helpers_named(text: str) -> tuple[int, int] | None:
    """Return the first place where a note names an aide, technician or student, or None."""
    match = _HELPER.search(text)
    return match.span() if match else None
