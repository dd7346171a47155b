"""Checks of coverage: active on the day, another payer first, stays that bundle therapy, visit limits."""

import re
from datetime import date

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.quoting import sentences
from tracker.diagnosis.words import us_date
from tracker.knowledge.rules import Rule
from tracker.reading.lines import lines_with

_STAY = re.compile(
    r"home[ -]?health|\bhh (?:episode|agency)|skilled nursing|\bsnf\b|part a stay|hospice|inpatient", re.IGNORECASE
)
_MANAGED = re.compile(r"medicare advantage|\bma (?:plan|hmo|ppo)\b|\bpart c\b|replacement plan|railroad", re.IGNORECASE)
_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:to|through|thru|-|–)\s*(\d{4}-\d{2}-\d{2})")


def coverage_active(facts: LineFacts, _rule: Rule) -> Outcome:
    """The coverage was active on the day, with this payer."""
    eligibility = facts.case.history.eligibility
    if eligibility is None:
        return NOT_APPLICABLE
    path = "bill_patient" if facts.group == "PR" else "bill_other_payer"
    if eligibility.active_to is not None and facts.day > eligibility.active_to:
        reason = f"Coverage ran to {us_date(eligibility.active_to)}; the visit was on {us_date(facts.day)}."
        return Outcome(Result.FAILED, reason, "elig_not_active", path=path, whole_claim=True)
    if eligibility.active_from is not None and facts.day < eligibility.active_from:
        reason = f"Coverage begins on {us_date(eligibility.active_from)}; the visit was on {us_date(facts.day)}."
        return Outcome(Result.FAILED, reason, "elig_not_active", path=path, whole_claim=True)
    other = eligibility.other_coverage or ""
    if _MANAGED.search(other) and _covers(other, facts.day) and facts.payer.kind == "medicare_b":
        reason = f"The eligibility answer names another plan for that day: {other}."
        return Outcome(Result.FAILED, reason, "elig_not_active", path="bill_other_payer", whole_claim=True)
    if eligibility.active_from is None:
        return NOT_APPLICABLE
    checked = f" (checked on {us_date(eligibility.checked_on)})" if eligibility.checked_on is not None else ""
    proves = eligibility.checked_on is not None and eligibility.checked_on >= facts.day
    return passed(f"Coverage was active on {us_date(facts.day)}{checked}.", proves=proves, strength=Strength.LIKELY)


def _covers(text: str, day: date) -> bool:
    """Whether the dates in a text, if there are any, hold the day."""
    found = _DATES.search(text)
    return found is None or found[1] <= day.isoformat() <= found[2]


def other_payer_first(facts: LineFacts, rule: Rule) -> Outcome:
    """No other coverage that pays first is known."""
    eligibility = facts.case.history.eligibility
    other = eligibility.other_coverage if eligibility is not None else None
    if not other:
        return _accident_told(facts)
    if _STAY.search(other) or _MANAGED.search(other) or not _covers(other, facts.day):
        return NOT_APPLICABLE
    said = facts.says(rule.payer_says)
    return Outcome(
        Result.FAILED,
        f"The eligibility answer names other coverage: {other}.",
        "cob_other_coverage",
        Strength.STRONG if said else Strength.LIKELY,
        whole_claim=True,
    )


_ACCIDENT_PAYERS = frozenset({"workers_comp", "auto"})


def _accident_told(facts: LineFacts) -> Outcome:
    """The notes tell of an accident at work or on the road and of a claim with the payer that answers for it."""
    if facts.payer.kind in _ACCIDENT_PAYERS:
        return NOT_APPLICABLE
    found = []
    for number in range(len(facts.case.notes)):
        found += [(number, place) for place in facts.claim.read(number).accidents]
    if not found:
        return NOT_APPLICABLE
    reason = "The notes tell of an accident with a claim elsewhere: the payer of that claim is first."
    return Outcome(
        Result.FAILED, reason, "cob_other_coverage", Strength.LIKELY, sentences(facts.claim, found, 2),
        whole_claim=True, basis="record",
    )  # fmt: skip


def no_bundling_stay(facts: LineFacts, rule: Rule) -> Outcome:
    """No home health episode, nursing facility or hospital stay on the day whose payment includes therapy."""
    eligibility = facts.case.history.eligibility
    other = eligibility.other_coverage if eligibility is not None else None
    if other and _STAY.search(other) and _covers(other, facts.day):
        reason = f"On the day the patient was in {other}: outpatient therapy is part of that payment, and the agency or facility owes it."
        return Outcome(Result.FAILED, reason, "bun_not_separable", evidence=_signs(facts), whole_claim=True)
    place = facts.case.claim.place_of_service
    if place in rule.figures["stay_places"] and facts.says(rule.payer_says):
        reason = f"Place of service {place} is a stay whose payment includes therapy."
        return Outcome(Result.FAILED, reason, "bun_not_separable", Strength.LIKELY, whole_claim=True)
    return _place_told(facts, rule)


