"""The notes on file that speak of a line: those of the patient by its discipline, up to its day."""

from datetime import date
from typing import NamedTuple

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import Quote
from tracker.diagnosis.quoting import sentences
from tracker.reading.note import ReadNote
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


def measured_gains(facts: LineFacts) -> tuple[Quote, ...]:
    """Return lines with a figure that is better than before, from the visit's note and earlier ones."""
    gains = (
        (note.number, measure)
        for note in notes_on_file(facts, VISIT_NOTES)
        for measure in note.read.measures
        if measure.change == "better"
    )
    return sentences(facts.claim, gains, 2)
