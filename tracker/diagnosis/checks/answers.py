"""The check of the payer's answer itself: a line with adjustments that is no denial."""

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Result
from tracker.domain.classification import LineClass
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


CHECKS = {"answered_without_denial": answered_without_denial}
