"""Checks of care over time: visits a week against the plan, and one treatment by two disciplines."""

from collections.abc import Iterator
from datetime import date, timedelta

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts, discipline_of
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.on_file import notes_on_file
from tracker.diagnosis.quoting import sentences
from tracker.diagnosis.words import us_date
from tracker.knowledge.rules import Rule
from tracker.reading.frequency import Frequency
from tracker.reading.lexicon import Lexicon
from tracker.reading.similarity import shared_words
from tracker.reading.visits import read_visit_number

_PLANS = frozenset({"plan_of_care", "evaluation", "re_evaluation", "progress_report"})
_VISITS = VISIT_NOTES - {"progress_report"}  # a report may be written on a day without a visit
_SAME_PLAN = Lexicon(
    {
        "same": (
            "goals as pt",
            "goals as ot",
            "as pt",
            "as ot",
            "same goal* as",
            "same plan as",
            "same as pt",
            "same as ot",
            "see pt",
            "see ot",
            "per pt goals",
            "per ot goals",
            "same _ ot is",
            "same _ ot was",
            "same _ pt is",
            "same _ pt was",
            "same _ as ot",
            "same _ as pt",
            "same _ as occupational",
            "same _ as physical",
            "same as in pt",
            "same as in ot",
            "same _ in pt",
            "same _ in ot",
        )
    }
)


def frequency_in_plan(facts: LineFacts, rule: Rule) -> Outcome:
    """There are no more visits in a week than the plan on file or a later change of it tells."""
    told = list(_frequencies(facts))
    if not told:
        return NOT_APPLICABLE
    if (beyond := _beyond_the_plan(facts, told)) is not None:
        return beyond
    most = max(frequency.per_week for _, frequency in told)
    days = sorted(_days_of_week(facts))
    counted = [(each.number, week) for each in facts.notes if (week := facts.claim.read(each.number).visits_this_week)]
    visits = max([len(days), *(week.per_week for _, week in counted)])
    if visits <= most:
        return passed(f"{visits} visits in the week; the plan on file tells {most}.")
    listed = ", ".join(us_date(day) for day in days)
    reason = (
        f"{visits} visits in one week ({listed}); the plan on file tells {most} a week, and no change of it is on file."
    )
    strength = Strength.LIKELY if visits > most + rule.figures["spare"] else Strength.WEAK
    evidence = sentences(facts.claim, [*counted[:1], *told[:1]], 2)
    return Outcome(Result.FAILED, reason, "mn_excess_or_passive", strength, evidence, whole_claim=True)


def _beyond_the_plan(facts: LineFacts, told: list[tuple[int, Frequency]]) -> Outcome | None:
    """Return the finding that the visit's number is above all visits the one plan on file tells, after its weeks."""
    notes = facts.case.notes
    plans = [(number, each) for number, each in told if notes[number].kind in _PLANS and each.weeks]
    counted = [
        (each.number, number)
        for each in facts.notes
        if (number := read_visit_number(facts.claim.read(each.number).low))
    ]
    if len(plans) != 1 or not counted or (began := notes[plans[0][0]].service_date) is None:
        return None
    (index, plan), (visit, number) = plans[0], counted[0]
    planned = plan.per_week * (plan.weeks or 0)
    if number.visit <= planned or facts.day <= began + timedelta(weeks=plan.weeks or 0):
        return None
    reason = f"This is visit {number.visit}; the plan on file tells {planned} up to {us_date(began + timedelta(weeks=plan.weeks or 0))}, and no later one is on file."
    evidence = sentences(facts.claim, [(visit, number), (index, plan)], 2)
    return Outcome(Result.FAILED, reason, "mn_excess_or_passive", Strength.LIKELY, evidence, whole_claim=True)


def _frequencies(facts: LineFacts) -> Iterator[tuple[int, Frequency]]:
    """Yield the frequencies of plans and reports, and of daily notes, which may tell of a change."""
    notes = notes_on_file(facts, _PLANS | VISIT_NOTES)
    if any(note.kind in _PLANS and note.read.frequencies for note in notes):
        yield from ((note.number, frequency) for note in notes for frequency in note.read.frequencies)


def _days_of_week(facts: LineFacts) -> set[date]:
    """Return the days of the line's week (Monday to Sunday) with a visit of its discipline that was billed or noted."""
    monday = facts.day - timedelta(days=facts.day.weekday())
    claims = [facts.case.claim.lines, *(claim.lines for claim in facts.case.history.other_claims)]
    billed = {
        line.service_date for lines in claims for line in lines if discipline_of(line) in {None, facts.discipline}
    }
    noted = {facts.case.notes[note.number].service_date for note in notes_on_file(facts, _VISITS)}
    return {day for day in billed | noted if day is not None and monday <= day < monday + timedelta(days=7)}


def disciplines_differ(facts: LineFacts, rule: Rule) -> Outcome:
    """Two disciplines that bill one code on one day describe different treatment, for goals of their own."""
    pair = _two_notes(facts)
    if pair is None:
        return NOT_APPLICABLE
    own, other = pair
    same_plan = [(number, sign) for number in pair for sign in _SAME_PLAN.find(facts.claim.read(number).low)]
    alike = shared_words(facts.case.notes[own].text, facts.case.notes[other].text)
    if alike < rule.figures["alike"] and not same_plan:
        return passed("The two disciplines describe different treatment.")
    reason = f"Two disciplines billed {facts.code} on {us_date(facts.day)} and describe the same treatment; not shown: goals of their own."
    evidence = (_alike_sentence(facts, own, other), *sentences(facts.claim, same_plan, 1))
    return Outcome(Result.FAILED, reason, "mn_excess_or_passive", Strength.LIKELY, evidence)


def _two_notes(facts: LineFacts) -> tuple[int, int] | None:
    """Return the numbers of the visit's note and of the other discipline's note of the day, who billed the same code."""
    disciplines = {other.discipline for other in facts.same_day if other.line.code == facts.code}
    for discipline in sorted(filter(None, disciplines - {facts.discipline})):
        own = {each.number for each in facts.notes}
        theirs = {each.number for each in facts.claim.notes_of(facts.day, discipline)}
        if own - theirs and theirs - own:
            return min(own - theirs), min(theirs - own)
    return None


def _alike_sentence(facts: LineFacts, own: int, other: int) -> Quote:
    """Return the sentence of the own note with the most words that stand in the other one too."""
    note, there = facts.claim.read(own), set(facts.claim.read(other).low.split())
    best = max(note.passages, key=lambda passage: sum(word in there for word in passage.of(note.low).split()))
    return quote(own, note.text, best.start, best.end)


CHECKS = {"frequency_in_plan": frequency_in_plan, "disciplines_differ": disciplines_differ}
