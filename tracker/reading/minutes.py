"""Minutes in a note: per service, per block of the clock, totals, time in and out. Each with its place in the text.

Only minutes that stand at the name of a service, at a total or as times of day are taken; ``bike 5 min`` inside a
description is not. Reading is linear in the length of the text: every gap that is looked across has a limit.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tracker.reading.clock import BARE_RANGE, CLOCK_RANGE, ClockRange, clock_range, number_before
from tracker.reading.services import MOST_PLACES, ServiceName, find_services, lowered
from tracker.reading.totals import StatedMinutes, read_totals

_LEAST_BARE = 8  # a number without a unit below this is rather units than minutes
_MOST = 240
_NAMES_APART = 40
_SETTINGS_REACH = 60
_MODALITIES = frozenset({"97012", "97014", "97016", "97018", "97032", "97033", "97034", "97035", "97036", "G0283"})
_LABEL = 30  # characters before a stretch of the clock that begins a line
_REACH = 90  # characters between a service and its minutes: dot leaders, columns
_MODIFIER_NUMBERS = frozenset({52, 53, 59, 76, 77, 93, 95, 96, 97})


class ServiceMinutes(NamedTuple):
    """Minutes at the name of a service. ``codes`` are those the name may mean, the likeliest first."""

    codes: tuple[str, ...]
    minutes: int
    start: int
    end: int
    clock: ClockRange | None = None


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

    ``services`` in the order of the text; ``blocks`` are stretches that stand at the beginning of a line without a
    service's name; ``timed`` and ``treatment`` are stated totals; ``session`` is time in and out; ``blanks`` are
    places of time fields left empty; ``loose`` is the longest stretch of minutes that belongs to none of these.
    """

    services: tuple[ServiceMinutes, ...] = ()
    blocks: tuple[TimeBlock, ...] = ()
    timed: StatedMinutes | None = None
    treatment: StatedMinutes | None = None
    session: TimeBlock | None = None
    blanks: tuple[tuple[int, int], ...] = ()
    loose: int = 0

    @property
    def none_found(self) -> bool:
        """Whether the note tells no length of treatment at all."""
        return not (self.services or self.blocks or self.timed or self.treatment or self.session)


class _Time(NamedTuple):
    """One length of time as written: kind ``clock``, ``bare_clock``, ``minutes``, ``prime`` or ``number``."""

    kind: str
    minutes: int
    start: int
    end: int
    clock: ClockRange | None = None


