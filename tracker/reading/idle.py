"""Time that counts for no service: rest, waiting, set-up, records, heat alone, exercise that nobody attended."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.services import LONGEST_NOTE, MOST_PLACES
from tracker.reading.techniques import is_denied
from tracker.reading.times import Time

_IDLE = Sought(
    "arr bat boo bra bre cha clo cof col doc dri equ hot ice lat mac mhp moi not pap rec res roo sch sea set sho sta sup tab toi typ wai wat",
    r"(?:rest (?:break|breaks|period|periods|and)\b|(?<!at )(?<!/10 )(?<!/10 at )rests?(?= \d| \(| x|:| total)|rested\b|resting in\b|(?:seated|standing|supine) (?:recovery|rest)\b|recovery (?:break|chair|period|time)\b"
    r"|bathroom\b|restroom\b|toilet(?:ing)? break|coffee\b|water break|drink break|(?:moist )?hot packs?\b|cold packs?\b|mhp\b|ice pack\b|ice\b(?! massage)"
    r"|documentation\b|documenting\b|charting\b|charted\b|paperwork\b|note writing|typing (?:hep|note)|waiting\b|waited\b|changing (?:clothes|shoes)|(?:boots|shoes|clothes|brace) back on"
    r"|(?:room |equipment |machine |table )set[- ]?up\b|set[- ]?up time|setting up\b|late arrival|arrived late|scheduling\b|break\b)",
)
# Of these a length of time has to stand beside them: doing something on one's own can be the aim of treatment.
_ALONE = Sought(
    "alo bik by ell ind nus on sel ste tre ube war",
    r"(?:on (?:his|her|their|its) own\b|on own\b|self[- ]paced\b|self[- ]directed\b|by (?:him|her)self\b|alone while\b|warm[- ]?up alone\b"
    r"|independent(?:ly)? (?:on (?:the )?)?(?:warm[- ]?up|bike|nustep|treadmill|program|gym)|(?:bike|nustep|stepper|treadmill|warm[- ]?up|elliptical|ube)[ ,(]{1,2}independent(?:ly)?\b)",
)
_UNATTENDED = Sought(
    "che dur i lef no ot pt the tim una uns w wat whi",
    r"(?:unattended\b|unsupervised\b|left (?:alone|by (?:him|her)self)\b|while (?:i|pt|ot|therapist|this therapist|clinician) (?:was )?(?:with (?:another|the next|other)|phoned|treated|treating|saw|seeing|evaluated|worked with|charted|documented|splinted|helped|finished)\b"
    r"|while (?:the )?(?:therapist|pt|ot) (?:treated|saw|worked|was with)\b|during (?:my|therapist'?s?) (?:phone call|call|charting|documentation)|timer set\b|w/ timer\b|watched (?:the |a |his |her )?(?:tv|show|video|news|phone|movie)|(?:i|therapist|pt|ot) looked in\b|checked on (?:him|her|pt) (?:at|every)|no therapist\b)",
)
_EXCLUDED = re.compile(
    r"not (?:counted|billed|included|timed|charged|in (?:the )?(?:total|time|timed))|exclud|unbilled|un-?timed|non-?billable|no charge|not part of|left out|without|outside the|unbillable|off the clock|separate from|minus"
)
_PIECE = re.compile(r"[;\n]|\.[ ]|,[ ](?:then[ ])?(?=\d)|,[ ]then\b")
_TIMES_OVER = re.compile(r"(\d{1,2})[ ]?x[ ]?(\d{1,2})[ ]?(?:min|')|(\d{1,2})[ ]?min[ ]?x[ ]?(\d{1,2})")
_BOUTS = re.compile(r"(\d{1,2})[ ]?(?:bouts?|sets?|trials?|intervals?)?[ ]?x[ ]?(\d{1,2})[ ]?(?:min|')")
_REACH = 160


class Idle(NamedTuple):
    """A piece of a note that tells of time which does not count; ``minutes`` None when it names no length.

    ``is_unattended`` says that something was done, but with nobody there; ``is_excluded`` that the note leaves it out.
    """

    minutes: int | None
    start: int
    end: int
    is_unattended: bool
    is_excluded: bool


def find_idle(low: str, times: Sequence[Time]) -> tuple[Idle, ...]:
    """Return the pieces of a note (in lower case) that tell of time which counts for no service."""
    low = low[:LONGEST_NOTE]
    pieces: dict[tuple[int, int], bool] = {}
    for is_unattended, pattern in ((True, _UNATTENDED), (False, _ALONE), (False, _IDLE)):
        for match in islice(pattern.finditer(low), MOST_PLACES):
            if not is_denied(low, *match.span()):
                pieces.setdefault(_piece(low, *match.span()), is_unattended)
    return tuple(_idle(low, times, sorted(pieces.items())))


def _idle(low: str, times: Sequence[Time], pieces: Sequence[tuple[tuple[int, int], bool]]) -> Iterator[Idle]:
    at = 0
    for (start, end), is_unattended in pieces:
        while at < len(times) and times[at].start < start:
            at += 1
        inside = list(islice((time for time in times[at : at + 6] if time.end <= end and time.kind != "number"), 6))
        over = _TIMES_OVER.search(low, start, end)
        minutes = _product(over) if over else inside[0].minutes if inside else None
        excluded = _EXCLUDED.search(low, start, min(end + 40, len(low))) is not None
        yield Idle(minutes, start, end, is_unattended, excluded)


def _product(match: re.Match[str]) -> int:
    one, other = (int(part) for part in match.groups() if part is not None)
    return one * other


def _piece(low: str, start: int, end: int) -> tuple[int, int]:
    begin = max(start - _REACH, 0)
    begins = max((match.end() for match in _PIECE.finditer(low, begin, start)), default=begin)
    stop = _PIECE.search(low, end, min(end + _REACH, len(low)))
    return begins, stop.start() if stop else min(end + _REACH, len(low))


def bouts(low: str) -> Iterator[int]:
    """Yield the sums of all stretches a note writes as bouts: ``4 bouts x 3 min ... rest 3 x 4 min``."""
    found = [_product(match) for match in islice(_BOUTS.finditer(low[:LONGEST_NOTE]), MOST_PLACES)]
    if len(found) > 1:
        yield sum(found)
