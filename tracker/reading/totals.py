"""Stated totals of minutes: timed (one-on-one) minutes and all of the treatment."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from tracker.reading.clock import LONGEST
from tracker.reading.services import MOST_PLACES


class StatedMinutes(NamedTuple):
    """Minutes a note states, with their place; ``is_named`` when they say that they are minutes of treatment."""

    minutes: int
    start: int
    end: int
    is_named: bool = True


class Totals(NamedTuple):
    """The totals of a note; None where it states none."""

    timed: StatedMinutes | None
    treatment: StatedMinutes | None


# What follows a number that is no number of minutes: timed up and go, 10 m walk, scores.
_NUMBER = r"(?P<{}>\d{{1,3}})(?![\d:])(?!\.\d)(?![ ]?(?:m\b|meters?|ft\b|feet|sec|s\b|lbs?\b|reps?\b|sets?\b|x\b|x\d|%|visits?|units?|u\b|°|deg))"
_UNIT = r"(?:[ ]?(?:minutes?|mins?|min)\b\.?|['’′])?"
_SEP = r"[ \t.:=|}\-–—>*]{0,40}"
_TIMED = (
    "timed",
    "one-on-one",
    "one on one",
    "one-to-one",
    "one to one",
    "1:1",
    "1-on-1",
    "1 on 1",
    "direct",
    "constant attendance",
    "skilled",
    "ttm",
    "tct",
)
_WHOLE = ("total", "ttt", "all", "entire", "overall", "in all", "session", "treatment time", "tx time", "visit time")
_WORDS = r"(?:[ \t/\-]{1,3}\(?(?:codes?|treatment|tx|rx|services?|contact|time|total|timed|one[- ]on[- ]one|skilled|therapy|minutes?|mins?|min|length|duration|billable|billed|appointment|encounter|attendance|for|was|of)\b\)?){0,5}"

# Each pattern begins with the letters of its word and is tried only where the note has that word: that makes it quick.
_PAIRS = {
    "timed": re.compile(
        rf"timed[ ]?(?:min(?:ute)?s?)?[ ]?/[ ]?total[ ]?(?:min(?:ute)?s?|time)?{_SEP}{_NUMBER.format('timed')}{_UNIT}[ ]?/[ ]?{_NUMBER.format('all')}{_UNIT}"
    ),
    "total": re.compile(rf"total{_SEP}{_NUMBER.format('timed')}{_UNIT}/{_NUMBER.format('all')}{_UNIT}"),
}
# "40/40 t/t", "42/45 timed/tot": the words stand behind.
_PAIR_BEFORE = re.compile(
    r"(?<![\d/.])(?P<timed>\d{1,3})[ ]?/[ ]?(?P<all>\d{1,3})[ ]?(?:min(?:ute)?s?[ ]?)?(?:timed?[ ]?/[ ]?tot(?:al)?|t[ ]?/[ ]?t|ttm?[ ]?/[ ]?ttt)\b"
)
_PAIR_WORDS = re.compile(r"t(?:imed?|tm)?[ ]?/[ ]?t")
_BARE_PAIR = re.compile(r"(?<![\d/.])(?P<timed>\d{2,3})[ ]?/[ ]?(?P<all>\d{2,3})(?![\d/%]|\.\d)")
_TIMED_AFTER = {word: re.compile(rf"{word}\b{_WORDS}{_SEP}{_NUMBER.format('n')}{_UNIT}") for word in _TIMED}
_TIMED_BEFORE = re.compile(
    r"(?<![\d.:/])(?P<n>[1-9]\d{0,2})(?:[ ]?(?:minutes?|mins?|min)\.?)?,?[ ](?:total[ ])?(?:of[ ])?$"
)
_WHOLE_AFTER = {
    word: re.compile(
        rf"{word}\b(?P<words>{_WORDS}|[ ](?:session|visit)(?:[ ]time)?){_SEP}{_NUMBER.format('n')}(?P<unit>{_UNIT})"
    )
    for word in _WHOLE
}
_WHOLE_BEFORE = re.compile(r"(?<![\d.:/])(?P<n>[1-9]\d{0,2})(?P<unit>[ ]?(?:minutes?|mins?|min)\.?)?[ ](?:in[ ])?$")
_BEFORE_REACH = 24
_LINE_REACH = 200
_WORD_BEFORE = re.compile(r"([a-z]{3,})[ ]$")
_OF_TIME = frozenset(
    {"time", "timed", "min", "mins", "minutes", "treatment", "session", "visit", "and", "for", "codes", "units"}
)
_LINE_END = re.compile(r"\n")
_TOTAL = "total "
_NAMES_ITSELF = "ttt"  # total treatment time


def read_totals(low: str, taken: Sequence[tuple[int, int]], listed: int = 0) -> Totals:
    """Return the totals of ``low`` (a note in lower case), leaving out the places ``taken`` by single services.

    ``listed`` is what the single services add up to: a bare figure that equals it is their total.

    Of several the last counts: a total stands at the end.
    """
    places = _Places(taken)
    timed: list[StatedMinutes] = []
    treatment: list[StatedMinutes] = []
    for match in (
        *_matches(low, _PAIRS),
        *(islice(_PAIR_BEFORE.finditer(low), MOST_PLACES) if _PAIR_WORDS.search(low) else ()),
    ):
        if 0 < int(match["timed"]) <= int(match["all"]) <= LONGEST and not _is_score(low, match.start()):
            timed.append(StatedMinutes(int(match["timed"]), *match.span()))
            treatment.append(StatedMinutes(int(match["all"]), *match.span()))
            places.take(*match.span())
    timed += _stated(low, _TIMED, _TIMED_AFTER, _TIMED_BEFORE, places)
    for found in timed:
        places.take(found.start, found.end)
    if treatment or any(word in low for word in _WHOLE):
        ends = [match.start() for match in _LINE_END.finditer(low)] if timed else []
        lines = {bisect_left(ends, found.start) for found in timed}
        # A bare "total 46" is a total of minutes only beside timed minutes or as their sum; scores have totals too.
        treatment += [
            whole
            for whole in _stated(low, _WHOLE, _WHOLE_AFTER, _WHOLE_BEFORE, places)
            if whole.is_named
            or whole.minutes == listed
            or bisect_left(ends, whole.start) in lines
            or _is_beside_minutes(low, whole)
        ]
    return Totals(_last(timed), _last(treatment))


def read_pair(low: str, sums: Collection[int]) -> Totals | None:
    """Return timed and all minutes written as two bare figures, ``42/45``, where the first is one of the sums given."""
    for match in islice(_BARE_PAIR.finditer(low), MOST_PLACES):
        timed, everything = int(match["timed"]), int(match["all"])
        if timed in sums and timed <= everything <= LONGEST:
            return Totals(StatedMinutes(timed, *match.span()), StatedMinutes(everything, *match.span()))
    return None


def _is_score(low: str, start: int) -> bool:
    """Whether a word before "total 46/56" names something else than time: a scale and its highest score."""
    word = _WORD_BEFORE.search(low, max(start - 20, 0), start)
    return word is not None and word[1] not in _OF_TIME


def _is_beside_minutes(low: str, whole: StatedMinutes) -> bool:
    """Whether a bare total ends a line that has the same figure with its unit: ``splint mgmt 18 min, total 18``."""
    line = low.rfind("\n", max(whole.start - _LINE_REACH, 0), whole.start) + 1
    same = rf"(?<![\d.:/]){whole.minutes}[ ]?(?:min|['’′])"
    return low[whole.end : whole.end + 1] != "/" and re.search(same, low[line : whole.start]) is not None


def _matches(low: str, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[re.Match[str]]:
    for word, pattern in patterns.items():
        if word in low:
            for match in islice(pattern.finditer(low), MOST_PLACES):
                if match.start() == 0 or not low[match.start() - 1].isalnum():
                    yield match


def _stated(
    low: str,
    words: Sequence[str],
    after: Mapping[str, re.Pattern[str]],
    before: re.Pattern[str],
    places: "_Places",
) -> Iterator[StatedMinutes]:
    """Yield the minutes stated after or before one of the words, where they belong to nothing else."""
    for match in _matches(low, after):
        start = match.start()
        if low.startswith(_TOTAL, max(start - len(_TOTAL), 0)) and start >= len(_TOTAL):
            start -= len(_TOTAL)
        words_or_unit = match.groupdict().get("words") or match.groupdict().get("unit")
        named = bool(words_or_unit) or match[0].startswith(_NAMES_ITSELF)
        if 0 < int(match["n"]) <= LONGEST and not places.hold(match.start("n")):
            yield StatedMinutes(int(match["n"]), start, match.end(), named)
    for word in words:
        at, looked = low.find(word), 0
        while at >= 0 and looked < MOST_PLACES:
            looked += 1
            end = at + len(word)
            found = None if low[end : end + 1].isalnum() else before.search(low, max(at - _BEFORE_REACH, 0), at)
            if found is not None and int(found["n"]) <= LONGEST and not places.hold(found.start("n")):
                named = bool(found.groupdict().get("unit"))
                yield StatedMinutes(int(found["n"]), found.start(), end, named)
            at = low.find(word, end)


class _Places:
    """Which places of a text are taken already."""

    def __init__(self, taken: Iterable[tuple[int, int]]) -> None:
        self._taken: set[int] = set()
        for start, end in taken:
            self.take(start, end)

    def take(self, start: int, end: int) -> None:
        self._taken.update(range(start, end))

    def hold(self, place: int) -> bool:
        return place in self._taken


def _last(found: Sequence[StatedMinutes]) -> StatedMinutes | None:
    """Return the last of the stated minutes; of two readings of one place the longer."""
    last: StatedMinutes | None = None
    for stated in sorted(found, key=lambda each: (each.start, -each.end)):
        if last is None or stated.start >= last.end:
            last = stated
    return last
