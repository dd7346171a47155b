"""The notes on file that speak of a line: those of the patient by its discipline, up to its day."""

from datetime import date
from typing import NamedTuple

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import Quote
from tracker.diagnosis.quoting import sentences
from tracker.reading.doses import DoseOverVisits, over_visits
from tracker.reading.note import ReadNote
from tracker.reading.orders import Order
from tracker.reading.people import author_of


class NoteOnFile(NamedTuple):
    """A note with its number in the case and its kind, read."""

    number: int
    kind: str
    read: ReadNote


def notes_on_file(facts: LineFacts, kinds: frozenset[str]) -> list[NoteOnFile]:
    """Return the notes of these kinds up to the day of the line by its discipline, in the order of their days."""
    found = []
    for number, note in enumerate(facts.case.notes):
        author = author_of(note.author or "")
        ours = facts.discipline is None or author is None or author.discipline == facts.discipline
        if note.kind in kinds and ours and (note.service_date is None or note.service_date <= facts.day):
            found.append((note.service_date or date.min, NoteOnFile(number, note.kind, facts.claim.read(number))))
    return [note for _, note in sorted(found, key=lambda each: each[0])]


class OrderOnFile(NamedTuple):
    """An order for therapy with the number of its note in the case."""

    number: int
    order: Order


def orders_on_file(facts: LineFacts) -> list[OrderOnFile]:
    """Return the orders for therapy up to the day of the line: papers that are no visit's note, by what they hold."""
    papers = (number for number, note in enumerate(facts.case.notes) if note.kind not in VISIT_NOTES)
    found = (OrderOnFile(number, order) for number in papers if (order := facts.claim.read(number).order) is not None)
    return [each for each in found if each.order.day <= facts.day]


def doses_on_file(facts: LineFacts) -> list[tuple[int, DoseOverVisits]]:
    """Return the doses of the visit's notes that earlier notes on file tell too, each with its note's number."""
    notes = notes_on_file(facts, VISIT_NOTES)
    visit = {each.number for each in facts.notes}
    earlier = [note.read.doses for note in reversed(notes) if note.number not in visit]
    return (
        [(number, each) for number in sorted(visit) for each in over_visits(facts.claim.read(number).doses, earlier)]
        if earlier
        else []
    )


def measured_gains(facts: LineFacts) -> tuple[Quote, ...]:
    """Return lines with a figure that is better than before, from the visit's note and earlier ones, scales first."""
    gains = [
        (note.number, measure)
        for note in notes_on_file(facts, VISIT_NOTES)
        for measure in note.read.measures
        if measure.change == "better"
    ]
    scales_first = sorted(gains, key=lambda each: not each[1].is_scale)
    return sentences(facts.claim, scales_first, 2)
