"""Checks of dates: the claim and an appeal in time, and nothing sent twice."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from tracker.diagnosis.facts import DISCIPLINE_MODIFIERS, DISTINCT_MODIFIERS, LineFacts, discipline_of
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed
from tracker.diagnosis.words import days_word, us_date
from tracker.domain.case import CaseLine, OtherClaim, Submission
from tracker.domain.deadlines import clock
from tracker.knowledge.rules import Rule

_ACCEPTED = re.compile(r"\baccept\w*\b[^.;]{0,20}?(\d{4}-\d{2}-\d{2})?", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_REFUSED = re.compile(r"\b(?:reject\w*|not accepted|refused|error)\b", re.IGNORECASE)
_ANSWER = re.compile(r"\b(?:denied|denial|835|remittance|eob)\b", re.IGNORECASE)
_APPEAL = re.compile(
    r"\b(?:reconsideration|redetermination|appeal|reopening|dispute|review request|grievance)\b", re.IGNORECASE
)
_REPEATED = frozenset({"76", "77"})
_REPLACEMENT = "7"


def claim_in_time(facts: LineFacts, rule: Rule) -> Outcome:
    """The claim reached the payer inside the filing limit, with proof; one not sent yet goes out today."""
    limit, unsent = _filing_limit(facts), facts.case.remittance is None
    if limit is None or not (unsent or facts.says(rule.payer_says)):
        return NOT_APPLICABLE
    last_day = limit.last_day
    receipts = sorted(received for each in facts.case.history.submissions if (received := _received(each)) is not None)
    unproven = [each.on for each in facts.case.history.submissions if _received(each) is None]
    within = [received for received in receipts if received <= last_day]
    if within:
        reason = f"The payer accepted the claim on {us_date(within[0])}, {days_word((within[0] - facts.day).days)} after the visit; the limit ran to {us_date(last_day)}."
        return passed(reason, proves=True)
    sent = receipts[0] if receipts else facts.case.claim.submitted_on
    if sent is None and unsent:
        sent = facts.case.history.as_of
    if sent is None:
        return NOT_APPLICABLE
    if sent > last_day:
        return _late(facts, limit, sent, [day for day in unproven if day <= last_day], proven=bool(receipts))
    reason = f"The claim was sent on {us_date(sent)}, inside the limit of {us_date(last_day)}, but no receipt of the payer is on file."
    return Outcome(
        Result.NOT_SHOWN, reason, "tf_claim_late", Strength.WEAK, path="appeal",
        cure="The payer's acceptance (277CA) of the first sending.", whole_claim=True,
    )  # fmt: skip


def _late(facts: LineFacts, limit: "_Limit", sent: date, unproven: list[date], *, proven: bool) -> Outcome:
    what = "first accepted" if proven else "sent"
    days = days_word((sent - facts.day).days)
    reason = (
        f"The claim was {what} on {us_date(sent)}, {days} after the visit; the limit ran to {us_date(limit.last_day)}."
    )
    if unproven:
        reason += f" The sending of {us_date(unproven[0])} left no acceptance report, so it proves nothing."
    strength = Strength.STRONG if limit.is_sure else Strength.LIKELY
    return Outcome(Result.FAILED, reason, "tf_claim_late", strength, whole_claim=True)


class _Limit(NamedTuple):
    """The last day for a claim; ``is_sure`` says that it was set, or has a source."""

    last_day: date
    is_sure: bool


def _filing_limit(facts: LineFacts) -> _Limit | None:
    """Return the practice's own limit, else the one of the payer it named or of the kind, as deadlines count it."""
    own, payer = facts.case.payer.filing_days, facts.payer
    if own is None and (rule := facts.knowledge.filing_rule(payer.kind, facts.day, facts.case.payer.named)) is not None:
        due = clock(rule, facts.day, closed=facts.knowledge.closed_days)
        return _Limit(due.legal, rule.confidence == "source")
    days = payer.filing_days
    return _Limit(facts.day + timedelta(days=days), payer.filing_is_sure) if days is not None else None


def _received(submission: Submission) -> date | None:
    """Return the day the payer accepted a sending by its proof, or None."""
    proof = submission.proof or ""
    found = _ACCEPTED.search(proof)
    if found is None or _REFUSED.search(proof):
        return None
    written = _ISO_DATE.search(proof, found.start())
    try:
        return date.fromisoformat(written[0]) if written else submission.on
    except ValueError:
        return submission.on


