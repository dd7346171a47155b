"""Which lines of a note tell what was done in the visit, and which tell of complaints, goals, measures and plans."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import islice
from typing import NamedTuple

from tracker.reading.passages import MOST_PASSAGES

_TITLE = re.compile(
    r"[ \t#*=\-–—>•~\[({|]{0,8}(?:\d{1,2}[.)][ \t]{0,3})?(?P<title>[a-z][a-z/&.']{0,20}(?:[ ][a-z/&']{1,16}){0,4}?)"
    r"[\])}]?[ \t]?(?:\([^()\n]{0,40}\))?(?:[ \t.]*[:=|/\]})]| {2,}|[ \t]+[-–—]|[ \t*=\-–—]*$|\.[ ])"
)
_DONE = re.compile(
    r"(?:o|d|obj|objective|data|rx|tx|treatments?|interventions?|procedures?|details?|today|what (?:i|we) did|skilled|services?"
    r"|clinician actions?|activities|exercises?|trials?|techniques?|rx today|done|session|performed|content|block|flow ?sheet)\b"
)
# Lines about the visit itself: the next service named at a line's start ends them.
_VISIT = re.compile(
    r"(?:vitals|pain|patient|name|client|dob|date|dos|visit|timed|total|units|status|dx|diagnos[ie]s|precautions?|report|reports|reported)\b"
)
_OTHER = re.compile(
    r"(?:s|a|p|a/p|subj(?:ective)?|assessment|assess|impression|plan|goals?|stg|ltg|stgs|ltgs|measures?|objective measures|tests?"
    r"|complaint|c/o|cc|history|hx|pmh|plof|next|home|hep|home program"
    r"|homework|carry[- ]?over|reasoning|clinical reasoning|thinking|thought|so|numbers|education|response|signed?|signature"
    r"|electronically|authenticated|functional concern|skilled need|medical necessity|justification|why|prognosis|what (?:he|she|they) says?"
    r"|reason|g|e|recommendations?|continue|cont)\b"
)

_INDENT = 12  # characters of bullets and spaces before a service at the start of a line


class Section(NamedTuple):
    """Lines from ``start`` up to ``end`` under one heading; ``is_done`` when they may tell what was done."""

    start: int
    end: int
    is_done: bool


def sections(low: str, with_minutes: Collection[int], named: Collection[int]) -> tuple[Section, ...]:
    """Return the sections of a note (in lower case): a heading of another kind begins a new one.

    Services with minutes (their places in ``with_minutes``) at a line's start always tell what was done; services
    without (``named``) end only the lines about the visit itself.
    """
    starts = [(0, "done")]
    start = 0
    for line in islice(low.splitlines(keepends=True), MOST_PASSAGES):
        kind = _kind(line)
        first = range(start, start + min(len(line), _INDENT))
        if any(place in with_minutes for place in first) or (
            starts[-1][1] == "visit" and any(place in named for place in first)
        ):
            kind = "done"
        if kind is not None:
            starts.append((start, kind))
        start += len(line)
    ends = [begins for begins, _ in starts[1:]] + [len(low)]
    return tuple(
        Section(begins, end, kind == "done") for (begins, kind), end in zip(starts, ends, strict=True) if end > begins
    )


def _kind(line: str) -> str | None:
    match = _TITLE.match(line)
    if match is None:
        return None
    for kind, titles in (("visit", _VISIT), ("other", _OTHER), ("done", _DONE)):
        if titles.match(match["title"]):
            return kind
    return None


def section_at(parts: Sequence[Section], place: int) -> Section:
    """Return the section a place of the note lies in."""
    return parts[bisect_right(parts, place, key=lambda each: each.start) - 1]
