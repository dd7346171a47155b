"""Checks of prior authorizations and referrals."""

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.on_file import orders_on_file
from tracker.diagnosis.quoting import sentences
from tracker.diagnosis.words import us_date
from tracker.domain.case import Authorization
from tracker.knowledge.rules import EVALUATIONS, Rule
from tracker.reading.lines import lines_with


def authorization(facts: LineFacts, rule: Rule) -> Outcome:
    """The authorization on file is in force on the day, for the code, with visits left, and its number is on the claim."""
    on_file, number = facts.case.history.authorization, facts.case.claim.prior_authorization
    said = facts.says(rule.payer_says)
    if on_file is None:
        return _nothing_on_file(number) if said else NOT_APPLICABLE
    if facts.code in EVALUATIONS and not said:
        return NOT_APPLICABLE
    if (reason := _not_this_code(facts, on_file)) is not None:
        return Outcome(Result.FAILED, reason, "auth_exceeded_or_mismatch")
    if (reason := _not_in_force(facts, on_file) or _used_up(facts, on_file, said=said)) is not None:
        return Outcome(Result.FAILED, reason, "auth_exceeded_or_mismatch", whole_claim=True)
    if said and number != on_file.number:
        there = f"The claim carries {number}" if number else "The claim carries no authorization number"
        return Outcome(
            Result.FAILED,
            f"{there}; {on_file.number} is on file and covers the visit.",
            "auth_exceeded_or_mismatch",
            path="corrected_claim",
            cure=f"Authorization {on_file.number} on the claim (REF G1, item 23).",
            whole_claim=True,
        )
    return passed(_in_force(on_file), proves=number is not None and number == on_file.number)


def _nothing_on_file(number: str | None) -> Outcome:
    if number is not None:
        reason = f"The claim carries authorization {number}, but no authorization is on file to hold against it."
        return Outcome(
            Result.NOT_SHOWN, reason, "auth_exceeded_or_mismatch", Strength.WEAK, whole_claim=True
        )  # fmt: skip
    reason = "The payer misses an authorization; none is on the claim and none is on file."
    return Outcome(Result.FAILED, reason, "auth_absent", whole_claim=True)


def _not_this_code(facts: LineFacts, on_file: Authorization) -> str | None:
    if on_file.codes and facts.code not in on_file.codes and facts.code not in EVALUATIONS:
        return f"Authorization {on_file.number} covers {', '.join(on_file.codes)}; {facts.code} is not among them."
    if on_file.units_allowed is not None and facts.line.units > on_file.units_allowed:
        return f"Authorization {on_file.number} allows {on_file.units_allowed} units; {facts.line.units:g} were billed."
    return None


def _not_in_force(facts: LineFacts, on_file: Authorization) -> str | None:
    if on_file.valid_to is not None and facts.day > on_file.valid_to:
        return f"Authorization {on_file.number} ended on {us_date(on_file.valid_to)}; the visit was on {us_date(facts.day)}."
    if on_file.valid_from is not None and facts.day < on_file.valid_from:
        return f"Authorization {on_file.number} begins on {us_date(on_file.valid_from)}; the visit was on {us_date(facts.day)}."
    return None


def _used_up(facts: LineFacts, on_file: Authorization, *, said: bool) -> str | None:
    allowed, used = on_file.visits_allowed, on_file.visits_used
    if allowed is None or used is None:
        return None
    # At the limit the last visit may be this one; then only the payer's word makes it one too many.
    if used > allowed or (used == allowed and facts.says(frozenset({"198", "N640", "N435"})) and said):
        return f"{used} of {allowed} authorized visits were used."
    return None


def _in_force(on_file: Authorization) -> str:
    words = f"Authorization {on_file.number} was in force on the day"
    if on_file.visits_allowed is not None and on_file.visits_used is not None:
        words += f", {on_file.visits_used} of {on_file.visits_allowed} visits used"
    return words + "."


def approval_binds_plan(facts: LineFacts, rule: Rule) -> Outcome:
    """A Medicare Advantage plan that approved the service may not deny it later as not medically necessary."""
    on_file, number = facts.case.history.authorization, facts.case.claim.prior_authorization
    if on_file is None or number is None or not facts.says(rule.payer_says):
        return NOT_APPLICABLE
    if number != on_file.number or _not_this_code(facts, on_file) or _not_in_force(facts, on_file):
        return NOT_APPLICABLE
    if _used_up(facts, on_file, said=False):
        return NOT_APPLICABLE
    reason = f"{_in_force(on_file)} A plan that approved a service may not deny it as not medically necessary (42 CFR 422.138(c))."
    return Outcome(Result.FAILED, reason, "pay_payer_error", evidence=_letter(facts), whole_claim=True)


def _letter(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the sentence of the payer's letter that says why, when the letter is on file."""
    for index, note in enumerate(facts.case.notes):
        if note.kind == "other" and "member" in note.text.lower():
            places = lines_with(note.text, "", "not expected to improve", "medical necess", "not medically", "criteria")
            if places:
                return (quote(index, note.text, *_sentence(note.text, places[0])),)
    return ()


def _sentence(text: str, place: tuple[int, int]) -> tuple[int, int]:
    start, end = place
    for sign in ("not expected to improve", "not medically", "medical necess", "criteria"):
        at = text.find(sign, start, end)
        if at >= 0:
            begin = text.rfind(". ", start, at)
            stop = text.find(". ", at, end)
            return (begin + 2 if begin >= 0 else start), (stop + 1 if stop >= 0 else end)
    return place


def referral(facts: LineFacts, rule: Rule) -> Outcome:
    """The referral or order the payer misses is on the claim or on file."""
    if not facts.says(rule.payer_says):
        return NOT_APPLICABLE
    plan = facts.case.history.plan_of_care
    referring = facts.case.claim.referring_provider
    if plan is not None and plan.order_on_file is False:
        reason = "The payer misses a referral or order; none is on file."
    elif referring is None:
        reason = "The payer misses a referral or order; the claim names no referring provider."
    else:
        paper = _order_told(facts)
        known = paper or (plan is not None and plan.order_on_file is not None)
        strength = Strength.WEAK if known else Strength.LIKELY
        reason = f"The claim names {referring.name} as referring, but the payer misses the referral itself."
        return Outcome(Result.NOT_SHOWN, reason, "auth_referral_absent", strength, against=paper, whole_claim=True)
    return Outcome(Result.FAILED, reason, "auth_referral_absent", evidence=_came_alone(facts), whole_claim=True)


def _order_told(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the orders on file, and where the notes tell of a referral or order made up to the day of the visit."""
    told = tuple(
        quote(index, note.text, told.start, told.end)
        for index, note in enumerate(facts.case.notes)
        for told in facts.claim.read(index).certification.referred
        if told.day <= facts.day
    )
    papers = ((each.number, each.order) for each in orders_on_file(facts))
    return (*sentences(facts.claim, papers, 1), *told)[:2]


def _came_alone(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the lines that say how the patient came."""
    words = (
        "called us directly",
        "self-refer",
        "self refer",
        "direct access",
        "no referral",
        "without a referral",
        "walked in",
    )
    return tuple(
        quote(index, note.text, *place)
        for index, note in facts.notes
        for place in lines_with(note.text, "", *words)[:2]
    )


CHECKS = {"authorization": authorization, "approval_binds_plan": approval_binds_plan, "referral": referral}
