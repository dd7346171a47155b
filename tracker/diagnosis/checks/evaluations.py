"""Checks of evaluations: the level against its components, a re-evaluation against what made it necessary."""

from collections.abc import Sequence

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.knowledge.rules import Rule
from tracker.reading.evaluations import Evaluation, Sign, read_evaluation, read_reassessment
from tracker.reading.note import ReadNote

_LEVELS = ("low", "moderate", "high")
_DETAILED = frozenset({"evaluation", "re_evaluation"})


def level_supported(facts: LineFacts, rule: Rule) -> Outcome:
    """Every component of the evaluation reaches the level billed; the lowest decides."""
    billed: int = rule.figures["levels"].index(facts.code)
    notes = [(each.number, facts.claim.read(each.number)) for each in facts.notes if each.note.kind in _DETAILED]
    if not notes:
        return NOT_APPLICABLE
    number, read = max(notes, key=lambda each: len(each[1].text))
    shown = read_evaluation(read.low)
    if billed == 0:
        return passed("The low level asks for no more than a short history and one or two findings.")
    below = _below(shown, billed)
    upheld = [sign for sign in shown.signs if sign.level >= billed]
    supported = min((sign.level for sign in below), default=billed)
    if not below or len({sign.component for sign in upheld}) >= len({sign.component for sign in below}):
        quotes = tuple(dict.fromkeys(_sentence(number, read, sign.start, sign.end) for sign in upheld))[:3]
        return _by_counts(facts, rule, shown, billed, quotes) if not below else _doubt()
    names = ", ".join(dict.fromkeys(_COMPONENTS[sign.component] for sign in below))
    reason = (
        f"{facts.code} is the {_LEVELS[billed]} level; the note's {names} support the {_LEVELS[supported]} one, and the lowest "
        f"component decides."
    )
    strength = Strength.STRONG if len({sign.component for sign in below}) > 1 else Strength.LIKELY
    quotes = tuple(dict.fromkeys(_sentence(number, read, sign.start, sign.end) for sign in below))
    against = tuple(dict.fromkeys(_sentence(number, read, sign.start, sign.end) for sign in upheld))
    cure = f"{rule.figures['levels'][supported]} in place of {facts.code}."
    return Outcome(Result.FAILED, reason, "cod_eval_unsupported", strength, quotes[:4], against[:2], cure=cure)


_COMPONENTS = {
    "history": "history and personal factors",
    "presentation": "presentation",
    "decision": "decision making",
    "tasks": "need to modify tasks",
}


def _doubt() -> Outcome:
    return passed("The note names components of the level billed.", strength=Strength.WEAK)


def _below(shown: Evaluation, billed: int) -> Sequence[Sign]:
    """Return the signs that lie below the level billed; factors named elsewhere outweigh "no comorbidities"."""
    low = [sign for sign in shown.signs if sign.level < billed]
    best = {sign.component: max(each.level for each in shown.signs if each.component == sign.component) for sign in low}
    return [
        sign
        for sign in low
        if best[sign.component] < billed and not (sign.component == "history" and shown.factors >= billed)
    ]


def _by_counts(facts: LineFacts, rule: Rule, shown: Evaluation, billed: int, quotes: Sequence[Quote]) -> Outcome:
    """Where no word speaks below the level: the counts of what was found may still be too small for it."""
    least: int = rule.figures["least_deficits"][billed] if "least_deficits" in rule.figures else 0
    if shown.deficits is not None and shown.deficits < least:
        reason = f"{facts.code} asks for {least} performance deficits or more; {shown.deficits} are listed."
        return Outcome(Result.FAILED, reason, "cod_eval_unsupported", Strength.WEAK)
    reason = "No component of the evaluation is shown below the level billed."
    return passed(reason, *quotes, strength=Strength.LIKELY)


def _sentence(number: int, read: ReadNote, start: int, end: int) -> Quote:
    """Return the sentence or line a place stands in."""
    passage = next((each for each in read.passages if each.start <= start < each.end), None)
    if passage is None or passage.end - passage.start > 160:
        begins = max(read.text.rfind(mark, max(start - 60, 0), start) + len(mark) for mark in (". ", "; ", ", ", "\n"))
        return quote(number, read.text, max(begins, start - 60, 0), end + 20)
    return quote(number, read.text, passage.start, passage.end)


def reassessment_needed(facts: LineFacts, _rule: Rule) -> Outcome:
    """A re-evaluation has a cause (new finding, unexpected change, no response) and a changed plan."""
    if not facts.notes:
        return NOT_APPLICABLE
    reads = [(each.number, facts.claim.read(each.number)) for each in facts.notes]
    number, read = max(reads, key=lambda each: len(each[1].text))
    found = read_reassessment(read.low)
    if found.triggers:
        quotes = tuple(_sentence(number, read, *place) for place in (*found.triggers[:1], *found.revised[:1]))
        return passed("The note says what made a re-evaluation necessary.", *dict.fromkeys(quotes))
    if found.revised and not found.routine:
        return passed("The note changes the plan.", _sentence(number, read, *found.revised[0]))
    reason = f"No new finding, unexpected change or lack of response is shown that would call for {facts.code}."
    if not found.routine:
        return Outcome(Result.NOT_SHOWN, reason, "cod_eval_unsupported", Strength.WEAK)
    quotes = tuple(dict.fromkeys(_sentence(number, read, *place) for place in found.routine))[:3]
    strength = Strength.LIKELY if found.revised else Strength.STRONG
    return Outcome(Result.FAILED, f"{reason} It reads as a routine report.", "cod_eval_unsupported", strength, quotes)


CHECKS = {"level_supported": level_supported, "reassessment_needed": reassessment_needed}
