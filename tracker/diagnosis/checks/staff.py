"""Checks of who treated: aides and technicians, students, assistants without their supervision."""

from collections.abc import Iterator, Sequence

from tracker.diagnosis.facts import LineFacts, NoteOfVisit
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.words import us_date
from tracker.knowledge.rules import Rule
from tracker.reading.helpers import Helper, Helpers
from tracker.reading.passages import Passage
from tracker.reading.people import author_of

_WIDEST = 160  # characters of a passage quoted; of a longer one the part around the words that decide
_BEFORE = 60


def aide(facts: LineFacts, _rule: Rule) -> Outcome:
    """No aide, technician or trainer gave the treatment that was billed."""
    for visit, found in _with_helpers(facts):
        if found.treating_aides:
            return _by_aide(facts, visit, found)
    return _harmless(facts, is_student=False)


def _by_aide(facts: LineFacts, visit: NoteOfVisit, found: Helpers) -> Outcome:
    first = found.treating_aides[0]
    away = [passage for passage in found.elsewhere if passage != first.passage]
    quotes = (_at(facts, visit, first.passage, first.at), *_each(facts, visit, away[:2]))
    if found.elsewhere:
        reason = (
            "An aide or technician gave treatment while the therapist was elsewhere; such minutes are not billable."
        )
        return Outcome(Result.FAILED, reason, "prov_personnel_unqualified", Strength.STRONG, quotes)
    against = _each(facts, visit, found.present[:1])
    strength = Strength.WEAK if against else Strength.LIKELY
    reason = "The note says that an aide or technician gave treatment; such minutes are not billable."
    return Outcome(Result.FAILED, reason, "prov_personnel_unqualified", strength, quotes, against)


def student(facts: LineFacts, _rule: Rule) -> Outcome:
    """Where a student took part the therapist was in the room all the time, directed, and treated nobody else."""
    for visit, found in _with_helpers(facts):
        students = found.treating_students
        if students and found.elsewhere:
            away = [passage for passage in found.elsewhere if passage != students[0].passage]
            quotes = (_at(facts, visit, students[0].passage, students[0].at), *_each(facts, visit, away[:2]))
            reason = (
                "A student treated while the therapist was not in the room or not free; Part B pays no such session."
            )
            return Outcome(Result.FAILED, reason, "prov_personnel_unqualified", Strength.STRONG, quotes)
        if students and found.present:
            reason = "A student took part and the therapist was in the room throughout."
            return passed(reason, *_each(facts, visit, found.present[:1]), proves=True)
        if students:
            reason = (
                "A student treated; that the therapist was in the room throughout and treated nobody else is not shown."
            )
            quotes = (_at(facts, visit, students[0].passage, students[0].at),)
            return Outcome(Result.NOT_SHOWN, reason, "prov_personnel_unqualified", Strength.LIKELY, quotes)
    return _harmless(facts, is_student=True)


def _with_helpers(facts: LineFacts) -> Iterator[tuple[NoteOfVisit, Helpers]]:
    for visit in facts.notes:
        found = facts.claim.read(visit.number).helpers
        if found.found:
            yield visit, found


def _harmless(facts: LineFacts, *, is_student: bool) -> Outcome:
    """A helper who is named but did nothing that is billed is worth a line."""
    for visit, found in _with_helpers(facts):
        named: list[Helper] = [each for each in found.found if each.is_student is is_student and not each.treats]
        if named:
            who = "A student" if is_student else "An aide"
            reason = f"{who} is named, but the note shows no treatment by one."
            return passed(reason, _at(facts, visit, named[0].passage, named[0].at), strength=Strength.LIKELY)
    return NOT_APPLICABLE


def _each(facts: LineFacts, visit: NoteOfVisit, places: Sequence[Passage]) -> tuple[Quote, ...]:
    return tuple(_at(facts, visit, place, place.start) for place in places)


def _at(facts: LineFacts, visit: NoteOfVisit, passage: Passage, at: int) -> Quote:
    """Return the passage, or of a long one the part around ``at``."""
    start, end = passage
    if end - start > _WIDEST:
        text = facts.claim.read(visit.number).text
        begin = max(start, at - _BEFORE)
        start = begin if begin == start else text.find(" ", begin, at) + 1 or begin
        end = min(end, start + _WIDEST)
        end = end if end == passage.end else max(text.rfind(" ", at, end), at + 1)
    return quote(visit.number, facts.claim.read(visit.number).text, start, end)


def supervision(facts: LineFacts, rule: Rule) -> Outcome:
    """An assistant's visit had the supervision of its day: on the premises in private practice before 2025, general since."""
    by_assistant = next((visit for visit in facts.notes if _is_assistants(facts, visit)), None)
    if by_assistant is None:
        return NOT_APPLICABLE
    read = facts.claim.read(by_assistant.number)
    if (place := read.supervision.nobody) is not None:
        reason = "The note says that no therapist supervised the assistant."
        quotes = _each(facts, by_assistant, [place])
        return Outcome(Result.FAILED, reason, "prov_personnel_unqualified", Strength.LIKELY, quotes)
    direct_until = rule.figures["direct_in_practices_until"]
    if facts.day > direct_until or facts.case.practice.setting != "practitioner" or facts.payer.kind != "medicare_b":
        told = read.supervision.by_phone or read.supervision.on_site
        reason = f"An assistant treated; general supervision is enough on {us_date(facts.day)}."
        marked = {"CQ", "CO"}.intersection(facts.line.modifiers)
        if marked:
            reason += f" {min(marked)} is on the line."
        quotes = _each(facts, by_assistant, [told] if told else [])
        return passed(reason, *quotes, proves=bool(marked), strength=Strength.LIKELY)
    if (place := read.supervision.by_phone) is not None:
        reason = f"An assistant treated without the therapist on the premises, which a private practice needed until {us_date(direct_until)}."
        return Outcome(
            Result.FAILED, reason, "prov_personnel_unqualified", Strength.STRONG, _each(facts, by_assistant, [place])
        )
    if (place := read.supervision.on_site) is not None:
        return passed("A therapist was on the premises.", *_each(facts, by_assistant, [place]))
    return NOT_APPLICABLE


def _is_assistants(facts: LineFacts, visit: NoteOfVisit) -> bool:
    """Whether an assistant wrote the note: its author, or where that tells nothing the first who signed."""
    author = author_of(visit.note.author or "")
    if author is not None:
        return author.is_assistant
    signed = facts.claim.read(visit.number).signatures.by_clinicians
    return bool(signed) and signed[0].clinician is not None and signed[0].clinician.rank == "assistant"


CHECKS = {"aide": aide, "student": student, "supervision": supervision}
