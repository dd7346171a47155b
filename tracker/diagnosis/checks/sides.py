"""Checks of the diagnosis against the notes: side, region, and the codes the notes themselves name."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed
from tracker.diagnosis.quoting import sentence, sentences
from tracker.knowledge.rules import Rule
from tracker.reading.sides import Side, says_both

_SIDES = {"1": "right", "2": "left"}
_OTHER = {"right": "left", "left": "right"}
_LETTER = {"right": re.compile(r"\b(?:right|r|rt)\b"), "left": re.compile(r"\b(?:left|l|lt)\b")}
_CAUSE = "cod_diagnosis"
_DOSE = re.compile(r"\d[ ]?x[ ]?\d|\d[ ]?(?:min|lb)")
_LEAST_CONTRARY = 2
# A side that is named as the sound one, or to compare with, is not the side that is treated.
_SOUND = re.compile(
    r"\b(?:asymptomatic|uninvolved|unaffected|uninjured|non-?(?:involved|affected|surgical|operat\w+)|contralateral|sound side|good side|for compar\w+|in compar\w+|compar(?:ed|ison) (?:to|with)|wnl|wfl|within (?:normal|functional) limits|(?:is|was|are) (?:normal|fine|good|ok)|symptom[- ]free)\b"
)


class _Sided(NamedTuple):
    """A diagnosis of the line that names a side of a region."""

    code: str
    side: str
    regions: tuple[str, ...]


def side_agrees(facts: LineFacts, rule: Rule) -> Outcome:
    """The side of the diagnosis is the side the note treats."""
    sided = list(_sided(facts, rule))
    if not sided or not facts.notes or any(says_both(facts.claim.read(each.number).low) for each in facts.notes):
        return NOT_APPLICABLE
    for diagnosis in sided:
        found = [
            (each.number, side) for each in facts.notes for side in facts.claim.read(each.number).sides
            if side.region in diagnosis.regions and not _is_sound(facts, each.number, side)
        ]  # fmt: skip
        sides = {side.side for _, side in found}
        if sides == {_OTHER[diagnosis.side]}:
            return _disagrees(facts, diagnosis, found)
        if contradiction := _contradicts(facts, diagnosis, found):
            return contradiction
        if sides == {diagnosis.side}:
            return passed(
                f"Note and {diagnosis.code} name the {diagnosis.side} side.", *sentences(facts.claim, found, 1)
            )
    return NOT_APPLICABLE


def _is_sound(facts: LineFacts, number: int, side: Side) -> bool:
    """Whether a side stands in a sentence of its own that calls it sound."""
    note = facts.claim.read(number)
    start, end = note.passage_at(side.start)
    alone = not _LETTER[_OTHER[side.side]].search(note.low, start, end)
    return alone and _SOUND.search(note.low, start, end) is not None


def _disagrees(facts: LineFacts, diagnosis: _Sided, found: list[tuple[int, Side]]) -> Outcome:
    reason = f"The diagnosis {diagnosis.code} is of the {diagnosis.side} side; the note tells of the {_OTHER[diagnosis.side]} side only."
    first, *others = sentences(facts.claim, found, 3)
    quotes = dict.fromkeys((first, *list(_measured_on(facts, _OTHER[diagnosis.side]))[:1], *others))
    cure = "The diagnosis code of the side the record holds; where the note is wrong, a correction by its author."
    return Outcome(Result.FAILED, reason, _CAUSE, Strength.LIKELY, tuple(quotes)[:4], cure=cure)


def _contradicts(facts: LineFacts, diagnosis: _Sided, found: list[tuple[int, Side]]) -> Outcome | None:
    """Return a note that complains and plans for one side and treats the other, or None; never more than weak.

    A side that stands in one sentence with the other is a comparison.
    """
    alone: dict[str, list[tuple[int, Side, bool]]] = {_OTHER[diagnosis.side]: [], diagnosis.side: []}
    for number, side in found:
        note = facts.claim.read(number)
        start, end = note.passage_at(side.start)
        words = note.low[start:end]
        if not _LETTER[_OTHER[side.side]].search(words):
            alone[side.side].append((number, side, _DOSE.search(words) is not None))
    here, there = alone[diagnosis.side], alone[_OTHER[diagnosis.side]]
    treats_other = any(dosed for _, _, dosed in there) and not any(dosed for _, _, dosed in here)
    if len(there) < _LEAST_CONTRARY or not here or not treats_other:
        return None
    reason = (
        f"The note complains of the {diagnosis.side} side and describes treatment of the {_OTHER[diagnosis.side]} side."
    )
    places = [*here[:1], *here[-1:], *there[:1], *there[-1:]]
    quotes = sentences(facts.claim, [(number, side) for number, side, _ in places], 4)
    return Outcome(Result.FAILED, reason, "doc_integrity", Strength.WEAK, quotes, path="appeal", letter="L11")


def _measured_on(facts: LineFacts, side: str) -> Iterator[Quote]:
    """Yield sentences whose figure is of this side (``L flexion 128``) and that do not name the other."""
    for number, _ in facts.notes:
        note = facts.claim.read(number)
        for measure in note.measures:
            start, end = note.passage_at(measure.start)
            before = note.low[max(start, measure.start - 6) : measure.start]
            if _LETTER[side].search(before) and not _LETTER[_OTHER[side]].search(note.low, start, end):
                yield sentence(facts.claim, number, measure)


def _sided(facts: LineFacts, rule: Rule) -> Iterator[_Sided]:
    """Yield the line's diagnoses whose last character before the encounter letter tells a side."""
    for code in _pointed(facts):
        bare = code.replace(".", "")
        for region, begins in rule.figures["regions"].items():
            where = next((begin for begin in begins if bare.startswith(begin)), None)
            if where is None:
                continue
            digit = bare[5:6] or bare[4:5]
            if digit in _SIDES:
                yield _Sided(code, _SIDES[digit], tuple(rule.figures["named_as"].get(region, [region])))


def _pointed(facts: LineFacts) -> list[str]:
    listed = facts.case.claim.diagnoses
    return [listed[at - 1] for at in facts.line.diagnosis_pointers if 0 < at <= len(listed)]


CHECKS = {"side_agrees": side_agrees}