def _place_told(facts: LineFacts, rule: Rule) -> Outcome:
    """Where the payer doubts the place, the note says whether the visit was at home or in the clinic."""
    other = rule.figures["told_places"].get(facts.case.claim.place_of_service or "")
    if other is None or not facts.says(frozenset(rule.figures["says_place"])):
        return NOT_APPLICABLE
    told = [
        (each.kind, quote(index, note.text, each.start, each.end))
        for index, note in facts.notes
        for each in facts.claim.read(index).places
    ]
    if not told or {kind for kind, _ in told} != {other["kind"]}:
        return NOT_APPLICABLE
    reason = (
        f"Place of service {facts.case.claim.place_of_service} was billed; the note says that the visit was elsewhere."
    )
    cure = f"Place of service {other['right']}."
    return Outcome(
        Result.FAILED,
        reason,
        "mod_other",
        Strength.LIKELY,
        (told[0][1],),
        path="corrected_claim",
        cure=cure,
        whole_claim=True,
    )


def _signs(facts: LineFacts) -> tuple[Quote, ...]:
    words = ("home health", "Home health", "home care", "nurse comes", "nurse visits", "visiting nurse", "home nurse")
    return tuple(
        quote(index, note.text, *place)
        for index, note in facts.notes
        for place in lines_with(note.text, "", *words)[:2]
    )


def visits_left(facts: LineFacts, rule: Rule) -> Outcome:
    """The plan's yearly visits were not used up: as the payer says, else as the claims on file count them."""
    eligibility = facts.case.history.eligibility
    if eligibility is None or eligibility.visit_limit is None or eligibility.visits_used is None:
        return _visits_on_file(facts, rule)
    used, limit = eligibility.visits_used, eligibility.visit_limit
    said = facts.says(rule.payer_says)
    counted = f"{used} of {limit} visits of the plan year were used"
    if used < limit:
        return passed(f"{counted}.", proves=said, strength=Strength.LIKELY)
    after = eligibility.checked_on is not None and eligibility.checked_on > facts.day
    if used == limit and after and not said:
        return NOT_APPLICABLE
    strength = Strength.STRONG if said else Strength.LIKELY
    path = "bill_patient" if facts.group == "PR" else "appeal"
    return Outcome(
        Result.FAILED, f"{counted}{'' if after else ' before this visit'}.", "elig_benefit_limit", strength,
        path=path, whole_claim=True,
    )  # fmt: skip


def _visits_on_file(facts: LineFacts, rule: Rule) -> Outcome:
    """Count the paid visits of the year against the payer's limit.

    The files here may lack visits elsewhere, so fewer than the limit say nothing.
    """
    eligibility = facts.case.history.eligibility
    told = eligibility.visit_limit if eligibility is not None else None
    limit = told if told is not None else facts.payer.limit("visit_limit")
    if limit is None:
        return NOT_APPLICABLE
    used = len(_paid_days(facts))
    if used < limit:
        return NOT_APPLICABLE
    reason = f"The claims on file show {used} paid visits of {facts.day.year} before this one; the payer pays {limit} visits a year."
    return Outcome(
        Result.FAILED, reason, "elig_benefit_limit", Strength.STRONG if facts.says(rule.payer_says) else Strength.LIKELY,
        path="bill_patient" if facts.group == "PR" else "appeal", whole_claim=True, basis="arithmetic",
    )  # fmt: skip


_OWN_COUNTS = frozenset({"96", "97"})  # habilitative, rehabilitative


def _paid_days(facts: LineFacts) -> set[date]:
    """Return the days this payer paid in the calendar year before the line's, in its own count where it has one."""
    apart = _OWN_COUNTS if facts.payer.does("counts_habilitative_apart") else frozenset[str]()
    own = apart.intersection(facts.line.modifiers)
    return {
        line.service_date
        for claim in facts.case.history.other_claims
        if claim.outcome == "paid" and claim.payer == facts.payer.name
        for line in claim.lines
        if line.service_date.year == facts.day.year
        and line.service_date < facts.day
        and apart.intersection(line.modifiers) == own
    }


CHECKS = {
    "coverage_active": coverage_active,
    "other_payer_first": other_payer_first,
    "no_bundling_stay": no_bundling_stay,
    "visits_left": visits_left,
}
