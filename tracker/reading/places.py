"""Where a visit took place as its note says: by video, in the patient's home, in the clinic."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.services import LONGEST_NOTE, MOST_PLACES

_REMOTE = Sought(
    "2 aud by int on ove rea sec syn tel thr two usi via vid vir",
    r"(?:via|by|over|through|using|on)[ ](?:a[ ])?(?:secure[ ]|live[ ]|two-way[ ]|2-way[ ]|real-time[ ]|hipaa[- ]compliant[ ]|interactive[ ]|synchronous[ ]){0,3}(?:audio[ ]?(?:/|-|and|&|\+)?[ -]?)?(?:video(?:[ ](?:call|visit|conferenc\w+|platform|link|connection|session))?|telehealth|telemedicine|telerehab\w*|zoom|doxy(?:\.me)?|teletherapy)\b"
    r"|(?:telehealth|telemedicine|telerehab\w*|teletherapy|virtual|video)[ ](?:visit|session|treatment|encounter|appointment)\b"
    r"|(?:two-way|2-way|synchronous|real-time|interactive|secure)[ ](?:audio[ ]?(?:/|-|and|&)[ ]?)?video\b|audio[ ]?(?:-|/|and|&)[ ]?(?:video|visual)\b",
)
_HOME = Sought(
    "eva loc pla see ses set the tre vis whe",
    r"(?:seen|treated|visit|session|treatment|therapy|eval\w*)[ ](?:today[ ])?(?:in|at)[ ](?:the[ ])?(?:(?:patient|pt|client)['’]?s?|his|her|their)[ ](?:own[ ])?(?:home|house|apartment|residence)\b"
    r"|(?:location|place(?: of service)?|setting|where)[ ]?[:=][ ]?(?:the[ ])?(?:(?:patient|pt|client)['’]?s?[ ])?(?:home|residence)\b",
)
_CLINIC = Sought(
    "cli in loc our pla see ses set tre vis whe",
    r"(?:seen|treated|visit|session|treatment)[ ](?:today[ ])?(?:in|at)[ ](?:the[ ]|our[ ])?(?:outpatient[ ]|op[ ])?(?:clinic|office|gym)\b|(?:clinic|our)[ ](?:pool|gym)\b"
    r"|(?:location|place(?: of service)?|setting|where)[ ]?[:=][ ]?(?:the[ ]|our[ ])?(?:outpatient[ ]|op[ ])?(?:clinic|office)\b|in[- ]person\b",
)
_PATTERNS = {"remote": _REMOTE, "home": _HOME, "clinic": _CLINIC}
# Another visit, an offer, or a film that was watched.
_OTHER_BEFORE = re.compile(
    r"\b(?:no|not|never|declin\w*|offer\w*|next|future|upcoming|last|previous|prior|plan|schedul\w*|consider\w*|option|prefers?|may|will|could|if|instead of|or|review\w*|watch\w*|record\w*|film\w*|md|physician|dr|nurse|doctor)\b[^.;\n]{0,30}$"
)
_OTHER_AFTER = re.compile(
    r"[ ]?(?:next|offered|declined|scheduled|to be|on \d|was reviewed|reviewed|recording|of (?:gait|exercis)|with (?:dr|the (?:md|doctor|physician|surgeon))|is an option|if|games?)\b"
)


class VisitPlace(NamedTuple):
    """Where the note says the visit was: ``remote``, ``home`` or ``clinic``, with the words' place."""

    kind: str
    start: int
    end: int


def read_places(low: str) -> tuple[VisitPlace, ...]:
    """Return where a note in lower case says its visit took place, in the order of the text."""
    return tuple(sorted(_places(low[:LONGEST_NOTE]), key=lambda each: each.start))


def _places(low: str) -> Iterator[VisitPlace]:
    for kind, pattern in _PATTERNS.items():
        for match in islice(pattern.finditer(low), MOST_PLACES):
            before = low[max(match.start() - 50, 0) : match.start()]
            if not _OTHER_BEFORE.search(before) and not _OTHER_AFTER.match(low, match.end()):
                yield VisitPlace(kind, *match.span())
