"""Who is named in a note or as its author: discipline and rank from credentials, helpers from their words."""

import re
from functools import lru_cache
from typing import NamedTuple

_CREDENTIALS = (
    (re.compile(r"\b(?:S?PTA|LPTA)\b"), "PT", True),
    (re.compile(r"\b(?:S?OTA|COTA)(?:/L)?\b"), "OT", True),
    (re.compile(r"\bSLPA\b"), "SLP", True),
    (re.compile(r"\b(?:D?PT|MPT|MSPT|RPT)\b"), "PT", False),
    (re.compile(r"\b(?:OTR|OTD|OT)(?:/L)?\b"), "OT", False),
    (re.compile(r"\b(?:CCC[-/ ]?SLP|SLP|CF[-/ ]?SLP)\b"), "SLP", False),
)
_HELPER_SIGNS = ("tech", "aide", "student", "grad", "spt", "ota")
# The branches begin with letters, which makes the search quick; whether a word begins there is asked afterwards.
_HELPER = re.compile(r"(?:tech(?:nician)?s?|aides?|students?|grad(?:uate)? (?:clinician|student)|spta?|otas)\b")

# Before "tech" these make it a technique.
_TECHNIQUE = re.compile(
    r"(?:fibrosis|relaxation|breathing|manual|release|mobilization|scar|massage|compensatory|swallow|handling)[ ]$"
)


class Author(NamedTuple):
    """Discipline (PT, OT, SLP) and whether the credential is an assistant's."""

    discipline: str
    is_assistant: bool


@lru_cache(maxsize=4096)
def author_of(name: str) -> Author | None:
    """Return what the credentials behind a name say (``Rory Estes, PTA``), or None when there are none.

    A therapist's credential outranks an assistant's that stands beside it.
    """
    found = [Author(discipline, assistant) for pattern, discipline, assistant in _CREDENTIALS if pattern.search(name)]
    return min(found, key=lambda author: author.is_assistant, default=None)


def helpers_named(low: str) -> tuple[int, int] | None:
    """Return the first place where a note (in lower case) names an aide, technician or student, or None."""
    if not any(sign in low for sign in _HELPER_SIGNS):
        return None
    for match in _HELPER.finditer(low):
        start = match.start()
        is_technique = low.startswith("tech", start) and _TECHNIQUE.search(low, max(start - 20, 0), start)
        if (start == 0 or not low[start - 1].isalnum()) and not is_technique:
            return match.span()
    return None
