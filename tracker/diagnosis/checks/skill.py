"""Checks of skilled need: whether the note of the visit shows why it took a therapist (MBPM chapter 15 s.220.2)."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed
from tracker.diagnosis.on_file import doses_on_file, measured_gains
from tracker.diagnosis.quoting import sentences
from tracker.knowledge.rules import Rule
from tracker.reading.doses import Dose
from tracker.reading.lexicon import Sign
from tracker.reading.note import ReadNote

_CAUSE = "mn_skill_not_shown"


class _Found(NamedTuple):
    """Signs of the notes of a visit, each with its note's number."""

    shown: list[tuple[int, Sign]]
    alone: list[tuple[int, Sign]]
    at_home: list[tuple[int, Sign]]
    routine: list[tuple[int, Sign]]


def skill_shown(facts: LineFacts, rule: Rule) -> Outcome:
    """The note shows cueing, grading, hands-on work, watching or analysis; routine words alone show no skill."""
    if not facts.notes:
        return NOT_APPLICABLE
    found = _found(facts)
    contrary = [*found.alone, *found.at_home]
    if found.shown and not _denies_itself(rule, found, contrary):
        return passed("The note shows a therapist's skill.", *_plain_skill(facts, rule, found))
    if not contrary and not found.routine:
        return NOT_APPLICABLE  # it says too little either way
    quotes = sentences(facts.claim, [*contrary, *found.routine])
    return Outcome(
        Result.NOT_SHOWN, _reason(contrary), _CAUSE, Strength.LIKELY, quotes,
        against=(*sentences(facts.claim, found.shown, 2), *measured_gains(facts)[:1]),
        path=None if contrary else _path(facts), whole_claim=True,
    )  # fmt: skip


def _denies_itself(rule: Rule, found: _Found, contrary: list[tuple[int, Sign]]) -> bool:
    """Whether a sign or two of skill stand against more that says the patient did it alone."""
    if len(found.shown) == 1 and contrary and len(contrary) + len(found.routine) >= rule.figures["contrary"]:
        return True
    return bool(len(contrary) >= rule.figures["contrary"] and len(found.shown) <= rule.figures["few"])


def _plain_skill(facts: LineFacts, rule: Rule, found: _Found) -> tuple[Quote, ...]:
    """Return quotes where the note shows skill of several kinds; a single cue passes, but proves nothing."""
    kinds = {sign.kind for _, sign in found.shown}
    contrary = len(found.alone) + len(found.at_home)
    if len(found.shown) < rule.figures["plain"] * (1 + contrary) or len(kinds) < rule.figures["kinds"]:
        return ()
    return sentences(facts.claim, found.shown, 2)


def _reason(contrary: list[tuple[int, Sign]]) -> str:
    missing = "Not shown in the note: cueing, grading, hands-on work, watching over risk or analysis by the therapist"
    return f"{missing}; it says that the patient did it alone." if contrary else f"{missing}."


def _path(facts: LineFacts) -> str | None:
    """The entire record counts: a measured gain on file is worth an appeal."""
    return "appeal" if measured_gains(facts) else None


def _found(facts: LineFacts) -> _Found:
    reads = [(each.number, facts.claim.read(each.number)) for each in facts.notes]
    changed = [(number, _graded(each.dose)) for number, each in doses_on_file(facts) if each.before is not None]
    return _Found(
        [*((number, sign) for number, note in reads for sign in note.skill.shown), *changed],
        [(number, sign) for number, note in reads for sign in _outside_goals(note, note.skill.alone)],
        [(number, sign) for number, note in reads for sign in _outside_goals(note, note.skill.at_home)],
        [(number, sign) for number, note in reads for sign in note.skill.routine],
    )


def _graded(dose: Dose) -> Sign:
    """Return a dose that is not that of the visit before as a sign of grading."""
    return Sign("grade", dose.start, dose.end)


def _outside_goals(note: ReadNote, signs: tuple[Sign, ...]) -> list[Sign]:
    """Return the signs that are no wish: a goal may be to dress without help."""
    return [sign for sign in signs if not any(goal.start <= sign.start < goal.end for goal in note.goals)]


def home_programme(facts: LineFacts, rule: Rule) -> Outcome:
    """Exercise that the patient does alone, at one dose for visits on end, belongs into a home programme."""
    if not facts.notes:
        return NOT_APPLICABLE
    found = _found(facts)
    graded = [(number, sign) for number, sign in found.shown if sign.kind in {"grade", "hands"}]
    same = [*_same_doses(facts, rule.figures["visits"]), *_same_over_visits(facts, rule)]
    home = [*found.at_home, *found.alone] if found.at_home or same else []
    if graded or not (home or same):
        return passed("The exercise was graded.") if graded else NOT_APPLICABLE
    if len(home) + len(same) < rule.figures["signs"]:
        return NOT_APPLICABLE
    what = "the same exercises at the same dose visit after visit" if same else "exercise the patient does alone"
    reason = f"Not shown in the note: a change of exercise, dose or instruction; it tells of {what}."
    return Outcome(
        Result.NOT_SHOWN, reason, _CAUSE, Strength.LIKELY, sentences(facts.claim, chain(home, same)),
        against=sentences(facts.claim, found.shown, 2), whole_claim=True,
    )  # fmt: skip


def _same_doses(facts: LineFacts, visits: int) -> Iterator[tuple[int, Sign]]:
    """Yield rows of exercise tables whose dose is one and the same over so many visits, when no row changed."""
    for number, _ in facts.notes:
        rows = facts.claim.read(number).dose_rows
        if rows and all(row.is_same for row in rows) and max(row.visits for row in rows) >= visits:
            yield from ((number, Sign("dose", row.start, row.end)) for row in rows[:1])


def _same_over_visits(facts: LineFacts, rule: Rule) -> Iterator[tuple[int, Sign]]:
    """Yield the doses that are those of so many visits on file before, where the visit has no other dose than them."""
    doses = doses_on_file(facts)
    if len(doses) >= rule.figures["signs"] and all(each.same >= rule.figures["visits"] - 1 for _, each in doses):
        yield from ((number, Sign("dose", each.dose.start, each.dose.end)) for number, each in doses)


def treats_a_limitation(facts: LineFacts, _rule: Rule) -> Outcome:
    """The visit treats a limitation; a sport or fitness programme for somebody without one is no therapy."""
    for number, _ in facts.notes:
        signs = facts.claim.read(number).fitness
        if {sign.kind for sign in signs} == {"program", "no limit"}:
            reason = (
                "The note tells of a fitness or sport programme and of no limitation; that is not covered as therapy."
            )
            quotes = sentences(facts.claim, [(number, sign) for sign in signs], 2)
            return Outcome(Result.FAILED, reason, "mn_noncovered_service", Strength.LIKELY, quotes, whole_claim=True)
    return NOT_APPLICABLE


CHECKS = {"treats_a_limitation": treats_a_limitation, "skill_shown": skill_shown, "home_programme": home_programme}
