"""Checks of the note itself: when it was written, whether it was altered, whose it is and of which day."""

from collections.abc import Iterator
from datetime import date, timedelta

from tracker.diagnosis.facts import LineFacts, NoteOfVisit
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.words import days_word, us_date
from tracker.knowledge.rules import Rule
from tracker.reading.dates import DateInNote

_SHORT_LINE = 100
_WRONG = frozenset({Result.FAILED, Result.NOT_SHOWN})


def written_in_time(facts: LineFacts, rule: Rule) -> Outcome:
    """The note was written near the visit, or says that it was written later; nothing in it was overwritten."""
    outcomes = [outcome for visit in facts.notes for outcome in _writing(facts, rule, visit)]
    wrong = [each for each in outcomes if each.result in _WRONG]
    if wrong:
        return min(wrong, key=lambda outcome: outcome.strength.rank)
    return outcomes[0] if outcomes else NOT_APPLICABLE


def _writing(facts: LineFacts, rule: Rule, visit: NoteOfVisit) -> Iterator[Outcome]:
    read = facts.claim.read(visit.number)
    amendments = read.amendments
    if amendments.altered:
        reason = "The record was changed after it was made, and the first entry is not kept as such."
        quotes = tuple(_quote(facts, visit, *passage) for passage in amendments.altered[:2])
        yield Outcome(Result.FAILED, reason, "doc_integrity", Strength.STRONG, quotes, whole_claim=True)
    yield from _added_after_denial(facts, visit)
    days = _days_of_writing(facts, visit)
    if not days or visit.note.service_date is None:
        return
    if amendments.labels:
        label = amendments.labels[0].passage
        yield passed("What was added later says so.", _quote(facts, visit, *label), strength=Strength.LIKELY)
        return
    written, place = min(days, key=lambda found: found[0])
    said = [_quote(facts, visit, *passage) for day, passage in amendments.written if day == written]
    yield _lateness(rule, written, visit.note.service_date, tuple(dict.fromkeys((place, *said[:1]))))


def _added_after_denial(facts: LineFacts, visit: NoteOfVisit) -> Iterator[Outcome]:
    """What is added after the payer's answer carries little weight, labelled or not; added minutes the least."""
    answered = facts.case.remittance.payment_date if facts.case.remittance is not None else None
    if answered is None or facts.day > answered:
        return
    read = facts.claim.read(visit.number)
    for label in read.amendments.labels:
        if label.day is not None and label.day >= answered:
            adds_time = any(label.passage.start <= time.start < label.passage.end for time in read.times)
            reason = f"The note was added to on {us_date(label.day)}, after the payer's answer of {us_date(answered)}; reviewers give such additions little weight."
            strength = Strength.LIKELY if adds_time else Strength.WEAK
            place = _quote(facts, visit, *label.passage)
            yield Outcome(Result.FAILED, reason, "doc_integrity", strength, (place,), whole_claim=True)


def _lateness(rule: Rule, written: date, day: date, places: tuple[Quote, ...]) -> Outcome:
    late = (written - day).days
    if late < 0:
        reason = f"The note of {us_date(day)} carries a signature of {us_date(written)}, before the visit."
        return Outcome(Result.FAILED, reason, "doc_integrity", Strength.LIKELY, places, whole_claim=True)
    if late <= rule.figures["late_days"]:
        return passed(
            f"The note of {us_date(day)} was signed on {us_date(written)}.", *places, strength=Strength.LIKELY
        )
    strength = Strength.STRONG if late > rule.figures["very_late_days"] else Strength.LIKELY
    reason = f"The note of {us_date(day)} was written on {us_date(written)}, {days_word(late)} later; that it is a late entry is not shown."
    return Outcome(Result.NOT_SHOWN, reason, "doc_integrity", strength, places, whole_claim=True)


def _days_of_writing(facts: LineFacts, visit: NoteOfVisit) -> list[tuple[date, Quote]]:
    """Return the days on which the note was signed or says it was written, with their places."""
    read = facts.claim.read(visit.number)
    signed = [
        (each.day, _quote(facts, visit, each.start, each.end))
        for each in read.signatures.signed
        if each.day is not None and (each.clinician is None or each.clinician.rank in {"therapist", "assistant"})
    ]
    day = visit.note.service_date
    written = [
        (each, _quote(facts, visit, *place)) for each, place in read.amendments.written if day is None or each >= day
    ]
    # A note first signed near the visit and opened again later is judged by the first.
    return signed or written