_MINUTES = re.compile(r"[0-9][0-9]{0,2}(?:(?P<unit>(?:[ ]?-[ ]?|[ ])?(?:minutes?|mins?|min)\b\.?)|['’′](?![\d'’′]))")
_ZERO_HOURS = re.compile(r"0:([0-5]\d)(?![\d:])")
_SPELLED = re.compile(r"min(?:ute)?s?\b")
_COUNT = re.compile(r"\d{1,3}(?!\d|:\d)(?P<m>m(?![a-z0-9²]| walk))?")
_NO_CLOCK_BEFORE, _NO_BARE_BEFORE, _NO_COUNT_BEFORE = ":/.", "-/#$.,", ".,:/$#"
_IN_PARENTHESES = re.compile(r"[ \t]{0,4}[(\[][ ]?(\d{1,3})[ ]?(?:min(?:ute)?s?|['’′])?[ ]?[)\]]")
_JOIN = re.compile(
    r"[ \t.:=,;|()\[\]{}<>~*_/\-–—x]*"
    r"(?:(?:gp|go|gn|kx|cq|co|x[epsu]|for|of|total|time|timed|min|mins|minutes|units?|u|tx|treatment|training|code|cpt"
    r"|untimed|intervention|one on one|1:1)\b[ \t.:=,;|()\[\]{}<>~*_/\-–—x]*){0,6}",
)
_BETWEEN_NAMES = re.compile(r"[ \t.:=,|()\[\]{}/\-–—]{0,40}")
_BEFORE_NAME = re.compile(
    r"[ \t]{0,4}(?:of|for|on|in|-|–|:|\()?[ \t]{0,2}(?:skilled|timed|direct|one-on-one|1:1)?[ \t]{0,2}"
)
_NOT_MINUTES = re.compile(
    r"[ ]?(?:/[ ]?(?:day|wk|week)|per\b|a day|each\b|every\b|daily\b|nightly\b|at home|twice|once|x[ ]?/|times\b|hold\b|holds\b|rest\b)"
)
_TABLE_CELL = re.compile(
    r"[ ]{2,}|[ ]?\t|[ ]units?[ ]?[:=]|[ \t]*(?:$|[\n:;,)\]}|(]|\.(?!\d)|[-–—][ ]|=)|[ \t]+(?:1:1|one[- ]on[- ]one)"
)
_LIST = re.compile(r"[,;]")
_SETTINGS = re.compile(
    r"[ \t:,x]{0,3}(?:[0-9./\-]{1,9}[ ]?|(?:mhz|hz|khz|w|w/cm2|w/cm²|cm2|pulsed|continuous|cont|duty|cycle|ma|lbs?|%|unattended|attended|to|at|over|x|r|l)\b[ ,%]{0,2}|%[ ,]{0,2}|[a-z]{3,12}[ ,]{1,2}){0,9}"
)
_LEADERS = re.compile(r"\.{3,}|\|| {3,}|\t")
_ITS_UNITS = re.compile(r"[ ]?(?:units?|u)\b(?![ ]?[:=])")
_UNITS_BEFORE = re.compile(r"\bunits?[ :=]*$")
_LINE_START = re.compile(
    r"[ \t>*•\-–—|#~.()\d]{0,12}(?:(?:block|part|seg(?:ment)?|section|bout)[ ]\w{1,3}[ :.)\-]{0,3})?$"
)
_AT_HOME = re.compile(r"(?:home|hep|cardio|warm[- ]?up|own)[ ]$")
_NOT_A_SESSION = re.compile(r"(?:after|for|tolerat\w*|every|past|within)[ ]$")
_IN_OUT = re.compile(
    r"\bin\b[^\d\n]{0,15}(\d{1,2}):?([0-5]\d)[ ]?([ap])?[^\d\n]{0,20}\bout\b[^\d\n]{0,15}(\d{1,2}):?([0-5]\d)(?:[ ]?([ap])\.?m?)?"
    r"|\bin[ ]?/[ ]?out\b[^\d\n]{0,25}(\d{1,2}):?([0-5]\d)[ ]?([ap])?\.?m?\.?[ ]?(?:/|-|–|to)[ ]?(\d{1,2}):?([0-5]\d)(?:[ ]?([ap])\.?m?)?"
    r"|\b(?:start|begin|began)\b[^\d\n]{0,12}(\d{1,2}):([0-5]\d)[ ]?([ap])?[^\d\n]{0,20}\b(?:end|ended|stop|stopped|finish)\b[^\d\n]{0,12}(\d{1,2}):([0-5]\d)(?:[ ]?([ap])\.?m?)?"
)  # fmt: skip
_MAY_BE_OUT = re.compile(r"(?:out|end|stop|finish)[^\d\n]{0,25}\d")
_BLANK = re.compile(
    r"\b(?:time[ ]?)?(?:in|out|start|stop|end|min|mins|minutes|timed|time)\b[ :.=]{0,4}_{2,}(?:[ :]{0,2}_{2,})?"
    r"(?:[ \t]{0,6}(?:time[ ]?)?(?:out|stop|end|total)\b[ :.=]{0,4}_{2,}(?:[ :]{0,2}_{2,})?)?"
)


def read_minutes(text: str) -> Minutes:
    """Return the minutes of a note, each with the place it was read from (``text[start:end]``)."""
    low = lowered(text)
    times = _times(low)
    services, used = _service_minutes(text, low, times)
    totals = read_totals(low, [(service.start, service.end) for service in services])
    session = _in_out(low)
    blocks, rest = _blocks(low, [time for time in times if time.kind == "clock" and time.start not in used])
    if len(blocks) == 1 and session is None and not any(service.clock for service in services):
        blocks, rest = [], [*blocks, *rest]
    return Minutes(
        services=tuple(services),
        blocks=tuple(blocks),
        timed=totals.timed,
        treatment=totals.treatment,
        session=session or max(rest, key=lambda block: block.minutes, default=None),
        blanks=tuple(match.span() for match in islice(_BLANK.finditer(low), MOST_PLACES)) if "__" in low else (),
        loose=max((time.minutes for time in times if time.kind == "minutes" and time.start not in used), default=0),
    )


def _times(low: str) -> list[_Time]:
    """Return the lengths of time in their order; bare numbers are looked at only where a service stands before."""
    found = list(islice(_clocks(low), MOST_PLACES))
    taken = [(time.start, time.end) for time in found]
    others = (*islice(_counted(low), MOST_PLACES), *islice(_spelled(low), MOST_PLACES))
    found += [time for time in others if not _within(taken, time.start)]
    found.sort(key=lambda time: time.start)
    return found


def _within(places: Sequence[tuple[int, int]], place: int) -> bool:
    at = bisect_right(places, (place, len(places) + place)) - 1
    return at >= 0 and places[at][0] <= place < places[at][1]


