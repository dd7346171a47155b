"""The check of copied notes: a note that is the same as an earlier one of the patient."""

import re
from typing import NamedTuple

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.words import us_date
from tracker.domain.case import CaseNote
from tracker.knowledge.rules import Rule
from tracker.reading.lexicon import Lexicon
from tracker.reading.passages import Passage
from tracker.reading.similarity import overlap

# Words that are true of one day only: a sentence that holds them should differ from visit to visit.
_OF_THE_DAY = Lexicon(
    {
        "day": ("yesterday", "today", "last night", "this morning", "this am", "this a.m", "tonight", "last visit", "last session", "last time", "since last", "weekend", "on monday", "on tuesday", "on wednesday", "on thursday", "on friday", "on saturday", "on sunday", "woke", "slept", "first time", "one more", "for the first"),
        "better": ("better", "worse", "improv*", "higher", "farther", "further", "more than", "less than", "increased", "decreased", "easier", "harder", "reached", "getting"),
        "report": ("reports", "states", "says", "c/o", "complains", "pain #/10", "pain #", "#/10"),
    }
)  # fmt: skip
_WEIGHT = {"day": 4, "better": 3, "report": 1}
_WRONG_PRONOUN = 6
_PRONOUNS = {"M": re.compile(r"\b(?:she|her|hers|herself)\b"), "F": re.compile(r"\b(?:he|him|his|himself)\b")}
# Another person a pronoun may mean.
_ANOTHER = re.compile(
    r"\b(?:wife|husband|spouse|daughter|son|mother|mom|father|dad|sister|brother|niece|nephew|aunt|uncle|aide|nurse|friend|caregiver|partner|grand\w+|neighbou?r|teacher|girl|boy|dr|doctor|surgeon)\w{0,2}\b"
)


class _Earlier(NamedTuple):
    """An earlier note, its number, and how alike it is."""

    likeness: float
    number: int
    note: CaseNote


def note_not_copied(facts: LineFacts, rule: Rule) -> Outcome:
    """The note of the visit differs from those of other days in more than date, time and visit number."""
    likest = max(_others(facts, rule.figures["words"]), default=None)
    if likest is None:
        return NOT_APPLICABLE
    if likest.likeness < rule.figures["alike"]:
        return passed(f"The note differs from the others on file (at most {likest.likeness:.0%} of its words in a row are the same).")  # fmt: skip
    same = likest.likeness >= rule.figures["same"]
    copies = sorted({each.note.service_date for each in _others(facts, 1) if each.likeness >= rule.figures["alike"] and each.note.service_date})  # fmt: skip
    days = ", ".join(us_date(day) for day in copies[:3])
    how = "word for word the note" if same else f"the note ({likest.likeness:.0%} of its words in a row)"
    reason = f"The note of {us_date(facts.day)} is {how} of {days}, apart from date, times and visit number; nothing in it tells of that day."
    return Outcome(Result.FAILED, reason, "doc_integrity", Strength.STRONG if same else Strength.LIKELY, _telling(facts, likest))  # fmt: skip


def _others(facts: LineFacts, words: int) -> list[_Earlier]:
    """Return the visit notes of other days with how alike they are to the visit's own; short notes do not count."""
    found = []
    for visit in facts.notes:
        own = facts.claim.read(visit.number).shingles
        for number, note in enumerate(facts.case.notes):
            other_day = note.kind in VISIT_NOTES and note.service_date not in {None, facts.day}
            if other_day and own.total() >= words and (other := facts.claim.read(number).shingles).total() >= words:
                found.append(_Earlier(overlap(own, other), number, note))
    return found


def _telling(facts: LineFacts, copied: _Earlier) -> tuple[Quote, ...]:
    """Return the sentences of the visit's note that stand in the other note too and claim to be of the day."""
    there = {" ".join(passage.of(copied.note.text).lower().split()) for passage in facts.claim.read(copied.number).passages}  # fmt: skip
    ranked: list[tuple[int, int, Passage]] = []
    number = facts.notes[0].number
    note = facts.claim.read(number)
    for passage in note.passages:
        words = passage.of(note.text).lower()
        if " ".join(words.split()) in there:
            ranked.append((-_weight(words, facts.case.patient.sex), passage.start, passage))
    best = sorted(ranked)[:3]
    return tuple(quote(number, note.text, passage.start, passage.end) for _, _, passage in sorted(best, key=lambda each: each[1]))  # fmt: skip


def _weight(words: str, sex: str | None) -> int:
    """Return how much a copied sentence gives the copy away: words of one day, a pronoun that is not the patient's."""
    weight = sum(_WEIGHT[sign.kind] for sign in _OF_THE_DAY.find(words))
    wrong = _PRONOUNS.get(sex or "")
    return weight + _WRONG_PRONOUN if wrong and wrong.search(words) and not _ANOTHER.search(words) else weight


CHECKS = {"note_not_copied": note_not_copied}
