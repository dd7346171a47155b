"""A payer's error: what the payer said is shown to be wrong, by one answer or by all that could have been meant."""

from collections.abc import Iterator, Sequence

from tracker.diagnosis.answers import Answer
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import Outcome, Result, Strength
from tracker.knowledge.rules import EVALUATIONS, RE_EVALUATIONS, SEVERITIES

PAYER_ERROR = "pay_payer_error"
_LEAST_PASSES = 2  # of rules about the claim: one alone may not be what the payer means
# What a reviewer has to find in a note before its judgment is wrong.
_OF_TREATMENT = frozenset({"mn_skill_not_shown", "mn_progress_not_measurable"})
_OF_EVALUATION = frozenset({"cod_eval_unsupported"})


def payer_errors(facts: LineFacts, answers: Sequence[Answer]) -> list[Answer]:
    """Return what proves the payer wrong, best first; empty when nothing does.

    The caller asks only where no failure explains the denial. One pass can be proof (units recomputed, an
    authorization in force). Otherwise every rule whose failure payers report with these codes has to pass: against a
    judgment of the note those of its content, with their quotes.
    """
    return [*_disproved(facts, answers)] or [*_nothing_fails(facts, answers)]


def _disproved(facts: LineFacts, answers: Sequence[Answer]) -> Iterator[Answer]:
    for answer in answers:
        rule, outcome = answer
        if outcome.result is Result.PASSED and outcome.proves and facts.says(rule.disproves):
            yield _error(answer, outcome.strength)


def _nothing_fails(facts: LineFacts, answers: Sequence[Answer]) -> Iterator[Answer]:
    about = [answer for answer in answers if facts.says(answer.rule.payer_says)]
    if any(answer.outcome.result is not Result.PASSED for answer in about):
        return
    judged = _judges_the_record(facts)
    passed = [answer for answer in about if answer.basis == ("content" if judged else "fact") and _counts(answer)]
    if not (_covers(facts, passed) if judged else len(passed) >= _LEAST_PASSES):
        return
    for answer in sorted(passed, key=lambda answer: SEVERITIES.index(answer.rule.severity)):
        yield _error(answer, Strength.LIKELY)


def _covers(facts: LineFacts, passed: Sequence[Answer]) -> bool:
    """Whether the passes speak of all that a reviewer looks for in a treatment or an evaluation."""
    spoken_of = {cause for answer in passed for cause in answer.rule.root_causes}
    return spoken_of >= (_OF_EVALUATION if facts.code in EVALUATIONS | RE_EVALUATIONS else _OF_TREATMENT)


def _judges_the_record(facts: LineFacts) -> bool:
    """Whether the payer's codes can be about what the record holds, and not only about the claim."""
    return any(rule.basis != "fact" and facts.says(rule.payer_says) for rule in facts.knowledge.rules.values())


def _counts(answer: Answer) -> bool:
    """Whether a pass says enough: in a note with the words that show it, elsewhere where it rules the cause out."""
    rule, outcome = answer
    if outcome.result is not Result.PASSED:
        return False
    return bool(outcome.evidence) if answer.basis == "content" else rule.rules_out


def _error(answer: Answer, strength: Strength) -> Answer:
    rule, outcome = answer
    return Answer(
        rule,
        Outcome(
            Result.FAILED,
            outcome.reason,
            PAYER_ERROR,
            strength,
            outcome.evidence,
            path="appeal",
            cure="The proof goes with the appeal.",
            letter=rule.proof_letter,
        ),
    )