def _clocks(low: str) -> Iterator[_Time]:
    for match in CLOCK_RANGE.finditer(low):
        if _stands_free(low, match.start(), _NO_CLOCK_BEFORE) and (clock := clock_range(*match.groups())) is not None:
            yield _Time("clock", clock.minutes, *match.span(), clock)
    for match in BARE_RANGE.finditer(low):
        hour1, minute1, hour2, minute2 = match.groups()
        if _stands_free(low, match.start(), _NO_BARE_BEFORE) and (
            clock := clock_range(hour1, minute1, None, hour2, minute2, None)
        ):
            yield _Time("bare_clock", clock.minutes, *match.span(), clock)


def _stands_free(low: str, start: int, bad: str) -> bool:
    """Whether neither a digit nor one of ``bad`` stands before a number; dot leaders may."""
    if start == 0 or low.endswith("..", max(start - 2, 0), start):
        return True
    return not (low[start - 1].isdigit() or low[start - 1] in bad)


def _counted(low: str) -> Iterator[_Time]:
    for match in _MINUTES.finditer(low):
        start = match.start()
        if not _stands_free(low, start, _NO_COUNT_BEFORE):
            continue
        if match["unit"] is None:
            yield _Time("prime", int(match[0][:-1]), start, match.end())
        elif not _is_part_of_span(low, start):
            yield _Time("minutes", int(match[0][: -len(match["unit"])]), start, match.end())
    for match in _ZERO_HOURS.finditer(low):
        if _stands_free(low, match.start(), _NO_COUNT_BEFORE):
            yield _Time("minutes", int(match[1]), *match.span())


def _spelled(low: str) -> Iterator[_Time]:
    """Yield minutes whose number is written in words."""
    for match in _SPELLED.finditer(low):
        end = match.start() - 1
        if low[end : end + 1] in {" ", "-"} and low[end - 1 : end].isalpha() and (number := number_before(low, end)):
            yield _Time("minutes", number[0], number[1], match.end())


def _is_part_of_span(low: str, start: int) -> bool:
    """Whether the number is the end of something like 10-15 min."""
    return start >= 2 and low[start - 1] in "-–" and low[start - 2].isdigit()


def _service_minutes(text: str, low: str, times: Sequence[_Time]) -> tuple[list[ServiceMinutes], set[int]]:
    """Return the services with minutes, and the places of the lengths of time that were used up."""
    names = _merged(low, find_services(text, low))
    line = _Line(low, {time.start: time for time in times}, frozenset(name.start for name in names))
    found: list[ServiceMinutes] = []
    used: set[int] = set()
    at = 0
    for name in names:
        while at < len(times) and times[at].end <= name.start:
            at += 1
        before = _backward(low, name, times[at - 1]) if at and times[at - 1].start not in used else None
        taken = _forward(line, name) or (_after_settings(low, name, times, at) if before is None else None)
        if taken is not None and before is not None and _LIST.search(low, name.end, taken.start):
            taken = None  # 8 min manual, 15 min gait: the minutes stand before the names
        if (taken is None and before is None) or _AT_HOME.search(low, max(name.start - 9, 0), name.start):
            continue
        found.append(_with_minutes(name, taken, before, low))
        used.update(time.start for time in (taken, before) if time is not None)
    return found, used


class _Line(NamedTuple):
    """What forward reading looks at: the text, lengths of time and services by their places."""

    low: str
    times: Mapping[int, _Time]
    names: frozenset[int]


def _merged(low: str, names: Sequence[ServiceName]) -> list[ServiceName]:
    """Join names that follow each other and mean the same: ``97110 Therapeutic exercise``."""
    found: list[ServiceName] = []
    for name in names:
        last = found[-1] if found else None
        common = tuple(code for code in last.codes if code in name.codes) if last is not None else ()
        near = last is not None and name.start <= last.end + _NAMES_APART
        if last is not None and common and near and _BETWEEN_NAMES.fullmatch(low, last.end, name.start):
            found[-1] = ServiceName(common, last.start, name.end, last.is_code or name.is_code)
        else:
            found.append(name)
    return found


def _forward(line: _Line, name: ServiceName) -> _Time | None:
    """Return the length of time that follows a service's name on its line."""
    low = line.low
    limit = min(name.end + _REACH, len(low))
    position = name.end
    while (joined := _JOIN.match(low, position, limit)) is not None:
        start = joined.end()
        if (time := line.times.get(start)) is not None:
            return None if _NOT_MINUTES.match(low, time.end) or not 0 < time.minutes <= _MOST else time
        number = _COUNT.match(low, start)
        if number is None:
            return None
        if number["m"]:
            return _Time("minutes", int(number[0][:-1]), *number.span())
        time = _Time("number", int(number[0]), *number.span())
        if units := _ITS_UNITS.match(low, time.end):
            position = units.end()
        elif _UNITS_BEFORE.search(low, position, start) or _is_count(line, name, time, position):
            position = time.end
        else:
            return time if _is_bare_minutes(line, time, position) else None
    return None


