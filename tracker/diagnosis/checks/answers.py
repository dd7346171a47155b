"""Checks of the payer's answer itself: a line with adjustments that is no denial, and what an assistant's line is paid."""

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Result, passed
from tracker.domain.case import LineAnswer
from tracker.domain.classification import LineClass
from tracker.domain.money import dollars
from tracker.knowledge.rules import Rule

_WHY = {
    LineClass.PAID: "The line is paid; the adjustments are reductions by contract or law",
    LineClass.REDUCED: "The line is paid; the adjustments are reductions by contract or law",
    LineClass.PATIENT_SHARE: "The amount is the patient's share",
    LineClass.PRIOR_PAYER: "An earlier payer's payment is taken into account",
    LineClass.INFORMATION: "The payer only informs",
}


def answered_without_denial(facts: LineFacts, _rule: Rule) -> Outcome:
    """A line with adjustments of which none denies it."""
    classified = facts.classified
    why = _WHY.get(classified.line_class) if classified is not None else None
    if why is None or not facts.adjustments:
        return NOT_APPLICABLE
    codes = ", ".join(f"{group}-{carc}" for group, carc in dict.fromkeys(facts.adjustments))
    reason = f"{why} ({codes}): post it, there is nothing to work."
    if classified is not None and classified.line_class is LineClass.PATIENT_SHARE and not _paid(facts):
        return Outcome(
            Result.FAILED, reason, "pt_responsibility", path="bill_patient", cure="A statement to the patient."
        )
    return Outcome(Result.FAILED, reason, "adj_not_a_denial")


def _paid(facts: LineFacts) -> int:
    return facts.answer.paid_cents if facts.answer is not None else 0


def assistant_reduction(facts: LineFacts, rule: Rule) -> Outcome:
    """A line with CQ or CO is paid at the payer's percentage, one without is not reduced for an assistant.

    The percentage is taken of the allowed amount less the patient's share, before sequestration (42 USC 1395m(v)).
    """
    answer, percent = facts.answer, facts.payer.limit("assistant_percent")
    if answer is None or answer.paid_cents <= 0 or percent is None:
        return NOT_APPLICABLE
    if _ASSISTANTS.isdisjoint(facts.line.modifiers):
        reason = f"{rule.figures['remark']} says that the payment was reduced for an assistant; the line carries neither CQ nor CO."
        return _wrong_amount(facts, reason) if rule.figures["remark"] in answer.remarks else NOT_APPLICABLE
    if answer.allowed_cents is None:
        return NOT_APPLICABLE
    otherwise = answer.allowed_cents - _cents(answer, group="PR")
    paid = answer.paid_cents + _cents(answer, carcs=frozenset({_SEQUESTRATION}))
    expected, margin = round(otherwise * percent / 100), rule.figures["tolerance_cents"]
    told = f"{percent} percent of {dollars(otherwise)} (allowed, less the patient's share) is {dollars(expected)}"
    if abs(paid - expected) <= margin:
        return passed(f"{told}, as paid before sequestration.")
    # Whether the allowed amount already holds a second procedure's cut differs: only what is too little either way is.
    cuts = _cents(answer) - _cents(answer, group="PR") - _cents(answer, carcs=frozenset(rule.figures["inside_allowed"]))
    if paid >= round((otherwise - cuts) * percent / 100) - margin:
        return NOT_APPLICABLE
    return _wrong_amount(facts, f"{told}; the payer paid {dollars(paid)} before sequestration.")


_ASSISTANTS = frozenset({"CQ", "CO"})
_SEQUESTRATION = "253"


def _wrong_amount(facts: LineFacts, reason: str) -> Outcome:
    # 42 CFR 405.980(a)(3): a payment Medicare worked out wrongly is corrected by a reopening.
    path = "reopening" if facts.payer.kind == "medicare_b" else "appeal"
    return Outcome(Result.FAILED, reason, "pay_payer_error", path=path)


def _cents(answer: LineAnswer, group: str = "", carcs: frozenset[str] = frozenset()) -> int:
    """Return the sum of a line's adjustments, of one group or of some codes where these are given."""
    return sum(
        each.amount_cents
        for each in answer.adjustments
        if (not group or each.group == group) and (not carcs or each.carc in carcs)
    )


CHECKS = {"answered_without_denial": answered_without_denial, "assistant_reduction": assistant_reduction}