def identified(facts: LineFacts, rule: Rule) -> Outcome:
    """The note can be read, and it is this patient's and this day's."""
    outcomes = [outcome for visit in facts.notes for outcome in _identity(facts, rule, visit)]
    wrong = [each for each in outcomes if each.result in _WRONG]
    if wrong:
        return min(wrong, key=lambda outcome: outcome.strength.rank)
    return outcomes[0] if outcomes else NOT_APPLICABLE


def _identity(facts: LineFacts, rule: Rule, visit: NoteOfVisit) -> Iterator[Outcome]:
    found = facts.claim.read(visit.number).identity
    yield from _birth_date(facts, visit, found.births)
    yield from _name(facts, rule, visit)
    if found.unreadable or found.nameless:
        places = [*found.unreadable[:2], *([found.nameless] if found.nameless else [])]
        quotes = tuple(_quote(facts, visit, *place) for place in places)
        sure = facts.says(frozenset(rule.figures["says_illegible"])) or len(places) > 1
        reason = "Parts of the note cannot be read or do not say whose it is; for the payer that is no record."
        strength = Strength.STRONG if sure else Strength.LIKELY
        yield _failed(
            reason, strength, quotes, path="send_records", cure="A legible copy with name and date on each page."
        )
    yield from _day_of_service(facts, visit, found.services)


def _name(facts: LineFacts, rule: Rule, visit: NoteOfVisit) -> Iterator[Outcome]:
    """The patient's name at the head of the note is the one at the head of the other notes."""
    own = facts.claim.read(visit.number).patient_name
    if own is None:
        return
    others = [
        (index, found)
        for index in range(len(facts.case.notes))
        if index != visit.number and (found := facts.claim.read(index).patient_name) is not None
    ]
    if len(others) < rule.figures["other_notes"] or any(found.may_be(own) for _, found in others):
        return
    if all(found.may_be(others[0][1]) for _, found in others):
        index, found = others[0]
        text = facts.case.notes[index].text
        places = (_quote(facts, visit, own.start, own.end), quote(index, text, found.start, found.end))
        reason = (
            "The name at the head of this note is another one than on the other notes: it seems to be another person's."
        )
        yield _failed(reason, Strength.LIKELY, places)


def _birth_date(facts: LineFacts, visit: NoteOfVisit, births: tuple[DateInNote, ...]) -> Iterator[Outcome]:
    known = facts.case.patient.birth_date
    if not births or known is None:
        return
    start, end = facts.claim.read(visit.number).passage_at(births[0].start)
    if end - start > _SHORT_LINE:
        start, end = births[0].start, births[0].end
    quotes = (_quote(facts, visit, start, end),)  # with the name that stands beside it
    if any(_parts(birth.day) == _parts(known) for birth in births):
        yield passed("The note carries the patient’s date of birth.", *quotes, strength=Strength.LIKELY)
        return
    differs = sum(one != other for one, other in zip(_parts(births[0].day), _parts(known), strict=True))
    reason = f"The note carries a birth date of {us_date(births[0].day)}, the claim {us_date(known)}: it seems to be another person’s."
    yield _failed(reason, Strength.STRONG if differs > 1 else Strength.LIKELY, quotes)


def _parts(day: date) -> tuple[int, int, int]:
    """Return the parts of a birth date; of the year the two digits that notes write."""
    return day.year % 100, day.month, day.day


def _day_of_service(facts: LineFacts, visit: NoteOfVisit, services: tuple[DateInNote, ...]) -> Iterator[Outcome]:
    if not services or facts.claim.read(visit.number).amendments.labels:
        return
    quotes = tuple(_quote(facts, visit, each.start, each.end) for each in services[:1])
    if any(each.day == facts.day for each in services):
        yield passed(f"The note is dated {us_date(facts.day)}.", *quotes, strength=Strength.LIKELY)
    elif all(abs(each.day - facts.day) < timedelta(days=400) for each in services):
        reason = f"The note names {us_date(services[0].day)} as its day of service; {us_date(facts.day)} was billed."
        yield _failed(reason, Strength.LIKELY, quotes)


def _failed(
    reason: str, strength: Strength, quotes: tuple[Quote, ...], *, path: str | None = None, cure: str | None = None
) -> Outcome:
    return Outcome(
        Result.FAILED, reason, "doc_record_not_provided", strength, quotes, path=path, cure=cure, whole_claim=True
    )


def _quote(facts: LineFacts, visit: NoteOfVisit, start: int, end: int) -> Quote:
    return quote(visit.number, facts.claim.read(visit.number).text, start, end)


CHECKS = {"written_in_time": written_in_time, "identified": identified}
