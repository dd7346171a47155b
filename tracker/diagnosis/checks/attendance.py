"""Checks of whose time it was: shared with other patients, unattended, or no treatment at all."""

import re
from collections.abc import Iterator, Sequence

from tracker.diagnosis.contents import Content
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.sessions import Session
from tracker.diagnosis.words import counted, units_word
from tracker.domain.units import units_for
from tracker.knowledge.rules import Rule
from tracker.reading.company import Company
from tracker.reading.idle import Idle
from tracker.reading.note import ReadNote
from tracker.reading.people import helpers_named
from tracker.reading.sections import section_at

_ALONE = frozenset({"alone", "single"})
_GROUP_CODES = frozenset({"97150", "92508", "97552", "G0543"})
# Words that tell a rest to be part of the minutes named before it: "of this 12 min seated rest", "incl. 8 min rest".
_INSIDE = re.compile(r"\b(?:of (?:this|which|these|those|that time)|including|includes|included|incl|thereof)\b")
_GROUP_CODE = {"92507": "92508", "92526": "92508"}


def one_on_one(facts: LineFacts, _rule: Rule) -> Outcome:
    """The minutes of a one-on-one code were given to this patient alone."""
    if not facts.contents:
        return NOT_APPLICABLE
    group_billed = any(other.line.code in _GROUP_CODES for other in facts.same_day)
    for content in facts.contents:
        told = [each for each in content.read.company if _is_about(content, each, group_billed=group_billed)]
        alone = [each for each in told if each.kind in _ALONE]
        shared = [each for each in told if each.kind not in _ALONE and not _by_helper(content.read, each)]
        if shared and not alone:
            return _shared(facts, content, shared)
        if alone:
            return passed("The note says that the time was one-on-one.", _around(content, alone[0]))
    return NOT_APPLICABLE


def _is_about(content: Content, each: Company, *, group_billed: bool) -> bool:
    """Whether a place that tells of company speaks of the code's time: in its own stretch, or of the whole visit."""
    read = content.read
    if any(block.start <= each.start < block.end for block in content.blocks):
        return True
    if group_billed or not section_at(read.sections, each.start).is_done:
        return False
    return not any(block.start <= each.start < block.end for block in read.blocks)


def _by_helper(read: ReadNote, each: Company) -> bool:
    """Whether an aide or student was with the patient meanwhile: then the question is who gave the service."""
    start = read.low.rfind("\n", max(each.start - 200, 0), each.start) + 1
    return each.kind == "away" and helpers_named(read.low[start : each.end + 100]) is not None


def _shared(facts: LineFacts, content: Content, shared: Sequence[Company]) -> Outcome:
    together = [each for each in shared if each.kind == "shared"]
    what = (
        "The note tells of several patients treated together"
        if together
        else "The note tells that the therapist attended to somebody else meanwhile"
    )
    group = _GROUP_CODE.get(facts.code, "97150")
    return Outcome(
        Result.FAILED,
        f"{what}; {facts.code} is for minutes with one patient alone.",
        "cod_one_on_one_vs_group",
        Strength.LIKELY,
        tuple(dict.fromkeys(_around(content, each) for each in shared))[:3],
        cure=f"{group} once in place of {facts.code}." if together else None,
    )


def _around(content: Content, each: Company) -> Quote:
    """Return the place with the words of its clause around it."""
    text = content.read.text
    start = max(text.rfind(mark, max(each.start - 90, 0), each.start) + len(mark) for mark in ("\n", ". ", ": ", "; "))
    start = max(start, each.start - 70)
    ends = [at for mark in ("\n", ". ", "; ", ": ") if (at := text.find(mark, each.end, each.end + 90)) >= 0]
    return quote(content.number, text, start, min(ends, default=min(each.end + 60, len(text))))


def group_shown(facts: LineFacts, _rule: Rule) -> Outcome:
    """A group code comes with a group: several patients, the therapist with them, what the patient did."""
    if not facts.contents:
        return NOT_APPLICABLE
    for content in facts.contents:
        company = content.read.company
        single = [each for each in company if each.kind == "single"]
        if single:
            reason = f"The note says that nobody else came; {facts.code} is for a group."
            return Outcome(
                Result.FAILED, reason, "cod_one_on_one_vs_group", Strength.LIKELY, (_around(content, single[0]),),
                cure="The code of the service that was given to one patient alone.",
            )  # fmt: skip
        shared = [each for each in company if each.kind == "shared"]
        if shared:
            return passed("The note tells of a group.", _around(content, shared[0]))
    content = facts.contents[0]
    alone = [
        each for each in content.read.company if each.kind == "alone" and _is_about(content, each, group_billed=False)
    ]
    if alone:
        reason = f"The note says that the time was one-on-one; {facts.code} is for a group."
        return Outcome(
            Result.FAILED, reason, "cod_one_on_one_vs_group", Strength.LIKELY, (_around(content, alone[0]),)
        )  # fmt: skip
    reason = f"{facts.code} is for a group; how many patients took part is not shown in the note."
    return Outcome(Result.NOT_SHOWN, reason, "cod_one_on_one_vs_group", Strength.WEAK, content.label_quotes()[:1])


