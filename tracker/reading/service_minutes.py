"""Minutes at the names of services, in the forms people write them: behind, before, in columns, with units between."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tracker.reading.clock import ClockRange
from tracker.reading.joined_minutes import Joined, read_joined
from tracker.reading.services import ABBREVIATIONS, ServiceName
from tracker.reading.times import Time

_LEAST_BARE = 8  # a number without a unit below this is rather units than minutes
_MOST = 240
_NAMES_APART = 40
_SETTINGS_REACH = 60
_MODALITIES = frozenset({"97012", "97014", "97016", "97018", "97032", "97033", "97034", "97035", "97036", "G0283"})
_REACH = 90  # characters between a service and its minutes: dot leaders, columns
_MODIFIER_NUMBERS = frozenset({52, 53, 59, 76, 77, 93, 95, 96, 97})
_COUNT = re.compile(r"\d{1,3}(?!\d|:\d)(?P<m>m(?![a-z0-9²]| walk))?")
_DATE = re.compile(r"\d{1,2}/\d{1,2}\b(?![ ]?min)(?:/\d|[^/]|$)")
_BARE = re.compile(
    r"[ :]{1,2}([1-9]\d?)(?=[ ,;\n]|$)(?![ ]?(?:x|×|lbs?\b|kg\b|#|%|reps?\b|sets?\b|ft\b|feet\b|visits?\b|units?\b|u\b|deg|°|cm\b|hz\b|sec|s\b|/))"
)
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
_NEXT_NAME = re.compile(r"[ ]?[/+&][ ]?|[ ]")
_LIST = re.compile(r"[,;]")
_SETTINGS = re.compile(
    r"[ \t:,x]{0,3}(?:[0-9./\-]{1,9}[ ]?|(?:mhz|hz|khz|w|w/cm2|w/cm²|cm2|pulsed|continuous|cont|duty|cycle|ma|lbs?|%|unattended|attended|to|at|over|x|r|l)\b[ ,%]{0,2}|%[ ,]{0,2}|[a-z]{3,12}[ ,]{1,2}){0,9}"
)
_LEADERS = re.compile(r"\.{3,}|\|| {3,}|\t")
_ITS_UNITS = re.compile(r"[ ]?(?:units?|u)\b(?![ ]?[:=])")
_UNITS_BEFORE = re.compile(r"\bunits?[ :=]*$")
_AT_HOME = re.compile(r"(?:home|hep|cardio|warm[- ]?up|own)[ ]$")
_NOT_A_SESSION = re.compile(r"(?:after|for|tolerat\w*|every|past|within)[ ]$")


class ServiceMinutes(NamedTuple):
    """Minutes at the name of a service. ``codes`` are those the name may mean, the likeliest first."""

    codes: tuple[str, ...]
    minutes: int
    start: int
    end: int
    clock: ClockRange | None = None


class Found(NamedTuple):
    """The services with minutes in their order, the places of lengths of time used up, and what rows of names tell."""

    services: list[ServiceMinutes]
    used: set[int]
    joined: Joined


def read_service_minutes(low: str, times: Sequence[Time], all_names: Sequence[ServiceName]) -> Found:
    """Return the services of a note in lower case with their minutes; its lengths of time and its services are given."""
    joined = read_joined(low, all_names)
    names = _merged(low, list(_outside(all_names, joined.places)))
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
    found += [ServiceMinutes(each.codes, each.minutes, each.start, each.end) for each in joined.columns]
    used.update(time.start for time in _inside(times, joined.places))
    return Found(sorted(found, key=lambda each: each.start), used, joined)


def bare_minutes(low: str, names: Sequence[ServiceName], known: Sequence[ServiceMinutes]) -> list[ServiceMinutes]:
    """Return services with a number right behind the name and no unit: ``TE 24 pulleys``. Only a sum tells whether these are minutes."""
    told = {code for each in known for code in each.codes}
    found: dict[tuple[str, ...], ServiceMinutes] = {}
    for name in names:
        match = _BARE.match(low, name.end)
        if match is not None and name.codes not in found and told.isdisjoint(name.codes):
            found[name.codes] = ServiceMinutes(name.codes, int(match[1]), name.start, match.end())
    return list(found.values())


def _outside(names: Sequence[ServiceName], places: Sequence[tuple[int, int]]) -> Iterator[ServiceName]:
    """Yield the names that stand in none of the places; both are in order."""
    at = 0
    for name in names:
        while at < len(places) and places[at][1] <= name.start:
            at += 1
        if at == len(places) or name.start < places[at][0]:
            yield name


def _inside(times: Sequence[Time], places: Sequence[tuple[int, int]]) -> Iterator[Time]:
    at = 0
    for time in times:
        while at < len(places) and places[at][1] <= time.start:
            at += 1
        if at < len(places) and places[at][0] <= time.start:
            yield time


class _Line(NamedTuple):
    """What forward reading looks at: the text, lengths of time and services by their places."""

    low: str
    times: Mapping[int, Time]
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


def _forward(line: _Line, name: ServiceName) -> Time | None:
    """Return the length of time that follows a service's name on its line."""
    low = line.low
    limit = min(name.end + _REACH, len(low))
    position = name.end
    if low.startswith(". ", position) and low[name.start : position] in ABBREVIATIONS:
        return None  # the end of a sentence: "R hemi CP. 30 min of play"
    while (joined := _JOIN.match(low, position, limit)) is not None:
        start = joined.end()
        if (time := line.times.get(start)) is not None:
            return None if _NOT_MINUTES.match(low, time.end) or not 0 < time.minutes <= _MOST else time
        number = _COUNT.match(low, start)
        if number is None or _DATE.match(low, start):
            return None
        if number["m"]:
            return Time("minutes", int(number[0][:-1]), *number.span())
        time = Time("number", int(number[0]), *number.span())
        if units := _ITS_UNITS.match(low, time.end):
            position = units.end()
        elif _UNITS_BEFORE.search(low, position, start) or _is_count(line, name, time, position):
            position = time.end
        else:
            return time if _is_bare_minutes(line, time, position) else None
    return None