def _is_count(line: _Line, name: ServiceName, time: _Time, position: int) -> bool:
    """Whether a bare number is a modifier or the units, with the minutes still to come."""
    low = line.low
    is_modifier = name.is_code and time.minutes in _MODIFIER_NUMBERS
    if is_modifier and low[time.start - 1] == "-":
        return True
    joined = _JOIN.match(low, time.end, time.end + 20)
    if not (is_modifier and low[position : time.start] in {" ", ", ", ","}) and time.minutes >= _LEAST_BARE:
        return False
    if joined is None or not joined[0] or "x" in joined[0]:
        return False
    if joined.end() in line.times:
        return True
    following = _COUNT.match(low, joined.end())
    return following is not None and int(following[0].rstrip("m")) >= _LEAST_BARE


def _is_bare_minutes(line: _Line, time: _Time, position: int) -> bool:
    """Whether a number without a unit stands like minutes: at the end of a label, in a column, before the next name."""
    ends = _TABLE_CELL.match(line.low, time.end) or (
        line.low[time.end : time.end + 1] == " " and time.end + 1 in line.names
    )
    if not 0 < time.minutes <= _MOST or not ends:
        return False
    return time.minutes >= _LEAST_BARE or bool(_LEADERS.search(line.low, position, time.start))


def _after_settings(low: str, name: ServiceName, times: Sequence[_Time], at: int) -> _Time | None:
    """Return the minutes behind the settings of a modality: ``ultrasound 1 MHz 1.2 W/cm2 x 8 min``."""
    if name.codes[0] not in _MODALITIES or at >= len(times):
        return None
    time = times[at]
    if time.kind != "minutes" or time.start > name.end + _SETTINGS_REACH or _NOT_MINUTES.match(low, time.end):
        return None
    return time if _SETTINGS.fullmatch(low, name.end, time.start) else None


def _backward(low: str, name: ServiceName, time: _Time) -> _Time | None:
    """Return the length of time right before a service's name: ``15 min manual``, ``13:00-13:25 (25) 97530``."""
    if not 0 < time.minutes <= _MOST or name.start - time.end > _REACH or low[time.end - 1] == ".":
        return None
    end = absorbed.end() if time.clock and (absorbed := _IN_PARENTHESES.match(low, time.end)) else time.end
    if end > name.start or not _BEFORE_NAME.fullmatch(low, end, name.start):
        return None
    if _NOT_A_SESSION.search(low, max(time.start - 12, 0), time.start):
        return None
    return time


def _with_minutes(name: ServiceName, taken: _Time | None, before: _Time | None, low: str) -> ServiceMinutes:
    times = [time for time in (taken, before) if time is not None]
    start = min([name.start, *(time.start for time in times)])
    end = max([name.end, *(time.end for time in times)])
    written = taken or before
    assert written is not None
    clock = next((time.clock for time in times if time.clock is not None), None)
    minutes = written.minutes
    if written.clock is not None and (stated := _IN_PARENTHESES.match(low, written.end)):
        end = max(end, stated.end())
        minutes = int(stated[1]) or minutes
    return ServiceMinutes(name.codes, minutes, start, end, clock)


def _blocks(low: str, clocks: Sequence[_Time]) -> tuple[list[TimeBlock], list[TimeBlock]]:
    """Divide stretches of the clock into those that begin a line and the others."""
    beginning: list[TimeBlock] = []
    elsewhere: list[TimeBlock] = []
    for time in clocks:
        assert time.clock is not None
        line = low.rfind("\n", max(time.start - _LABEL, 0), time.start) + 1
        is_start = (line or time.start <= _LABEL) and _LINE_START.match(low, line, time.start)
        (beginning if is_start else elsewhere).append(TimeBlock(time.clock, time.start, time.end))
    return beginning, elsewhere


def _in_out(low: str) -> TimeBlock | None:
    if not _MAY_BE_OUT.search(low):
        return None
    for match in islice(_IN_OUT.finditer(low), MOST_PLACES):
        written = [part for part in (match.groups()[i : i + 6] for i in (0, 6, 12)) if part[0] is not None]
        if clock := clock_range(*written[0]):
            return TimeBlock(clock, *match.span())
    return None
