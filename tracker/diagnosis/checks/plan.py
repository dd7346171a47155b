"""Checks of what follows from the plan of care: progress reports, and the services it names."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.on_file import notes_on_file
from tracker.diagnosis.quoting import sentences
from tracker.diagnosis.words import us_date
from tracker.knowledge.rules import EVALUATIONS, RE_EVALUATIONS, Rule
from tracker.reading.interventions import read_interventions
from tracker.reading.lines import lines_with
from tracker.reading.people import author_of
from tracker.reading.reports import read_missing_reports, read_written_reports
from tracker.reading.services import LONGEST_NOTE, codes_in_words
from tracker.reading.visits import read_visit_number

_REPORTS = frozenset({"progress_report", "re_evaluation"})  # a re-evaluation holds what a report holds
_TELLING = VISIT_NOTES | {"plan_of_care", "other"}  # where a change of the plan can be told
_PLANS = frozenset({"plan_of_care", "evaluation"})  # an evaluation counts as part of the plan


class _Report(NamedTuple):
    """A progress report on file or told of: its day, whether a therapist's, the place that shows it."""

    day: date
    by_therapist: bool
    place: Quote


def progress_report(facts: LineFacts, _rule: Rule) -> Outcome:
    """A clinician's progress report at least every so many treatment days."""
    plan = facts.case.history.plan_of_care
    every = facts.payer.limit("progress_report_every")
    days = plan.treatment_days_since_progress_report if plan is not None else None
    if every is None:
        return NOT_APPLICABLE
    if plan is None or days is None:
        return _without_count(facts, every)
    if days <= every:
        return passed(f"{days} treatment days since the last progress report; one is due every {every}.")
    last = plan.last_progress_report_on
    newer = [each for each in _reports(facts) if each.by_therapist and last is not None and each.day > last]
    if newer and last is not None:
        reason = f"A therapist's progress report of {us_date(newer[-1].day)} is shown; the record counts from the one of {us_date(last)}."
        return passed(reason, newer[-1].place, strength=Strength.LIKELY)
    reason = f"{days} treatment days without a progress report by a therapist; one is due every {every}."
    evidence = (*_by_assistants(facts), *(quote for _, quotes in _told_missing(facts) for quote in quotes))
    return Outcome(Result.FAILED, reason, "doc_progress_report_missing", evidence=evidence, whole_claim=True)


def _reports(facts: LineFacts) -> list[_Report]:
    """Return the progress reports up to the visit, in the order of their days: those on file and those notes tell of."""
    found = []
    for index, note in enumerate(facts.case.notes):
        read = facts.claim.read(index)
        if note.kind in _REPORTS and note.service_date is not None and not _is_assistants(facts, index):
            found.append(_Report(note.service_date, True, quote(index, note.text, *read.passage_at(0))))
        for told in read_written_reports(read.low[:LONGEST_NOTE]):
            place = quote(index, note.text, told.told.start, told.told.end)
            found.append(_Report(told.told.day, not told.by_assistant, place))
    return sorted((each for each in found if each.day <= facts.day), key=lambda each: each.day)


def _is_assistants(facts: LineFacts, index: int) -> bool:
    """Whether a note is an assistant's: its author, or where that tells nothing all who signed it."""
    author = author_of(facts.case.notes[index].author or "")
    if author is not None:
        return author.is_assistant
    signed = [each.clinician for each in facts.claim.read(index).signatures.by_clinicians]
    return bool(signed) and all(person is not None and person.rank == "assistant" for person in signed)


def _without_count(facts: LineFacts, every: int) -> Outcome:
    """The record counts no treatment days: the visit's own number, and what the notes say of reports."""
    reports = _reports(facts)
    theirs = [each for each in reports if each.by_therapist]
    for visit, missing in _told_missing(facts):
        if visit is None or visit <= every:
            continue
        if theirs:
            return passed("A therapist's progress report is shown.", theirs[-1].place, strength=Strength.LIKELY)
        quotes = missing or tuple(each.place for each in reports[-2:])
        if not quotes:
            continue
        what = (
            f"it says that no progress report was written; one is due every {every} treatment days"
            if missing
            else "the progress reports shown are an assistant's, and only a therapist's counts"
        )
        reason = f"The note is of visit {visit}; {what}."
        return Outcome(Result.FAILED, reason, "doc_progress_report_missing", Strength.LIKELY, quotes, whole_claim=True)
    return NOT_APPLICABLE


