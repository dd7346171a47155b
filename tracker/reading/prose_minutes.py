"""Minutes told in running text beside what was done: ``for twenty minutes after that she did step-ups``."""

import re
from collections.abc import Sequence

from tracker.reading.passages import Passage
from tracker.reading.times import Time

_LONGEST_PART = 60
_REACH = 32  # characters before a length of time in which it is said to be a part of the visit
_BEFORE = re.compile(
    r"(?:^(?:for|after|then|about|approximately|another|spent|the)|[\s(](?:spent|spend|spending|another|next|first|last|final|then|remaining|following|took|worked(?: for)?|for (?:another|the)))"
    r"(?:[ ](?:the|a|about|some|another|next|first|last|final|remaining|full|good|approximately)){0,3}[ ]?$"
)
_AFTER = re.compile(
    r"[ ]?(?:(?:were|was|is)[ ])?(?:spent|of (?:the )?(?:session|visit|treatment|time)|working on|devoted|dedicated|after that|followed|in all went|went)\b"
)
_OTHER = re.compile(
    r"\b(?:rest(?:ed|ing|s)?|break|late|wait(?:ed|ing)?|ice|heat|hot pack|cold pack|warm[ -]?up|home|hep|daily|a day|per day|tolerat\w*|before|until|within|able to (?:sit|stand|walk|work)|can (?:sit|stand|walk)|could (?:sit|stand|walk)|every|goal|each|ago|aide|tech|unattended|away|left|documentation|paperwork|total|timed|units?|billed)\b"
)


def told_parts(low: str, times: Sequence[Time], passages: Sequence[Passage]) -> tuple[tuple[Time, Passage], ...]:
    """Return the lengths of time a note in lower case tells as parts of its visit, each with its passage.

    Only passages with one length of time count; rests, tolerances, home programs and waiting are no part of it.
    """
    found = []
    at = 0
    for passage in passages:
        while at < len(times) and times[at].start < passage.start:
            at += 1
        end = at
        while end < len(times) and times[end].start < passage.end:
            end += 1
        if end - at == 1 and _is_part(low, times[at], passage):
            found.append((times[at], passage))
        at = end
    return tuple(found)


def _is_part(low: str, time: Time, passage: Passage) -> bool:
    if time.kind != "minutes" or not 0 < time.minutes <= _LONGEST_PART:
        return False
    if _OTHER.search(low, passage.start, passage.end):
        return False
    before = _BEFORE.search(low[max(passage.start, time.start - _REACH) : time.start])
    return before is not None or _AFTER.match(low, time.end) is not None
