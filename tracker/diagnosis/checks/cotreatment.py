"""The check of two disciplines that treated one patient at the same time."""

from itertools import islice

from tracker.diagnosis.facts import LineFacts, discipline_of
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Result, Strength, passed
from tracker.diagnosis.quoting import sentence
from tracker.diagnosis.sessions import Session
from tracker.diagnosis.words import counted, units_word
from tracker.domain.units import units_for
from tracker.knowledge.rules import Rule
from tracker.reading.beginnings import Sought
from tracker.reading.clock import ClockRange
from tracker.reading.passages import Passage
from tracker.reading.services import MOST_PLACES
from tracker.reading.techniques import is_denied

_TOGETHER = Sought("co cot", r"co-?[ ]?(?:tx|treat\w*)\b")
# That both bill all of it: a co-treatment whose minutes are divided is nobody's fault.
_BOTH_BILL = Sought(
    "bil bot eac ot pt",
    r"(?:each|both|pt and ot|ot and pt)\b[^.;\n]{0,40}\bbill\w*[^.;\n]{0,40}\b(?:same|full|entire|all|whole)\b|bill\w*[^.;\n]{0,30}\bin full by (?:both|each)\b",
)


def treated_together(facts: LineFacts, rule: Rule) -> Outcome:
    """Two disciplines at the same time share the units of that time; each does not bill all of it."""
    if facts.discipline is None or facts.code not in facts.timed_units:
        return NOT_APPLICABLE
    own = _clock(facts.session)
    for discipline in sorted({each.discipline for each in facts.same_day if each.discipline} - {facts.discipline}):
        session = facts.claim.session(facts.day, discipline)
        other = _clock(session)
        if (
            own is None
            or session is None
            or facts.session is None
            or session.note == facts.session.note
            or other is None
        ):
            continue
        shared = min(own.ends, other.ends) - max(own.begins, other.begins)
        if shared < rule.figures["least_shared_minutes"]:
            return passed("The two disciplines treated at different times.", *facts.session.clock_quotes[:1])
        span = max(own.ends, other.ends) - min(own.begins, other.begins)
        billed = _timed_units(facts, facts.discipline) + _timed_units(facts, discipline)
        if billed <= units_for(span):
            return passed(f"The {span} minutes of both carry the units both billed.")
        reason = (
            f"{facts.discipline} and {discipline} treated together for {shared} minutes; the {span} minutes of both "
            f"make {units_word(units_for(span))}, {counted(billed)} billed in all."
        )
        quotes = (*facts.session.clock_quotes[:1], *session.clock_quotes[:1])
        return Outcome(Result.FAILED, reason, "cod_one_on_one_vs_group", Strength.LIKELY, quotes)
    return _by_own_note(facts)


def _by_own_note(facts: LineFacts) -> Outcome:
    """Judge by the note of this discipline alone: it tells of co-treatment, its minutes, and that both bill all of them."""
    session = facts.session
    if session is None or session.stated is None or facts.discipline is None:
        return NOT_APPLICABLE
    read = facts.claim.read(session.note)
    together = (each for each in islice(_TOGETHER.finditer(read.low), MOST_PLACES))
    told = next((each for each in together if not is_denied(read.low, *each.span())), None)
    others = {each.discipline for each in facts.same_day if each.discipline} - {facts.discipline}
    full = _BOTH_BILL.search(read.low)
    if told is None or full is None or not others:
        return NOT_APPLICABLE
    billed = sum(_timed_units(facts, discipline) for discipline in (facts.discipline, *sorted(others)))
    if billed <= units_for(session.stated):
        return passed(f"The {session.stated} minutes of the shared session carry the units both billed.")
    reason = (
        f"The note tells of co-treatment; its {session.stated} minutes make {units_word(units_for(session.stated))}, "
        f"{counted(billed)} billed by {facts.discipline} and {' and '.join(sorted(others))}."
    )
    quotes = (sentence(facts.claim, session.note, Passage(*full.span())), *session.total_quote)
    return Outcome(Result.FAILED, reason, "cod_one_on_one_vs_group", Strength.LIKELY, quotes)


def _clock(session: Session | None) -> ClockRange | None:
    """Return the stretch of the clock from the first to the last time of a visit."""
    if session is None:
        return None
    minutes = session.minutes
    clocks = [block.clock for block in minutes.blocks]
    clocks += [service.clock for service in minutes.services if service.clock is not None]
    clocks += [minutes.session.clock] if minutes.session is not None else []
    if not clocks:
        return None
    return ClockRange(min(clock.begins for clock in clocks), max(clock.ends for clock in clocks))


def _timed_units(facts: LineFacts, discipline: str) -> float:
    lines = [facts.line, *(each.line for each in facts.same_day)]
    codes = facts.knowledge.codes
    return sum(
        line.units
        for line in lines
        if discipline_of(line) == discipline and line.code in codes and codes[line.code].timed
    )


CHECKS = {"treated_together": treated_together}