def _is_count(line: _Line, name: ServiceName, time: Time, position: int) -> bool:
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


def _is_bare_minutes(line: _Line, time: Time, position: int) -> bool:
    """Whether a number without a unit stands like minutes: at the end of a label, in a column, before the next name."""
    following = _NEXT_NAME.match(line.low, time.end)
    ends = _TABLE_CELL.match(line.low, time.end) or (following is not None and following.end() in line.names)
    if not 0 < time.minutes <= _MOST or not ends:
        return False
    return time.minutes >= _LEAST_BARE or bool(_LEADERS.search(line.low, position, time.start))


def _after_settings(low: str, name: ServiceName, times: Sequence[Time], at: int) -> Time | None:
    """Return the minutes behind the settings of a modality: ``ultrasound 1 MHz 1.2 W/cm2 x 8 min``."""
    if name.codes[0] not in _MODALITIES or at >= len(times):
        return None
    time = times[at]
    if time.kind != "minutes" or time.start > name.end + _SETTINGS_REACH or _NOT_MINUTES.match(low, time.end):
        return None
    return time if _SETTINGS.fullmatch(low, name.end, time.start) else None


def _backward(low: str, name: ServiceName, time: Time) -> Time | None:
    """Return the length of time right before a service's name: ``15 min manual``, ``13:00-13:25 (25) 97530``."""
    if not 0 < time.minutes <= _MOST or name.start - time.end > _REACH or low[time.end - 1] == ".":
        return None
    end = absorbed.end() if time.clock and (absorbed := _IN_PARENTHESES.match(low, time.end)) else time.end
    if end > name.start or not _BEFORE_NAME.fullmatch(low, end, name.start):
        return None
    if _NOT_A_SESSION.search(low, max(time.start - 12, 0), time.start):
        return None
    return time


def _with_minutes(name: ServiceName, taken: Time | None, before: Time | None, low: str) -> ServiceMinutes:
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
