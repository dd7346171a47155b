"""A payer's error: what the payer said is shown to be wrong, by one answer or by all that could have been meant."""

from collections.abc import Iterable, Iterator, Sequence

from tracker.diagnosis.answers import Answer
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import Outcome, Result, Strength
from tracker.knowledge.rules import EVALUATIONS, RE_EVALUATIONS, SEVERITIES, Rule

PAYER_ERROR = "pay_payer_error"
_LEAST_PASSES = 2  # one may not be what the payer means; one passage that reads well proves little
_NECESSITY = frozenset({"50"})
# What a reviewer has to find in a note before its judgment is wrong.
_PROGRESS = "mn_progress_not_measurable"  # shown by a figure or a goal, which can be quoted
_OF_TREATMENT = frozenset({"mn_skill_not_shown", _PROGRESS})
# "Not covered" needs a remark that says why; without one the benefit may exclude the service, which no note disproves.
_NOT_COVERED = frozenset({"96"})
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
    if _units_are_open(facts) or facts.said == _NOT_COVERED:
        return
    codes = _meant(facts)
    about = [answer for answer in answers if not codes.isdisjoint(answer.rule.payer_says)]
    shown = {answer.cause for answer in about if answer.outcome.result is Result.PASSED and answer.outcome.evidence}
    if any(_speaks_against(answer, shown) for answer in about):
        return
    judged = any(rule.basis != "fact" and not codes.isdisjoint(rule.payer_says) for rule in _rules(facts))
    passed = [
        answer
        for answer in about
        if answer.outcome.result is Result.PASSED and answer.basis == ("content" if judged else "fact")
    ]
    telling = [answer for answer in passed if (answer.outcome.evidence if judged else answer.rule.rules_out)]
    is_evaluation = facts.code in EVALUATIONS | RE_EVALUATIONS
    if len(telling) < (1 if is_evaluation else _LEAST_PASSES):
        return
    if judged and not (_OF_EVALUATION if is_evaluation else _OF_TREATMENT) <= _spoken_of(passed):
        return
    if judged and not is_evaluation and _PROGRESS not in _spoken_of(telling):
        return
    for answer in sorted(telling, key=lambda answer: SEVERITIES.index(answer.rule.severity)):
        yield _error(answer, Strength.LIKELY)


def _units_are_open(facts: LineFacts) -> bool:
    """Whether this payer counts each code alone and the note does not tell the code's own minutes."""
    session = facts.session
    if session is None or facts.payer.counting_method == "cms" or len(facts.timed_units) < 2:
        return False
    return facts.code in facts.timed_units and facts.code not in session.by_code


def _speaks_against(answer: Answer, shown: set[str]) -> bool:
    """Whether a rule that is not kept leaves doubt: a weak finding does not where another rule shows the thing itself."""
    outcome = answer.outcome
    if outcome.result is Result.PASSED:
        return False
    return not (outcome.strength is Strength.WEAK and answer.cause in _OF_TREATMENT & shown)


def _meant(facts: LineFacts) -> frozenset[str]:
    """Return the payer's codes; every way of saying "not necessary" (a guideline, a review) means what 50 means."""
    plays = (facts.knowledge.play(facts.group, code, facts.remarks, facts.payer.kind) for code in facts.said)
    is_necessity = any(play is not None and play.category == "medical_necessity" for play in plays)
    return facts.said | _NECESSITY if is_necessity else facts.said


def _rules(facts: LineFacts) -> Iterable[Rule]:
    return facts.knowledge.rules.values()


def _spoken_of(passed: Iterable[Answer]) -> set[str]:
    return {cause for answer in passed for cause in answer.rule.root_causes}


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