def _told_missing(facts: LineFacts) -> Iterator[tuple[int | None, tuple[Quote, ...]]]:
    """Yield, per note of the visit, its visit number and where it says that a report is missing."""
    for number, _ in facts.notes:
        low = facts.claim.read(number).low[:LONGEST_NOTE]
        visit = read_visit_number(low)
        missing = [(number, sign) for sign in read_missing_reports(low)]
        yield visit.visit if visit else None, sentences(facts.claim, missing, 1)


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


def service_in_plan(facts: LineFacts, rule: Rule) -> Outcome:
    """The billed treatment is among the plan's interventions, or a note tells that it was added to them."""
    plan = facts.case.history.plan_of_care
    if facts.code in EVALUATIONS | RE_EVALUATIONS:
        return NOT_APPLICABLE
    listed = plan.interventions if plan is not None else ()
    found = _in_record(facts, listed) if listed else _in_plan_text(facts, rule)
    return found if found.result is Result.PASSED else _added_to_plan(facts) or found


def _in_record(facts: LineFacts, interventions: tuple[str, ...]) -> Outcome:
    """The interventions on record, else the plan's text on file, name the service."""
    planned = _planned_codes(interventions)
    if facts.code in planned:
        return passed(f"{facts.code} is in the plan of care.")
    if (listed := _listed_in_plans(facts)) is not None:
        return passed(f"The plan of care on file names {facts.code} in words.", listed, strength=Strength.LIKELY)
    known = [code for code in planned if code in facts.knowledge.codes]
    if len(known) < len(interventions) or facts.procedure is None:
        return NOT_APPLICABLE  # words nobody can set against codes
    reason = f"The plan of care names {', '.join(interventions)}; {facts.code} is not among them and no amendment is on file."
    return Outcome(Result.FAILED, reason, "doc_plan_of_care_deficient", evidence=_plan_lines(facts))


def _added_to_plan(facts: LineFacts) -> Outcome | None:
    """A note up to the visit tells that the plan was changed to hold the service of the line."""
    for note in notes_on_file(facts, _TELLING):
        for change in note.read.plan_changes:
            if facts.code in change.codes:
                place = quote(note.number, note.read.text, change.start, change.end)
                reason = f"A note tells that the plan of care was changed to hold {facts.code}; a significant change needs a certification of its own."
                return passed(reason, place, strength=Strength.LIKELY)
    return None


def _listed_in_plans(facts: LineFacts) -> Quote | None:
    """Return where a plan of care on file, made up to the visit, names the service of the line."""
    for index, note in enumerate(facts.case.notes):
        if note.kind in _PLANS and (note.service_date is None or note.service_date <= facts.day):
            read = facts.claim.read(index)
            for name in read.services:
                if facts.code in name.codes:
                    return quote(index, note.text, *read.passage_at(name.start))
    return None


def _in_plan_text(facts: LineFacts, rule: Rule) -> Outcome:
    """The record lists no interventions: the list in the text of a plan of care on file."""
    if (listed := _listed_in_plans(facts)) is not None:
        return passed(f"The plan of care on file names {facts.code}.", listed, strength=Strength.LIKELY)
    plans = [(index, facts.claim.read(index)) for index, note in enumerate(facts.case.notes) if note.kind in _PLANS]
    lists = [(index, read, read_interventions(read.low, read.services)) for index, read in plans]
    shown = [(index, read, found) for index, read, found in lists if found is not None]
    if len(shown) != 1 or len(plans) != 1 or facts.procedure is None:
        return NOT_APPLICABLE
    index, read, found = shown[0]
    strength = Strength.LIKELY if facts.says(frozenset(rule.figures["says_not_in_plan"])) else Strength.WEAK
    reason = f"The services listed in the plan of care on file are others than {facts.code}; no amendment is shown."
    place = quote(index, read.text, found.start, found.end)
    return Outcome(Result.NOT_SHOWN, reason, "doc_plan_of_care_deficient", strength, (place,))


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
