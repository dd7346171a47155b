"""Checks of certification: the first within 30 days, and a new one before its interval ends.

Dates come from the record, else from the notes: a physician's signature, or words that report one.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.on_file import orders_on_file
from tracker.diagnosis.words import us_date
from tracker.domain.case import PlanOfCare
from tracker.knowledge.rules import Rule
from tracker.reading.lines import lines_with

_CERTIFIABLE = frozenset({"plan_of_care", "evaluation"})
_CAUSE = "doc_certification_missing"


class _Dated(NamedTuple):
    """A day with the place that tells it."""

    day: date
    place: Quote


def initial_certification(facts: LineFacts, rule: Rule) -> Outcome:
    """The plan was certified within 30 days, or a signed order is on file and the plan was sent within 30 days."""
    plan = facts.case.history.plan_of_care
    established = plan.established_on if plan is not None else None
    if plan is None or established is None:
        return _by_notes_alone(facts, rule)
    if (refused := _by_who_may_not(facts, rule, plan)) is not None:
        return refused
    due = established + timedelta(days=rule.figures["days"])
    certified, quotes = _certified(facts, plan, established)
    if certified is not None and certified <= due:
        return passed(f"The plan of {us_date(established)} was certified on {us_date(certified)}.", *quotes)
    order = _verbal_order(facts, established, due)
    if certified is not None:
        if order is not None and certified <= order.day + timedelta(days=rule.figures["verbal_order_days"]):
            reason = f"A verbal order of {us_date(order.day)}, signed on {us_date(certified)}, certified the plan."
            return passed(reason, order.place, *quotes)
        return _delayed(facts, established, due, certified, quotes)
    return _uncertified(facts, rule, plan, due, order)


def _by_who_may_not(facts: LineFacts, rule: Rule, plan: PlanOfCare) -> Outcome | None:
    """Return the finding that who certified is none who may (MBPM chapter 15 s.220.1.1), or None."""
    written = (plan.certified_by or "").replace(".", "").replace(",", " ").split()
    letters = next((each for each in rule.figures["cannot_certify"] if each in written[1:]), None)
    if letters is None:
        return None
    signed = [
        quote(index, note.text, *facts.claim.read(index).passage_at(each.start))
        for index, note in enumerate(facts.case.notes)
        if note.kind in _CERTIFIABLE
        for each in facts.claim.read(index).clinicians
        if each.letters == letters
    ]
    who = rule.figures["cannot_certify"][letters]
    reason = f"The plan was certified by {plan.certified_by}; {who} cannot certify outpatient therapy, and no other signature is on file."
    return Outcome(Result.FAILED, reason, _CAUSE, evidence=tuple(signed[:2]), whole_claim=True)


def _uncertified(facts: LineFacts, rule: Rule, plan: PlanOfCare, due: date, order: _Dated | None) -> Outcome:
    """No signature is on file: since 2025 a signed order and proof of sending do as well."""
    established, sent = plan.established_on, plan.sent_to_physician_on
    assert established is not None
    by_order = _has_order(facts, plan) and sent is not None and established <= sent <= due
    if by_order and sent is not None and facts.day >= rule.figures["order_counts_since"]:
        reason = f"No signature on the plan, but a signed order is on file and the plan was sent on {us_date(sent)}, within 30 days: since 1/1/2025 that certifies it (42 CFR 424.24(c))."
        return passed(reason, *_order_and_sending(facts), proves=True)
    if facts.case.history.as_of <= due:
        return NOT_APPLICABLE
    if order is not None:
        reason = f"A verbal order of {us_date(order.day)} is noted; its signature within {rule.figures['verbal_order_days']} days is not shown."
        return Outcome(Result.NOT_SHOWN, reason, _CAUSE, Strength.LIKELY, (order.place,), whole_claim=True)
    reason = f"No certification of the plan of {us_date(established)} is on file{_half_of_exception(plan)}."
    return Outcome(Result.FAILED, reason, _CAUSE, evidence=_blank_lines(facts), whole_claim=True)


def _certified(facts: LineFacts, plan: PlanOfCare, established: date) -> tuple[date | None, tuple[Quote, ...]]:
    """Return when the plan was certified and where it shows: from the record, else from the notes."""
    signed = [each for each in _signed(facts) if established <= each.day <= facts.case.history.as_of]
    if plan.certified_on is not None:
        return plan.certified_on, tuple(each.place for each in signed if each.day == plan.certified_on)[:1]
    first = min(signed, key=lambda each: each.day, default=None)
    return (first.day, (first.place,)) if first is not None else (None, ())


def _signed(facts: LineFacts) -> Iterator[_Dated]:
    """Yield the days on which a physician signed a plan, or is said to have signed one, with their places."""
    for index, note in enumerate(facts.case.notes):
        read = facts.claim.read(index)
        if note.kind in _CERTIFIABLE:
            for each in read.signatures.by_physicians:
                if each.day is not None:
                    yield _Dated(each.day, quote(index, note.text, each.start, each.end))
        for told in read.certification.reported:
            yield _Dated(told.day, quote(index, note.text, told.start, told.end))


def _verbal_order(facts: LineFacts, established: date, due: date) -> _Dated | None:
    """Return the verbal order given in time that the notes tell of."""
    for index, note in enumerate(facts.case.notes):
        for told in facts.claim.read(index).certification.verbal:
            if established <= told.day <= due:
                return _Dated(told.day, quote(index, note.text, told.start, told.end))
    return None


def _delayed(facts: LineFacts, established: date, due: date, certified: date, quotes: tuple[Quote, ...]) -> Outcome:
    """A certification after its time counts with the reason for the delay."""
    if (told := _explained_delay(facts)) is not None:
        reason = f"The plan of {us_date(established)} was certified on {us_date(certified)}, late, and the delay is explained: a delayed certification counts."
        return passed(reason, told, *quotes, strength=Strength.LIKELY)
    reason = f"The plan of {us_date(established)} was certified on {us_date(certified)}, after {us_date(due)}: a delayed certification needs its reason."
    return Outcome(Result.FAILED, reason, _CAUSE, Strength.WEAK, quotes, whole_claim=True)


def _explained_delay(facts: LineFacts) -> Quote | None:
    for index, note in enumerate(facts.case.notes):
        read = facts.claim.read(index)
        for start, _ in read.certification.delays:
            return quote(index, note.text, *read.passage_at(start))
    return None


def _by_notes_alone(facts: LineFacts, rule: Rule) -> Outcome:
    """The record tells nothing of the plan: its text on file shows the physician's signature, or an empty line for it."""
    if any(_signed(facts)):
        return passed(
            "The notes show a physician's certification.", next(_signed(facts)).place, strength=Strength.LIKELY
        )
    days = [note.service_date for note in facts.case.notes if note.kind == "plan_of_care" and note.service_date]
    overdue = bool(days) and facts.case.history.as_of > min(days) + timedelta(days=rule.figures["days"])
    blanks = _blank_lines(facts)
    if not overdue or not blanks or orders_on_file(facts):
        return NOT_APPLICABLE
    strength = Strength.LIKELY if facts.says(rule.payer_says) else Strength.WEAK
    reason = (
        "The plan of care on file has an empty line where the physician signs; no certification is shown elsewhere."
    )
    return Outcome(Result.NOT_SHOWN, reason, _CAUSE, strength, blanks, whole_claim=True)


