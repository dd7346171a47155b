"""Checks of what follows from the plan of care: progress reports, and the services it names."""

from collections.abc import Iterator
from functools import lru_cache

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.quoting import sentences
from tracker.diagnosis.words import us_date
from tracker.domain.case import PlanOfCare
from tracker.knowledge.rules import EVALUATIONS, RE_EVALUATIONS, Rule
from tracker.reading.lines import lines_with
from tracker.reading.people import author_of
from tracker.reading.reports import read_missing_reports, read_visit_number
from tracker.reading.services import LONGEST_NOTE, codes_in_words


def progress_report(facts: LineFacts, _rule: Rule) -> Outcome:
    """A clinician's progress report at least every so many treatment days."""
    plan = facts.case.history.plan_of_care
    every = facts.payer.limit("progress_report_every")
    days = plan.treatment_days_since_progress_report if plan is not None else None
    if every is None:
        return NOT_APPLICABLE
    if days is None:
        return _report_told_missing(facts, every)
    if days <= every:
        return passed(f"{days} treatment days since the last progress report; one is due every {every}.")
    reason = f"{days} treatment days without a progress report by a therapist; one is due every {every}."
    evidence = (*_by_assistants(facts), *(quote for _, quotes in _told_missing(facts) for quote in quotes))
    return Outcome(Result.FAILED, reason, "doc_progress_report_missing", evidence=evidence, whole_claim=True)


def _report_told_missing(facts: LineFacts, every: int) -> Outcome:
    """The record counts no treatment days, but the note of the visit says itself that no report was written."""
    for visit, quotes in _told_missing(facts):
        if visit is not None and visit > every and quotes:
            reason = f"The note is of visit {visit} and says that no progress report was written; one is due every {every} treatment days."
            return Outcome(
                Result.FAILED, reason, "doc_progress_report_missing", Strength.LIKELY, quotes, whole_claim=True
            )  # fmt: skip
    return NOT_APPLICABLE


def _told_missing(facts: LineFacts) -> Iterator[tuple[int | None, tuple[Quote, ...]]]:
    """Yield, per note of the visit, its visit number and where it says that a report is missing."""
    for number, _ in facts.notes:
        low = facts.claim.read(number).low[:LONGEST_NOTE]
        visit = read_visit_number(low)
        missing = [(number, sign) for sign in read_missing_reports(low)]
        yield int(visit.kind) if visit else None, sentences(facts.claim, missing, 1)


def _by_assistants(facts: LineFacts) -> tuple[Quote, ...]:
    """Return heading and author of reports by an assistant, which do not count."""
    for index, note in enumerate(facts.case.notes):
        author = author_of(note.author or "")
        if note.kind == "progress_report" and author is not None and author.is_assistant and note.author:
            surname = note.author.split(",")[0].split()[-1]
            heading = next(iter(lines_with(note.text, "", *note.text.split()[:1])), None)
            places = [*([heading] if heading else []), *lines_with(note.text, "", surname)[:1]]
            return tuple(quote(index, note.text, *place) for place in places)
    return ()


def service_in_plan(facts: LineFacts, _rule: Rule) -> Outcome:
    """The billed treatment is among the plan's interventions."""
    plan = facts.case.history.plan_of_care
    if plan is None or not plan.interventions or facts.code in EVALUATIONS | RE_EVALUATIONS:
        return NOT_APPLICABLE
    planned = _planned_codes(plan.interventions)
    if facts.code in planned:
        return passed(f"{facts.code} is in the plan of care.")
    known = [code for code in planned if code in facts.knowledge.codes]
    if len(known) < len(plan.interventions) or facts.procedure is None:
        return NOT_APPLICABLE  # words nobody can set against codes
    reason = f"The plan of care names {', '.join(plan.interventions)}; {facts.code} is not among them and no amendment is on file."
    return Outcome(Result.FAILED, reason, "doc_plan_of_care_deficient", evidence=_plan_lines(facts))


@lru_cache(maxsize=1024)
def _planned_codes(interventions: tuple[str, ...]) -> frozenset[str]:
    """Return the codes a plan's interventions are or name."""
    return frozenset(interventions).union(*map(codes_in_words, interventions))


def _plan_lines(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the plan's line of services, and the note's line of the service that is not in it."""
    found = []
    for index, note in enumerate(facts.case.notes):
        if note.kind == "plan_of_care":
            places = lines_with(note.text, "", "x/wk", "x/week", "times a week", "per week")[:1]
        elif note.service_date == facts.day:
            places = [place for place in _lines(note.text) if facts.code in codes_in_words(note.text[slice(*place)])][
                :1
            ]
        else:
            places = []
        found += [quote(index, note.text, *place) for place in places]
    return tuple(found[:2])


def _lines(text: str) -> list[tuple[int, int]]:
    return lines_with(text, "", "")


CHECKS = {
    "progress_report": progress_report,
    "service_in_plan": service_in_plan,
}
