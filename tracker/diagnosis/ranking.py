"""From the rules' answers to causes: best first, three at most.

Facts of the claim outrank arithmetic, arithmetic outranks missing certifications and reports, those outrank what a
note's content suggests. The payer's codes order causes of one rank and never decide alone.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import MOST_QUOTES, Outcome, Quote, Result, Strength, Suggestion, strongest
from tracker.diagnosis.paths import way_of
from tracker.diagnosis.stated import stated_suggestions
from tracker.knowledge.rules import BASES, SEVERITIES, Rule

MOST_SUGGESTIONS = 3
_PAYER_ERROR = "pay_payer_error"


class Answer(NamedTuple):
    """A rule with what it found for a line."""

    rule: Rule
    outcome: Outcome

    @property
    def cause(self) -> str:
        """Return the root cause the answer speaks of."""
        return self.outcome.cause or self.rule.root_causes[0]


class Causes(NamedTuple):
    """What is suggested and what is ruled out."""

    suggestions: tuple[Suggestion, ...]
    ruled_out: tuple[Suggestion, ...]


def causes_of(facts: LineFacts, answers: Sequence[Answer]) -> Causes:
    """Return the causes of one denied line, best first, and those its facts rule out."""
    failed, out = [], []
    for answer in answers:
        if answer.outcome.result is Result.PASSED:
            if _speaks(facts, answer):
                out.append(answer)
        elif _can_explain(facts, answer):
            failed.append(answer)
    failed += [] if failed else _payer_errors(facts, out)
    suggestions = _merged(facts, sorted(failed, key=lambda answer: _rank(facts, answer)))
    ruled_out = frozenset(answer.cause for answer in out).difference(each.root_cause for each in suggestions)
    if not suggestions:
        suggestions = stated_suggestions(facts, ruled_out)
    if any(each.strength is Strength.STRONG for each in suggestions):
        suggestions = [each for each in suggestions if each.strength is not Strength.WEAK]
    return Causes(
        tuple(suggestions[:MOST_SUGGESTIONS]), _ruled_out(answer for answer in out if answer.cause in ruled_out)
    )


def _can_explain(facts: LineFacts, answer: Answer) -> bool:
    """Whether a failure, or something not shown, can be the cause of the denial."""
    rule, outcome = answer
    if not rule.explains_denials:
        return False
    said = facts.says(rule.payer_says)
    if not said and (rule.only_when_said or outcome.strength is Strength.WEAK):
        return False
    # A cause that lies on the whole visit does not explain why the payer paid its other lines.
    return said or not (outcome.whole_claim and facts.has_paid_sibling)


def _speaks(facts: LineFacts, answer: Answer) -> bool:
    """Whether a pass is worth saying: the payer claimed the opposite, or minutes were recomputed."""
    rule = answer.rule
    return rule.rules_out and (rule.basis == "arithmetic" or facts.says(rule.speaks_of))


def _payer_errors(facts: LineFacts, passed: Iterable[Answer]) -> list[Answer]:
    """Return proof that what the payer said is wrong, where nothing else explains the denial."""
    return [
        Answer(
            rule,
            Outcome(
                Result.FAILED,
                outcome.reason,
                _PAYER_ERROR,
                outcome.strength,
                outcome.evidence,
                path="appeal",
                cure="The proof goes with the appeal.",
                letter=rule.proof_letter,
            ),
        )
        for rule, outcome in passed
        if outcome.proves and facts.says(rule.disproves)
    ]


def _strength(facts: LineFacts, answer: Answer) -> Strength:
    """Records and contents that the payer did not name are likely at most."""
    rule, outcome = answer
    if rule.basis == "content" or (rule.basis == "record" and not facts.says(rule.payer_says)):
        return outcome.strength.at_most(Strength.LIKELY)
    return outcome.strength


def _rank(facts: LineFacts, answer: Answer) -> tuple[object, ...]:
    rule, outcome = answer
    return (
        outcome.strength is Strength.WEAK,
        BASES.index(rule.basis),
        not facts.says(rule.payer_says),
        outcome.whole_claim,
        _strength(facts, answer).rank,
        SEVERITIES.index(rule.severity),
        rule.id,
    )


def _merged(facts: LineFacts, answers: Sequence[Answer]) -> list[Suggestion]:
    """Join the answers that speak of one cause; the best one gives path, cure and letter."""
    by_cause: dict[str, list[Answer]] = {}
    for answer in answers:
        by_cause.setdefault(answer.cause, []).append(answer)
    return [_suggestion(facts, cause, found) for cause, found in by_cause.items()]


def _suggestion(facts: LineFacts, cause: str, answers: Sequence[Answer]) -> Suggestion:
    rule, outcome = answers[0]
    way = way_of(outcome.path or rule.path, cause, facts)
    named = sorted(facts.said & rule.payer_says)
    says = f"The payer's {'codes' if len(named) > 1 else 'code'} {', '.join(named)} can mean this." if named else ""
    reasons = [answer.outcome.reason for answer in answers]
    return Suggestion(
        root_cause=cause,
        path=way.path,
        strength=strongest(_strength(facts, answer) for answer in answers),
        rules=tuple(answer.rule.id for answer in answers),
        reasons=tuple(dict.fromkeys(filter(None, [*reasons, says if cause != _PAYER_ERROR else "", way.why]))),
        evidence=_quotes(answer.outcome.evidence for answer in answers),
        against=_quotes(answer.outcome.against for answer in answers),
        cure=outcome.cure or rule.cure,
        letter=outcome.letter or rule.letter,
    )


def _quotes(groups: Iterable[Iterable[Quote]]) -> tuple[Quote, ...]:
    return tuple(dict.fromkeys(each for group in groups for each in group if each.quote))[:MOST_QUOTES]


def _ruled_out(answers: Iterable[Answer]) -> tuple[Suggestion, ...]:
    by_cause: dict[str, list[Answer]] = {}
    for answer in answers:
        by_cause.setdefault(answer.cause, []).append(answer)
    return tuple(
        Suggestion(
            root_cause=cause,
            path="none",
            strength=strongest(answer.outcome.strength for answer in found),
            rules=tuple(answer.rule.id for answer in found),
            reasons=tuple(dict.fromkeys(answer.outcome.reason for answer in found)),
            against=_quotes(answer.outcome.evidence for answer in found),
        )
        for cause, found in by_cause.items()
    )