def _blank_lines(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the empty lines for the physician's signature on plans and evaluations."""
    return tuple(
        quote(index, note.text, *place)
        for index, note in enumerate(facts.case.notes)
        if note.kind in _CERTIFIABLE
        for place in facts.claim.read(index).certification.blanks[:1]
    )[:2]


def _has_order(facts: LineFacts, plan: PlanOfCare) -> bool:
    """Whether a signed order is on file: the record says so, or says nothing and the paper is there."""
    if plan.order_on_file is not None:
        return plan.order_on_file
    return any(facts.claim.read(each.number).signatures.by_physicians for each in orders_on_file(facts))


def _half_of_exception(plan: PlanOfCare) -> str:
    if plan.order_on_file:
        return "; an order is, but not that the plan was sent within 30 days"
    if plan.sent_to_physician_on is not None:
        return f"; the plan was sent on {us_date(plan.sent_to_physician_on)}, but no signed order is"
    return ", and no signed order with proof of sending"


def _order_and_sending(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the order's line, its signature and the line that proves the sending, from the notes on file."""
    found: list[Quote] = []
    orders = {each.number: each.order for each in orders_on_file(facts)}
    for index, note in enumerate(facts.case.notes):
        if (order := orders.get(index)) is not None:
            passage = facts.claim.read(index).passage_at(order.start)
            places = [(passage.start, passage.end)]
            places += lines_with(note.text, "", "signed", "Signed")[:1]
        else:
            places = lines_with(note.text, "", "FAX", "Fax", "fax", "transmi", "portal")[:1]
        found += [quote(index, note.text, *place) for place in places]
    return tuple(found[:3])


def recertification(facts: LineFacts, rule: Rule) -> Outcome:
    """The visit lies in a certified interval: the plan's duration or 90 days from the first treatment, the shorter."""
    if (told := _in_signed_period(facts)) is not None:
        return told
    plan = facts.case.history.plan_of_care
    if plan is None or plan.established_on is None:
        return _after_last_period(facts, rule)
    most: int = rule.figures["days"]
    length = min(plan.duration_days or most, most)
    start = plan.established_on
    if _is_recertified(plan, facts.day, start, length, rule.figures["initial_days"]):
        assert plan.certified_on is not None
        return passed(f"A certification of {us_date(plan.certified_on)} covers the visit.")
    end = start + timedelta(days=length)
    if facts.day <= end:
        return passed(f"The visit lies within the certified interval, which runs to {us_date(end)}.")
    if (later := _signed_later(facts, end, length, rule.figures["initial_days"])) is not None:
        return passed(f"A certification of {us_date(later.day)} covers the visit.", later.place)
    day = (facts.day - start).days + 1
    reason = f"The certified interval began on {us_date(start)} and ran to {us_date(end)}; the visit is day {day} and no recertification is on file."
    return Outcome(Result.FAILED, reason, _CAUSE, whole_claim=True)


def _in_signed_period(facts: LineFacts) -> Outcome | None:
    """A period of certification on file covers the visit, and a physician signed the paper that names it."""
    for index, note in enumerate(facts.case.notes):
        read = facts.claim.read(index)
        signed = bool(read.signatures.by_physicians or read.certification.reported)
        for period in read.certification.periods:
            if signed and period.begins <= facts.day <= period.ends:
                place = quote(index, note.text, period.start, period.end)
                reason = f"The certified period {us_date(period.begins)} to {us_date(period.ends)} covers the visit."
                return passed(reason, place)
    return None


def _signed_later(facts: LineFacts, end: date, length: int, margin: int) -> _Dated | None:
    """Return a signature near the end of the first interval or after it, whose own interval covers the visit."""
    near = end - timedelta(days=margin)
    later = [each for each in _signed(facts) if each.day > near and facts.day <= each.day + timedelta(days=length)]
    return min(later, key=lambda each: each.day, default=None)


def _after_last_period(facts: LineFacts, rule: Rule) -> Outcome:
    """The record knows no plan: the last certification period the notes name was over on the day of the visit."""
    periods = [
        (period.ends, quote(index, note.text, period.start, period.end))
        for index, note in enumerate(facts.case.notes)
        for period in facts.claim.read(index).certification.periods
    ]
    last = max(periods, key=lambda each: each[0], default=None)
    if last is None or last[0] >= facts.day:
        return NOT_APPLICABLE
    reason = f"The last certification period the notes name ended on {us_date(last[0])}; none that covers the visit is shown."
    strength = Strength.LIKELY if facts.says(rule.payer_says) else Strength.WEAK
    return Outcome(Result.NOT_SHOWN, reason, _CAUSE, strength, (last[1],), whole_claim=True)


def _is_recertified(plan: PlanOfCare, day: date, start: date, length: int, initial: int) -> bool:
    """A certification well after the start is a recertification; it covers one more interval."""
    certified = plan.certified_on
    if certified is None or certified <= start + timedelta(days=initial):
        return False
    return day <= certified + timedelta(days=length)


CHECKS = {"initial_certification": initial_certification, "recertification": recertification}
