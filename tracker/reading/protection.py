"""What a note says of itself that calls for more protection: psychotherapy notes, and Part 2 records of substance use."""

import re
from typing import NamedTuple

from tracker.domain.protection import Protection

_BLANK = r"[ \t]{1,3}"
# A heading stands alone in its line, or before a colon; "no psychotherapy note was made" in running text is none.
_HEADING = re.compile(
    rf"^[ \t#*=-]{{0,8}}((?:confidential{_BLANK})?(?:psychotherapy|psychotherapeutic|process){_BLANK}notes?)[ \t*=-]{{0,8}}(?::|$|\()",
    re.IGNORECASE | re.MULTILINE,
)
_PART_2 = re.compile(
    rf"(42{_BLANK}C\.?F\.?R\.?{_BLANK}?(?:§{_BLANK}?)?part{_BLANK}?2\b|42{_BLANK}C\.?F\.?R\.?{_BLANK}?§?{_BLANK}?2\.(?:1|3)\d\b"
    rf"|part{_BLANK}2{_BLANK}(?:program|records?|protected)"
    rf"|federal{_BLANK}(?:confidentiality{_BLANK}rules|law).{{0,60}}\b(?:alcohol|drug|substance)\b)",
    re.IGNORECASE,
)
_MOST = 400_000  # characters looked at


class Sign(NamedTuple):
    """What a note seems to be, and its own words that say so."""

    protection: Protection
    words: str


def signs_of_protection(text: str) -> Sign | None:
    """Return what a note's text says it is, None when nothing does. A suggestion: a person decides."""
    text = text[:_MOST]
    part_2 = _PART_2.search(text)
    if part_2 is not None:
        return Sign(Protection.PART_2, " ".join(part_2[1].split()))
    heading = _HEADING.search(text)
    return Sign(Protection.PSYCHOTHERAPY, " ".join(heading[1].split())) if heading is not None else None
