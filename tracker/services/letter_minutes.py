"""Timed minutes out of the notes, as letters and pages state them: the note's own numbers with their place."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, time

from tracker.diagnosis.facts import ClaimFacts
from tracker.diagnosis.sessions import Session
from tracker.domain.case import Case, CaseNote
from tracker.knowledge import Knowledge
from tracker.letters.facts import MinuteRow
from tracker.letters.words import short_date
from tracker.reading.clock import ClockRange
from tracker.reading.minutes import ServiceMinutes
from tracker.services.notes import KINDS


def visits_of(case: Case, numbers: Collection[int], knowledge: Knowledge) -> dict[date, tuple[Session, ...]]:
    """Return what the notes tell about time on the days of some lines: one session per discipline with a note."""
    claim = ClaimFacts(case, knowledge)
    days = sorted({line.service_date for line in case.claim.lines if line.line in numbers})
    found = {}
    for day in days:
        disciplines = dict.fromkeys(facts.discipline for facts in claim.lines if facts.day == day)
        sessions = [claim.session(day, discipline) for discipline in disciplines]
        # Without a discipline on file two of them can lead to one note.
        found[day] = tuple({session.note: session for session in sessions if session is not None}.values())
    return found


def minutes_of(case: Case, numbers: Collection[int], knowledge: Knowledge) -> tuple[MinuteRow, ...]:
    """Return the minutes of each timed code billed on the days of the lines ``numbers``, as the notes record them.

    The minutes of every timed code of the day count: units are counted together. Nothing is inferred from totals.
    """
    rows: list[MinuteRow] = []
    for day, sessions in visits_of(case, numbers, knowledge).items():
        units = timed_units(case, day, knowledge)
        for session in sessions:
            rows += _of_session(case.notes[session.note], session, day, units, knowledge)
    return tuple(sorted(rows, key=lambda row: (row.service_date, row.code)))


def timed_units(case: Case, day: date, knowledge: Knowledge) -> dict[str, int]:
    """Return the units billed of each timed code of a day."""
    units: dict[str, int] = {}
    for line in case.claim.lines:
        if line.service_date == day and line.code in knowledge.codes and knowledge.codes[line.code].timed:
            units[line.code] = units.get(line.code, 0) + int(line.units)
    return units


def _of_session(
    note: CaseNote, session: Session, day: date, units: dict[str, int], knowledge: Knowledge
) -> Iterator[MinuteRow]:
    for entries in session.entries.values():
        for found in entries:
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