def appeal_in_time(facts: LineFacts, rule: Rule) -> Outcome:
    """The appeal that was made went out inside the time for it; asked where the payer says so or dismissed one."""
    dismissed = any(
        (appeal.outcome or "").startswith(rule.figures["dismissed"]) for appeal in facts.case.history.appeals
    )
    if not dismissed and not facts.says(rule.payer_says):
        return NOT_APPLICABLE
    submissions = facts.case.history.submissions
    sent = [appeal.sent_on for appeal in facts.case.history.appeals if appeal.sent_on is not None]
    sent += [each.on for each in submissions if _APPEAL.search(each.proof or "")]
    answers = [
        each.on for each in submissions if _ANSWER.search(each.proof or "") and not _APPEAL.search(each.proof or "")
    ]
    paid_on = facts.case.remittance.payment_date if facts.case.remittance is not None else None
    if not answers and paid_on is not None:
        answers = [paid_on]  # this answer is the notice, when the appeal came after it
    if not sent or not answers:
        return NOT_APPLICABLE
    notice, asked = min(answers), min(sent)
    last_day = _last_day_of_appeal(facts, notice)
    if last_day is None or asked <= notice:
        return NOT_APPLICABLE
    days = days_word((asked - notice).days)
    if asked <= last_day:
        return passed(f"The appeal went out {days} after the notice of {us_date(notice)}, in time.", proves=True)
    reason = f"The claim was first answered on {us_date(notice)}; the appeal went out on {us_date(asked)}, {days} later, and the time for it ran to {us_date(last_day)}."
    return Outcome(Result.FAILED, reason, "tf_appeal_late", whole_claim=True)


def _last_day_of_appeal(facts: LineFacts, notice: date) -> date | None:
    if facts.payer.appeal_days is not None:
        return notice + timedelta(days=facts.payer.appeal_days)
    clock_rule = facts.knowledge.clock_rule(facts.payer.kind, 1, notice, facts.case.payer.named)
    if clock_rule is None:
        return None
    start = facts.day if clock_rule.counts_service else notice
    return clock(clock_rule, start, closed=facts.knowledge.closed_days).legal


def sent_once(facts: LineFacts, rule: Rule) -> Outcome:
    """No other line of the same day, code and discipline was sent."""
    said = facts.says(rule.payer_says)
    same_code = [other for other in facts.same_day if other.line.code == facts.code]
    for other in same_code:
        if other.claim is None and (other.line.line > facts.line.line or not _is_same(facts.line, other.line)):
            continue
        if _is_same(facts.line, other.line) and facts.case.claim.frequency_code != _REPLACEMENT:
            return _sent_twice(facts, other.claim, said=said)
    distinct = [other for other in same_code if _is_distinct(facts.line, other.line)]
    if not distinct:
        return _nothing_like_it(facts) if said and not same_code else NOT_APPLICABLE
    other = distinct[0]
    reason = (
        f"{facts.code} of {us_date(facts.day)} stands twice, as two services: {_difference(facts.line, other.line)}."
    )
    return passed(reason, *_times(facts, other.line), proves=other.claim is not None)


def _nothing_like_it(facts: LineFacts) -> Outcome:
    """The other claims of the day are on file, and none has this code."""
    others = [other.line for other in facts.same_day if other.claim is not None]
    if not others:
        return NOT_APPLICABLE
    codes = ", ".join("-".join((line.code, *line.modifiers)) for line in others)
    reason = f"{facts.code} of {us_date(facts.day)} stands on no other claim on file; that day's others are {codes}."
    times = facts.session.quotes if facts.session is not None else ()
    return passed(reason, *times, proves=True, strength=Strength.LIKELY)


def _is_same(line: CaseLine, other: CaseLine) -> bool:
    """The same service: discipline, distinct-service and assistant modifiers agree."""
    return _identity(line) == _identity(other)


def _identity(line: CaseLine) -> frozenset[str]:
    telling = {*DISCIPLINE_MODIFIERS, *DISTINCT_MODIFIERS, *_REPEATED, "CQ", "CO", "RT", "LT"}
    return frozenset(telling.intersection(line.modifiers))


def _is_distinct(line: CaseLine, other: CaseLine) -> bool:
    if discipline_of(line) != discipline_of(other):
        return discipline_of(line) is not None and discipline_of(other) is not None
    return bool((_identity(line) ^ _identity(other)) & (DISTINCT_MODIFIERS | _REPEATED))


def _difference(line: CaseLine, other: CaseLine) -> str:
    return f"{'-'.join((line.code, *line.modifiers))} and {'-'.join((other.code, *other.modifiers))}"


def _sent_twice(facts: LineFacts, claim: OtherClaim | None, *, said: bool) -> Outcome:
    strength = Strength.STRONG if said else Strength.LIKELY
    if claim is None:
        reason = f"{facts.code} with the same modifiers stands on two lines of this claim for {us_date(facts.day)}."
        return Outcome(Result.FAILED, reason, "dup_submission", strength, path="corrected_claim")
    sent = f" sent on {us_date(claim.submitted_on)}" if claim.submitted_on is not None else ""
    reason = f"{facts.code} of {us_date(facts.day)} already stands on another claim{sent}, which is {claim.outcome}."
    path = {"paid": "none", "pending": "none", "denied": "appeal"}[claim.outcome]
    cure = "Work the first claim's denial." if claim.outcome == "denied" else None
    return Outcome(Result.FAILED, reason, "dup_submission", strength, path=path, cure=cure)


def _times(facts: LineFacts, other: CaseLine) -> tuple[Quote, ...]:
    """Return the times of both visits from their notes."""
    sessions = [facts.session, facts.claim.session(facts.day, discipline_of(other))]
    return tuple(each for session in sessions if session is not None for each in session.clock_quotes[:1])


CHECKS = {"claim_in_time": claim_in_time, "appeal_in_time": appeal_in_time, "sent_once": sent_once}
