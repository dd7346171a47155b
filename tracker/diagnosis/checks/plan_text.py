"""The check of what a plan of care says: its elements and its author."""

from collections.abc import Sequence

from tracker.diagnosis.facts import LineFacts, NoteOfVisit
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.on_file import OrderOnFile, orders_on_file
from tracker.knowledge.rules import Rule
from tracker.reading.people import author_of
from tracker.reading.signatures import OpenKind

_PLANS = frozenset({"plan_of_care"})
_WITH_PLAN = frozenset({"plan_of_care", "evaluation"})  # an evaluation counts as part of the plan
_CAUSE = "doc_plan_of_care_deficient"
_MANY = 2


def plan_content(facts: LineFacts, _rule: Rule) -> Outcome:
    """The plan of care shows diagnosis, goals, frequency and duration, and who established it."""
    plans = _notes(facts)
    if not any(each.note.kind in _PLANS for each in plans):
        return NOT_APPLICABLE
    read = [facts.claim.read(each.number).plan for each in plans]
    missing = [name for name in read[0].missing if all(name in each.missing for each in read)]
    if "diagnosis" in missing and any(_names_diagnosis(facts, order) for order in orders_on_file(facts)):
        missing.remove("diagnosis")
    unsigned = _unsigned(facts, plans)
    if not missing and unsigned is None:
        return passed("The plan of care shows diagnosis, goals, frequency and duration.", strength=Strength.LIKELY)
    names = [*missing, *(["who established it"] if unsigned is not None else [])]
    reason = f"Not shown in the plan of care on file: {', '.join(names)}."
    strength = Strength.STRONG if len(names) >= _MANY else Strength.LIKELY
    quotes = (*_vague(facts, plans, missing), *([unsigned] if unsigned is not None else []))
    return Outcome(Result.NOT_SHOWN, reason, _CAUSE, strength, quotes, whole_claim=True)


def _names_diagnosis(facts: LineFacts, order: OrderOnFile) -> bool:
    """Whether the order that the plan carries out names what is to be treated."""
    return facts.claim.read(order.number).plan.diagnosis


def _notes(facts: LineFacts) -> list[NoteOfVisit]:
    """Return plans and evaluations up to the visit, as far as their days are known."""
    return [
        NoteOfVisit(index, note)
        for index, note in enumerate(facts.case.notes)
        if note.kind in _WITH_PLAN and (note.service_date is None or note.service_date <= facts.day)
    ]


def _unsigned(facts: LineFacts, plans: Sequence[NoteOfVisit]) -> Quote | None:
    """Return the empty line for the therapist's signature of a plan nobody signed."""
    for each in plans:
        found = facts.claim.read(each.number).signatures
        blank = found.marked(OpenKind.BLANK)
        if each.note.kind in _PLANS and blank and not found.by_clinicians and author_of(each.note.author or "") is None:
            return quote(each.number, each.note.text, blank[0].start, blank[0].end)
    return None


def _vague(facts: LineFacts, plans: Sequence[NoteOfVisit], missing: Sequence[str]) -> tuple[Quote, ...]:
    """Return the line that speaks of the treatment, or of how long, without saying how often or how long."""
    if not {"frequency", "duration"}.intersection(missing):
        return ()
    for each in plans:
        read = facts.claim.read(each.number)
        at = read.plan.vague[0] if read.plan.vague is not None else None
        if at is None and read.services and each.note.kind in _PLANS:
            at = read.services[0].start
        if at is not None:
            return (quote(each.number, read.text, *read.passage_at(at)),)
    return ()


CHECKS = {"plan_content": plan_content}
