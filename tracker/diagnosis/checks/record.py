"""Checks of the record: a note for the day, records the payer asked for."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.words import us_date
from tracker.domain.records_asked import Answered, RecordsAsked, followed
from tracker.knowledge.rules import Rule
from tracker.reading.dates import find_dates
from tracker.reading.lines import lines_with
from tracker.reading.services import LONGEST_NOTE

_NEAREST = 2
_MISSED = (
    "Missed",
    "missed",
    "No show",
    "no show",
    "No-show",
    "no-show",
    "ancelled",
    "anceled",
    "did not come",
    "Did not attend",
    "did not attend",
)


def note_of_the_day(facts: LineFacts, rule: Rule) -> Outcome:
    """A note of the billed day is on file, when notes of other days are."""
    if facts.notes:
        return passed(f"A note of {us_date(facts.day)} is on file.")
    if not facts.claim.has_visit_notes:
        return NOT_APPLICABLE
    days = sorted({note.service_date for note in facts.case.notes if note.kind in VISIT_NOTES and note.service_date})
    near = ", ".join(us_date(day) for day in days[:3])
    said = facts.says(rule.payer_says)
    missed = _missed(facts, rule.figures["days_after"])
    reason = f"Notes of {near} are on file, none of {us_date(facts.day)}."
    around = any(day < facts.day for day in days) and any(day > facts.day for day in days)
    strength = Strength.STRONG if said or missed else Strength.LIKELY if around else Strength.WEAK
    evidence = missed or tuple(_headings(facts))
    return Outcome(Result.FAILED, reason, "doc_record_not_provided", strength, evidence, whole_claim=True)


def _headings(facts: LineFacts) -> Iterator[Quote]:
    """Yield the dated lines of the two notes nearest to the day, which show that they are of other days."""
    dated = [
        (abs((note.service_date - facts.day).days), index)
        for index, note in enumerate(facts.case.notes)
        if note.service_date
    ]
    for _, index in sorted(dated)[:_NEAREST]:
        read = facts.claim.read(index)
        if dates := find_dates(read.low[:LONGEST_NOTE]):
            yield quote(index, read.text, *read.passage_at(dates[0].start))


def _missed(facts: LineFacts, days_after: int) -> tuple[Quote, ...]:
    """Return the line of the next note that tells of a missed visit, or of any note that names the day as missed."""
    written = re.compile(rf"(?<![\d/])0?{facts.day.month}[/\-]0?{facts.day.day}(?!\d)")
    for index, note in enumerate(facts.case.notes):
        for start, end in lines_with(note.text, "", *_MISSED):
            begin, stop = _sentence_with(note.text, start, end)
            if written.search(note.text, begin, stop):
                return (quote(index, note.text, begin, stop),)
    last = facts.day + timedelta(days=days_after)
    for index, note in enumerate(facts.case.notes):
        if note.service_date is not None and facts.day < note.service_date <= last:
            for start, end in lines_with(note.text, "", *_MISSED)[:1]:
                return (quote(index, note.text, *_sentence_with(note.text, start, end)),)
    return ()


def _sentence_with(text: str, start: int, end: int) -> tuple[int, int]:
    at = min(place for word in _MISSED if (place := text.find(word, start, end)) >= 0)
    begin = text.rfind(". ", start, at)
    stop = text.find(". ", at, end)
    return (begin + 2 if begin >= 0 else start), (stop if stop >= 0 else end)


def records_sent(facts: LineFacts, rule: Rule) -> Outcome:
    """The payer asks for records, or did not get them in time.

    A remark alone beside a code that judges says less: the payer looked at something, and what is amiss with the note
    itself comes before sending it.
    """
    if facts.says(frozenset(rule.figures["other_papers"])):
        return NOT_APPLICABLE
    told = _request(facts, rule)
    if told is not None:
        return told
    if not facts.says(rule.payer_says):
        return NOT_APPLICABLE
    if facts.claim.has_visit_notes and not facts.notes:
        return NOT_APPLICABLE  # there is nothing of that day to send
    where = (
        "The note of the visit is on file and can be sent." if facts.notes else "No note of the visit is on file here."
    )
    return Outcome(
        Result.FAILED, f"The payer wants records it does not have. {where}", "doc_record_not_provided", Strength.LIKELY,
        whole_claim=True, basis=None if facts.says(frozenset(rule.figures["asks"])) else "content" if facts.notes else "record",
    )  # fmt: skip


def _request(facts: LineFacts, rule: Rule) -> Outcome | None:
    """Return what a request for records that is on file says of the denial, None where there is none it can have followed."""
    denied_on = facts.case.remittance.payment_date if facts.case.remittance is not None else None
    asked = followed(facts.case.history.records_requests, denied_on) if denied_on is not None else None
    if asked is None or denied_on is None:
        return None
    stood, speaks = asked.stood(denied_on), facts.says(rule.payer_says)
    if not speaks and not (stood is Answered.NOT_BY_DUE and facts.says(frozenset(rule.figures["silent"]))):
        return None
    strength = Strength.STRONG if stood in {Answered.NOT_BY_DUE, Answered.LATE} and speaks else Strength.LIKELY
    reason = _asked_words(asked, stood, denied_on)
    return Outcome(Result.FAILED, reason, "doc_record_not_provided", strength, whole_claim=not speaks)


def _asked_words(asked: RecordsAsked, stood: Answered, denied_on: date) -> str:
    """Return a request and what became of it: "request dated 10/01/2026, due 11/15/2026, no answer recorded"."""
    due = f", due {us_date(asked.due_on)}" if asked.due_on else ""
    reference = f" ({asked.reference})" if asked.reference else ""
    request = f"The payer asked for records{reference}: request dated {us_date(asked.asked_on)}{due}"
    if asked.answered_on is None or stood in {Answered.NOT_BY_DUE, Answered.NOT_YET}:
        early = " It denied before that day." if stood is Answered.NOT_YET and asked.due_on else ""
        since = f" They went out on {us_date(asked.answered_on)}, after the denial." if asked.answered_on else ""
        return f"{request}, no answer recorded when it denied on {us_date(denied_on)}.{early}{since}"
    if stood is Answered.LATE:
        return f"{request}. The records went out on {us_date(asked.answered_on)}, too late."
    return f"{request}. The records went out on {us_date(asked.answered_on)}, in time: show the proof of sending."


CHECKS = {
    "note_of_the_day": note_of_the_day,
    "records_sent": records_sent,
}
