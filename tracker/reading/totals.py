"""Stated totals of minutes: timed (one-on-one) minutes and all of the treatment."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tracker.reading.clock import LONGEST


class StatedMinutes(NamedTuple):
    """Minutes a note states, with their place."""

    minutes: int
    start: int
    end: int


class Totals(NamedTuple):
    """The totals of a note; None where it states none."""

    timed: StatedMinutes | None
    treatment: StatedMinutes | None


# What follows a number that is no number of minutes: timed up and go, 10 m walk, scores.
_NUMBER = r"(?P<{}>\d{{1,3}})(?![\d:])(?!\.\d)(?![ ]?(?:m\b|meters?|ft\b|feet|sec|s\b|lbs?\b|reps?\b|sets?\b|x\b|x\d|%|visits?|units?|u\b|°|deg))"
_UNIT = r"(?:[ ]?(?:minutes?|mins?|min)\b\.?|['’′])?"
_SEP = r"[ \t.:=|}\-–—>*]{0,40}"
_TIMED_WORD = r"(?:timed|one[- ]on[- ]one|one[- ]to[- ]one|1:1|1[- ]on[- ]1|direct|constant attendance|skilled)"
_WORDS = r"(?:[ \t/\-]{1,3}(?:codes?|treatment|tx|rx|services?|contact|time|total|timed|one[- ]on[- ]one|skilled|therapy|minutes?|mins?|min)\b){0,4}"

_PAIR = re.compile(
    rf"\btimed[ ]?(?:min(?:ute)?s?)?[ ]?/[ ]?total[ ]?(?:min(?:ute)?s?|time)?{_SEP}{_NUMBER.format('timed')}{_UNIT}[ ]?/[ ]?{_NUMBER.format('all')}{_UNIT}"
    rf"|\btotal{_SEP}{_NUMBER.format('timed2')}{_UNIT}/{_NUMBER.format('all2')}{_UNIT}"
)
_TIMED_AFTER = re.compile(rf"\b(?:total[ ])?{_TIMED_WORD}\b{_WORDS}{_SEP}{_NUMBER.format('n')}{_UNIT}")
_TIMED_BEFORE = re.compile(
    rf"(?<![\d.:/])(?P<n>\d{{1,3}})[ ]?(?:minutes?|mins?|min)?\b\.?,?[ ](?:total[ ])?(?:of[ ])?{_TIMED_WORD}\b"
)
_TREATMENT_AFTER = re.compile(
    rf"\b(?:total|all|entire|overall|in all|session)\b(?P<words>{_WORDS}|[ ](?:session|visit)(?:[ ]time)?){_SEP}{_NUMBER.format('n')}(?P<unit>{_UNIT})"
)
_TREATMENT_BEFORE = re.compile(
    r"(?<![\d.:/])(?P<n>\d{1,3})(?P<unit>[ ]?(?:minutes?|mins?|min)\b\.?)?[ ](?:in[ ])?(?P<word>total|in all)\b"
)
_LINE_END = re.compile(r"\n")


def read_totals(low: str, taken: Sequence[tuple[int, int]]) -> Totals:
    """Return the totals of ``low`` (a note in lower case), leaving out the places ``taken`` by single services.

    Of several the last counts: a total stands at the end.
    """
    free = _Free(taken)
    pairs = [match for match in _PAIR.finditer(low) if _is_pair(match)]
    timed = [_stated(match, "timed" if match["timed"] else "timed2") for match in pairs]
    treatment = [_stated(match, "all" if match["all"] else "all2") for match in pairs]
    paired = _Free([match.span() for match in pairs])
    for pattern in (_TIMED_BEFORE, _TIMED_AFTER):
        timed += [_stated(m, "n") for m in pattern.finditer(low) if _counts(m, free, paired)]
    places = _Free([(stated.start, stated.end) for stated in timed])
    ends = [match.start() for match in _LINE_END.finditer(low)]
    lines = {bisect_left(ends, stated.start) for stated in timed}
    for pattern in (_TREATMENT_AFTER, _TREATMENT_BEFORE):
        for match in pattern.finditer(low):
            if not _counts(match, free, paired) or places.overlaps(*match.span("n")):
                continue
            has_unit = bool(match["unit"]) or bool(match.groupdict().get("words"))
            if has_unit or bisect_left(ends, match.start()) in lines:
                treatment.append(_stated(match, "n"))
    return Totals(_last(timed), _last(treatment))


class _Free:
    """Which places are taken, asked in the order of the text or not."""

    def __init__(self, taken: Iterable[tuple[int, int]]) -> None:
        self._taken: set[int] = set()
        for start, end in taken:
            self._taken.update(range(start, end))

    def overlaps(self, start: int, end: int) -> bool:
        return any(place in self._taken for place in range(start, end))


def _is_pair(match: re.Match[str]) -> bool:
    timed, total = int(match["timed"] or match["timed2"]), int(match["all"] or match["all2"])
    return 0 < timed <= total <= LONGEST


def _counts(match: re.Match[str], free: _Free, paired: _Free) -> bool:
    if not 0 < int(match["n"]) <= LONGEST:
        return False
    return not free.overlaps(*match.span("n")) and not paired.overlaps(*match.span("n"))


def _stated(match: re.Match[str], group: str) -> StatedMinutes:
    return StatedMinutes(int(match[group]), match.start(), match.end())


def _last(found: Sequence[StatedMinutes]) -> StatedMinutes | None:
    return max(found, key=lambda stated: stated.start, default=None)
