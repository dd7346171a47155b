"""Checks of the plan of care as far as its record tells: certification, recertification, progress reports, services."""

from collections.abc import Iterator
from datetime import date, timedelta
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

_CERTIFIABLE = frozenset({"plan_of_care", "evaluation"})


def initial_certification(facts: LineFacts, rule: Rule) -> Outcome:
    """The plan was certified within 30 days, or a signed order is on file and the plan was sent within 30 days."""
    plan = facts.case.history.plan_of_care
    if plan is None or plan.established_on is None:
        return NOT_APPLICABLE
    due = plan.established_on + timedelta(days=rule.figures["days"])
    certified, quotes = _certified(facts, plan, plan.established_on)
    if certified is not None and certified <= due:
        return passed(f"The plan of {us_date(plan.established_on)} was certified on {us_date(certified)}.", *quotes)
    if certified is not None:
        reason = f"The plan of {us_date(plan.established_on)} was certified on {us_date(certified)}, after {us_date(due)}: a delayed certification needs its reason."
        return Outcome(
            Result.FAILED, reason, "doc_certification_missing", Strength.WEAK, quotes, whole_claim=True
        )  # fmt: skip
    sent = plan.sent_to_physician_on
    by_order = plan.order_on_file and sent is not None and plan.established_on <= sent <= due
    if by_order and sent is not None and facts.day >= rule.figures["order_counts_since"]:
        reason = f"No signature on the plan, but a signed order is on file and the plan was sent on {us_date(sent)}, within 30 days: since 1/1/2025 that certifies it (42 CFR 424.24(c))."
        return passed(reason, *_order_and_sending(facts), proves=True)
    if facts.case.history.as_of <= due:
        return NOT_APPLICABLE
    reason = f"No certification of the plan of {us_date(plan.established_on)} is on file{_half_of_exception(plan)}."
    return Outcome(Result.FAILED, reason, "doc_certification_missing", whole_claim=True)


def _certified(facts: LineFacts, plan: PlanOfCare, established: date) -> tuple[date | None, tuple[Quote, ...]]:
    """Return when the plan was certified and the physician's signature: from the record, else from the plan's text."""
    signed = [
        (each.day, quote(index, note.text, each.start, each.end))
        for index, note in enumerate(facts.case.notes)
        if note.kind in _CERTIFIABLE
        for each in facts.claim.read(index).signatures.by_physicians
        if each.day is not None and established <= each.day <= facts.case.history.as_of
    ]
    if plan.certified_on is not None:
        return plan.certified_on, tuple(place for day, place in signed if day == plan.certified_on)[:1]
    day, place = min(signed, key=lambda each: each[0], default=(None, None))
    return day, (place,) if place is not None else ()


def _half_of_exception(plan: PlanOfCare) -> str:
    if plan.order_on_file:
        return "; an order is, but not that the plan was sent within 30 days"
    if plan.sent_to_physician_on is not None:
        return f"; the plan was sent on {us_date(plan.sent_to_physician_on)}, but no signed order is"
    return ", and no signed order with proof of sending"


def _order_and_sending(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the order's line, its signature and the line that proves the sending, from the notes on file."""
    found: list[Quote] = []
    for index, note in enumerate(facts.case.notes):
        if note.kind == "order":
            places = lines_with(
                note.text, "", "evaluate and treat", "eval and treat", "Evaluate and treat", "eval & treat"
            )[:1]
            places += lines_with(note.text, "", "signed", "Signed")[:1]
        else:
            places = lines_with(note.text, "", "FAX", "Fax", "fax", "transmi", "portal")[:1]
        found += [quote(index, note.text, *place) for place in places]
    return tuple(found[:3])


def recertification(facts: LineFacts, rule: Rule) -> Outcome:
    """The visit lies in a certified interval: the plan's duration or 90 days from the first treatment, the shorter."""
    plan = facts.case.history.plan_of_care
    if plan is None or plan.established_on is None:
        return NOT_APPLICABLE
    most: int = rule.figures["days"]
    length = min(plan.duration_days or most, most)
    start = plan.established_on
    if _is_recertified(plan, facts.day, start, length, rule.figures["initial_days"]):
        assert plan.certified_on is not None
        return passed(f"A certification of {us_date(plan.certified_on)} covers the visit.")
    end = start + timedelta(days=length)
    if facts.day <= end:
        return passed(f"The visit lies within the certified interval, which runs to {us_date(end)}.")
    day = (facts.day - start).days + 1
    reason = f"The certified interval began on {us_date(start)} and ran to {us_date(end)}; the visit is day {day} and no recertification is on file."
    return Outcome(Result.FAILED, reason, "doc_certification_missing", whole_claim=True)


def _is_recertified(plan: PlanOfCare, day: date, start: date, length: int, initial: int) -> bool:
    """A certification well after the start is a recertification; it covers one more interval."""
    certified = plan.certified_on
    if certified is None or certified <= start + timedelta(days=initial):
        return False
    return day <= certified + timedelta(days=length)


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
    "initial_certification": initial_certification,
    "recertification": recertification,
    "progress_report": progress_report,
    "service_in_plan": service_in_plan,
}
