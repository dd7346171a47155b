"""Timed minutes out of the notes, as a letter states them: the note's own numbers with their place, never estimated."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, time

from tracker.domain.case import Case, CaseNote
from tracker.knowledge import Knowledge
from tracker.letters.facts import MinuteRow
from tracker.letters.words import short_date
from tracker.reading.clock import ClockRange
from tracker.reading.minutes import ServiceMinutes, read_minutes
from tracker.services.notes import KINDS

_MINUTES_IN = frozenset({"daily", "evaluation", "re_evaluation", "flowsheet", "other"})


def minutes_of(case: Case, numbers: Collection[int], knowledge: Knowledge) -> tuple[MinuteRow, ...]:
    """Return the minutes of each timed code billed on the days of the denied lines, as the notes record them.

    ``numbers`` are the denied lines. The minutes of every timed code of the day count: units are counted together.
    """
    days = {line.service_date for line in case.claim.lines if line.line in numbers}
    rows: list[MinuteRow] = []
    for note in case.notes:
        if note.service_date in days and note.kind in _MINUTES_IN:
            rows += _of_note(case, note, note.service_date, knowledge)
    return tuple(sorted(rows, key=lambda row: (row.service_date, row.code)))


def _of_note(case: Case, note: CaseNote, day: date, knowledge: Knowledge) -> Iterator[MinuteRow]:
    units: dict[str, int] = {}
    for line in case.claim.lines:
        if line.service_date == day and line.code in knowledge.codes and knowledge.codes[line.code].timed:
            units[line.code] = units.get(line.code, 0) + int(line.units)
    for found in read_minutes(note.text).services:
        code = _billed(found.codes, units)
        if code is not None:
            yield _row(note, day, code, units[code], found, knowledge)


def _billed(codes: Sequence[str], units: Collection[str]) -> str | None:
    """Return the code, of those a service's name may mean, that was billed that day."""
    return next((code for code in codes if code in units), None)


def _row(note: CaseNote, day: date, code: str, units: int, found: ServiceMinutes, knowledge: Knowledge) -> MinuteRow:
    place = note.text.count("\n", 0, found.start) + 1
    kind = KINDS.get(note.kind, "Note").lower()
    start, stop = _times(found.clock)
    source = f"{kind} {short_date(day)}, line {place}"
    return MinuteRow(day, code, knowledge.codes[code].meaning, found.minutes, units, start, stop, source)


def _times(clock: ClockRange | None) -> tuple[time | None, time | None]:
    if clock is None:
        return None, None
    ends = clock.ends % (24 * 60)
    return time(clock.begins // 60, clock.begins % 60), time(ends // 60, ends % 60)
