"""Case in, causes out: runs the rules over every denied line of one claim."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from tracker.diagnosis.answers import Answer
from tracker.diagnosis.checks import CHECKS
from tracker.diagnosis.facts import ClaimFacts, LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Finding, LineDiagnosis, Outcome, Result, Suggestion
from tracker.diagnosis.payers import KnowledgeKey, PayerProfile, means, profile_of
from tracker.diagnosis.priors import NO_CHOICES, Choices
from tracker.diagnosis.ranking import causes_of
from tracker.domain.case import Case, CasePayer
from tracker.knowledge import Knowledge
from tracker.knowledge.rules import Rule

NOT_A_DENIAL_RULE = "CLM_ADJUSTMENT_NOT_DENIAL"


def diagnose(
    case: Case, knowledge: Knowledge, off: Collection[str] = (), choices: Mapping[str, Choices] = NO_CHOICES
) -> tuple[LineDiagnosis, ...]:
    """Return what is likely behind each denied line of a case, in the order of its lines.

    Lines with adjustments that are no denial get ``adj_not_a_denial``; lines the payer did not answer are left out.
    ``off`` are the ids of rules not to use. ``choices`` count what billers accepted and rejected with this payer, by
    root cause: they break ties.
    """
    facts = ClaimFacts(case, knowledge)
    return tuple(_diagnoses(facts, off, choices))


def _diagnoses(claim: ClaimFacts, off: Collection[str], choices: Mapping[str, Choices]) -> Iterator[LineDiagnosis]:
    for facts in claim.lines:
        if facts.classified is None:
            continue
        if facts.classified.line_class.opens_denial:
            yield _denied(facts, off, choices)
        elif (adjusted := _adjusted(facts)) is not None:
            yield adjusted


def _denied(facts: LineFacts, off: Collection[str], choices: Mapping[str, Choices]) -> LineDiagnosis:
    answers = answers_of(facts, off)
    causes = causes_of(facts, answers, choices)
    findings = tuple(
        Finding(rule.id, outcome.result, outcome.reason, outcome.evidence) for rule, outcome in answers
    )  # fmt: skip
    return LineDiagnosis(facts.line.line, findings, causes.suggestions, causes.ruled_out)


def answers_of(facts: LineFacts, off: Collection[str] = ()) -> list[Answer]:
    """Return the answers of all rules that say something about a line, but for those that are ``off``."""
    return [
        Answer(rule, outcome)
        for rule in _rules_for(facts)
        if rule.id not in off and (outcome := CHECKS[rule.check](facts, rule)).result is not Result.NOT_APPLICABLE
    ]


def answer_of(rule: Rule, facts: LineFacts) -> Outcome:
    """Return one rule's answer for a line; not applicable where it does not speak of the code or the payer."""
    return CHECKS[rule.check](facts, rule) if _applies(rule, facts.code, facts.payer) else NOT_APPLICABLE


def _rules_for(facts: LineFacts) -> tuple[Rule, ...]:
    return _rules(KnowledgeKey(facts.knowledge), facts.case.payer, facts.code)


@lru_cache(maxsize=8192)
def _rules(key: KnowledgeKey, payer: CasePayer, code: str) -> tuple[Rule, ...]:
    """Return the rules that speak of a payer and a code; a practice has few payers and few codes."""
    profile = profile_of(payer, key.knowledge)
    return tuple(rule for rule in key.knowledge.rules.values() if _applies(rule, code, profile))


def _applies(rule: Rule, code: str, payer: PayerProfile) -> bool:
    return (rule.codes is None or code in rule.codes) and means(rule.payers, payer)


def _adjusted(facts: LineFacts) -> LineDiagnosis | None:
    """Return the diagnosis of a line whose adjustments are no denial, or None when it has none."""
    rule = facts.knowledge.rules[NOT_A_DENIAL_RULE]
    outcome = answer_of(rule, facts)
    if outcome.result is not Result.FAILED:
        return None
    suggestion = Suggestion(
        outcome.cause or rule.root_causes[0], outcome.path or rule.path, outcome.strength, (rule.id,), (outcome.reason,),
        cure=outcome.cure or rule.cure,
    )  # fmt: skip
    return LineDiagnosis(facts.line.line, (Finding(rule.id, outcome.result, outcome.reason),), (suggestion,))
