"""Minutes in a note: per service, per block of the clock, totals, time in and out. Each with its place in the text.

Only minutes that stand at the name of a service, at a total or as times of day are taken; ``bike 5 min`` inside a
description is not. Reading is linear in the length of the text: every gap that is looked across has a limit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from tracker.reading.clock import ClockRange, clock_range, with_figures
from tracker.reading.joined_minutes import SharedMinutes
from tracker.reading.service_minutes import ServiceMinutes, bare_minutes, read_service_minutes
from tracker.reading.services import MOST_PLACES, ServiceName, find_services, lowered
from tracker.reading.times import Time, find_times
from tracker.reading.totals import StatedMinutes, read_pair, read_totals

__all__ = ["Minutes", "ServiceMinutes", "SharedMinutes", "StatedMinutes", "TimeBlock", "minutes_of", "read_minutes"]

_DOUBT = 3  # characters behind a figure in which a doubt about it stands
_BREAK = 30  # minutes between two parts of one visit
_LABEL = 30  # characters before a stretch of the clock that begins a line
_LINE_START = re.compile(
    r"[ \t>*•\-–—|#~.()\d]{0,12}(?:(?:block|part|seg(?:ment)?|section|bout)[ ]\w{1,3}[ :.)\-]{0,3})?$"
)
_IN_OUT = re.compile(
    r"\bin\b[^\d\n]{0,15}(\d{1,2}):?([0-5]\d)[ ]?([ap])?[^\d\n]{0,20}\bout\b[^\d\n]{0,15}(\d{1,2}):?([0-5]\d)(?:[ ]?([ap])\.?m?)?"
    r"|\bin[ ]?/[ ]?out\b[^\d\n]{0,25}(\d{1,2}):?([0-5]\d)[ ]?([ap])?\.?m?\.?[ ]?(?:/|-|–|to)[ ]?(\d{1,2}):?([0-5]\d)(?:[ ]?([ap])\.?m?)?"
    r"|\b(?:start|begin|began|arrived|checked[ -]in|check[ -]in)\b[^\d\n]{0,12}(\d{1,2}):([0-5]\d)[ ]?([ap])?[^\d\n]{0,20}\b(?:end|ended|stop|stopped|finish|left|departed|checked[ -]out|check[ -]out)\b[^\d\n]{0,12}(\d{1,2}):([0-5]\d)(?:[ ]?([ap])\.?m?)?"
)  # fmt: skip
_BEGUN = re.compile(r"(\d{1,2}):([0-5]\d)[ ]?([ap])?\.?m?\.?[ ](?:start|started|in|began|begin|arrived)\b")
_ENDED = re.compile(r"(\d{1,2}):([0-5]\d)[ ]?([ap])?\.?m?\.?[ ](?:end|ended|out|stop|stopped|left)\b")
_EMPTY_BOX = re.compile(r"[\[(][ _]{1,12}[\])]")
_MAY_BE_OUT = re.compile(r"(?:out|end|stop|finish|left|departed)[^\d\n]{0,25}\d")
_BLANK = re.compile(
    r"\b(?:time[ ]?)?(?:in|out|start|stop|end|min|mins|minutes|timed|time)\b[ :.=]{0,4}(?:_{2,}(?:[ :]{0,2}_{2,})?|[\[(][ _]{1,12}[\])])"
    r"(?:[ \t]{0,6}(?:time[ ]?)?(?:out|stop|end|total)\b[ :.=]{0,4}_{2,}(?:[ :]{0,2}_{2,})?)?"
)


class TimeBlock(NamedTuple):
    """A stretch of the clock that names no service."""

    clock: ClockRange
    start: int
    end: int

    @property
    def minutes(self) -> int:
        """Return how long it lasted."""
        return self.clock.minutes


@dataclass(frozen=True, slots=True)
class Minutes:
    """All minutes of one note.

    ``services`` in the order of the text; ``shared`` is told for several services together; ``blocks`` are stretches that stand at the beginning of a line without a
    service's name; ``timed`` and ``treatment`` are stated totals; ``session`` is time in and out; ``blanks`` are
    places of time fields left empty; ``loose`` is the longest stretch of minutes that belongs to none of these.
    """

    services: tuple[ServiceMinutes, ...] = ()
    shared: tuple[SharedMinutes, ...] = ()
    blocks: tuple[TimeBlock, ...] = ()
    timed: StatedMinutes | None = None
    treatment: StatedMinutes | None = None
    session: TimeBlock | None = None
    stretches: tuple[TimeBlock, ...] = ()
    blanks: tuple[tuple[int, int], ...] = ()
    loose: int = 0

    @property
    def none_found(self) -> bool:
        """Whether the note tells no length of treatment at all."""
        return not (self.services or self.shared or self.blocks or self.timed or self.treatment or self.session)


def read_minutes(text: str) -> Minutes:
    """Return the minutes of a note, each with the place it was read from (``text[start:end]``)."""
    low = lowered(text)
    return minutes_of(low, find_times(low), find_services(text, low), with_figures(low))


def minutes_of(low: str, times: Sequence[Time], names: Sequence[ServiceName], figures: str) -> Minutes:
    """Return the minutes of a note of which is known: its text in lower case and with figures, its times and services."""
    services, used, joined = read_service_minutes(low, times, names)
    listed = sum(service.minutes for service in services) + sum(each.minutes for each in joined.shared)
    taken = [*((service.start, service.end) for service in services), *joined.places]
    totals = read_totals(figures, taken, listed)
    bare = bare_minutes(low, names, services)
    with_bare = listed + sum(each.minutes for each in bare)
    if totals.timed is None:
        totals = read_pair(low, {listed, with_bare}) or totals
    if bare and totals.timed is not None and totals.timed.minutes == with_bare:
        services = sorted([*services, *bare], key=lambda each: each.start)
    session = _in_out(low)
    blocks, rest = _blocks(low, [time for time in times if time.kind == "clock" and time.start not in used])
    if len(blocks) == 1 and session is None and not any(service.clock for service in services):
        blocks, rest = [], [*blocks, *rest]
    return Minutes(
        services=tuple(services),
        shared=joined.shared,
        blocks=tuple(blocks),
        timed=_if_legible(low, totals.timed),
        treatment=_if_legible(low, totals.treatment) or next((StatedMinutes(*each) for each in joined.totals), None),
        session=session or _begun_and_ended(low) or _whole(rest),
        stretches=tuple(rest),
        blanks=tuple(match.span() for match in islice(_BLANK.finditer(low), MOST_PLACES))
        if "__" in low or _EMPTY_BOX.search(low)
        else (),
        loose=max((time.minutes for time in times if time.kind == "minutes" and time.start not in used), default=0),
    )


def _if_legible(low: str, total: StatedMinutes | None) -> StatedMinutes | None:
    """Leave out a figure that whoever typed the page could not read: ``timed 2[?] min``."""
    return None if total is None or "[?" in low[total.start : total.end + _DOUBT] else total


def _blocks(low: str, clocks: Sequence[Time]) -> tuple[list[TimeBlock], list[TimeBlock]]:
    """Divide stretches of the clock into those that begin a line and the others."""
    beginning: list[TimeBlock] = []
    elsewhere: list[TimeBlock] = []
    for time in clocks:
        assert time.clock is not None
        line = low.rfind("\n", max(time.start - _LABEL, 0), time.start) + 1
        is_start = (line or time.start <= _LABEL) and _LINE_START.match(low, line, time.start)
        (beginning if is_start else elsewhere).append(TimeBlock(time.clock, time.start, time.end))
    return beginning, elsewhere


def _whole(stretches: Sequence[TimeBlock]) -> TimeBlock | None:
    """Return the visit that stretches without a name make up: parts with a short break between, else the longest."""
    if not stretches:
        return None
    whole = sorted(stretches, key=lambda block: block.clock.begins)
    if all(0 <= later.clock.begins - earlier.clock.ends <= _BREAK for earlier, later in pairwise(whole)):
        clock = ClockRange(whole[0].clock.begins, whole[-1].clock.ends)
        return TimeBlock(clock, stretches[0].start, stretches[-1].end)
    return max(stretches, key=lambda block: block.minutes)


def _begun_and_ended(low: str) -> TimeBlock | None:
    """Return the visit whose first and last time stand apart: ``1:00p start ... 1:45p end``."""
    begun, ended = _BEGUN.search(low), _ENDED.search(low)
    if begun is None or ended is None or ended.start() < begun.end():
        return None
    clock = clock_range(*begun.groups(), *ended.groups())
    return TimeBlock(clock, *ended.span()) if clock else None


def _in_out(low: str) -> TimeBlock | None:
    if not _MAY_BE_OUT.search(low):
        return None
    for match in islice(_IN_OUT.finditer(low), MOST_PLACES):
        written = [part for part in (match.groups()[i : i + 6] for i in (0, 6, 12)) if part[0] is not None]
        if clock := clock_range(*written[0]):
            return TimeBlock(clock, *match.span())
    return None