def only_treatment_counted(facts: LineFacts, _rule: Rule) -> Outcome:
    """Rest, waiting, records and what nobody attended are not among the timed minutes."""
    session, billed = facts.session, facts.timed_units
    if session is None or facts.code not in billed:
        return NOT_APPLICABLE
    read = facts.claim.read(session.note)
    idle = [each for each in read.idle if not each.is_excluded]
    return (
        _unattended(facts, session, read, idle)
        or _inside_total(session, billed, read, idle)
        or (passed("No time is shown that must not count.") if session.stated is not None else NOT_APPLICABLE)
    )


def _unattended(facts: LineFacts, session: Session, read: ReadNote, idle: Sequence[Idle]) -> Outcome | None:
    """Return the finding that the code's own minutes were not attended."""
    own = session.by_code.get(facts.code)
    if own is None or own.inferred or len(own.quotes) != 1:
        return None
    label = own.quotes[0]
    block = next((each for each in read.blocks if each.start < label.end and label.start < each.end), None)
    if block is None or helpers_named(read.low[block.start : block.end]) is not None:
        return None
    for each in idle:
        if not (each.is_unattended and each.start < block.end and each.end > block.start):
            continue
        left = own.minutes - (each.minutes or own.minutes)
        if units_for(max(left, 0)) >= facts.timed_units[facts.code]:
            return None
        reason = (
            f"{each.minutes or own.minutes} of the {own.minutes} minutes of {facts.code} were not attended by the therapist; "
            f"{units_word(units_for(max(left, 0)))} is left, {counted(facts.timed_units[facts.code])} billed."
        )
        return Outcome(Result.FAILED, reason, "unt_exceed_minutes", Strength.LIKELY, _quotes(session, read, [each]))
    return None


def _inside_total(session: Session, billed: dict[str, float], read: ReadNote, idle: Sequence[Idle]) -> Outcome | None:
    """Return the finding that the timed total holds time which must not count and without it is too short."""
    total = session.stated
    counted_in = [each for each in idle if each.minutes and _is_done(read, each)]
    lost = sum(each.minutes or 0 for each in counted_in)
    if total is None or not lost or lost >= total or not _holds(session, read, total, counted_in, lost):
        return None
    units = sum(billed.values())
    if units <= units_for(total - lost) or units > units_for(total):
        return None
    reason = (
        f"{lost} of the {total} timed minutes were rest, waiting or unattended; {total - lost} minutes make "
        f"{units_word(units_for(total - lost))} and {counted(units)} billed."
    )
    quotes = (*_quotes(session, read, counted_in), *session.total_quote)
    return Outcome(Result.FAILED, reason, "unt_exceed_minutes", Strength.STRONG, quotes[:4])


def _is_done(read: ReadNote, each: Idle) -> bool:
    return section_at(read.sections, each.start).is_done


def _holds(session: Session, read: ReadNote, total: int, counted_in: Sequence[Idle], lost: int) -> bool:
    """Whether the timed total can only be reached with the time that must not count."""
    if session.listed is not None and session.listed + lost == total:
        return True
    if all(_INSIDE.search(read.low, each.start, each.end) for each in counted_in):
        return True
    return total in _whole_visit(session, read)


def _whole_visit(session: Session, read: ReadNote) -> Iterator[int]:
    """Yield the lengths of the whole visit: from its first time to its last, and all stretches told."""
    clocks = [time.clock for time in read.times if time.clock and section_at(read.sections, time.start).is_done]
    if clocks:
        yield max(clock.ends for clock in clocks) - min(clock.begins for clock in clocks)
    if session.minutes.session is not None:
        yield session.minutes.session.minutes
    yield from read.bouts


def _quotes(session: Session, read: ReadNote, idle: Sequence[Idle]) -> tuple[Quote, ...]:
    return tuple(quote(session.note, read.text, each.start, min(each.end, each.start + 140)) for each in idle[:3])


CHECKS = {"one_on_one": one_on_one, "group_shown": group_shown, "only_treatment_counted": only_treatment_counted}
