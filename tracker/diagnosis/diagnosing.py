"""Case in, causes out: runs the rules over every denied line of one claim."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from tracker.diagnosis.answers import Answer
from tracker.diagnosis.checks import CHECKS
from tracker.diagnosis.facts import ClaimFacts, LineFacts
from tracker.diagnosis.findings import (
    NOT_APPLICABLE,
    Finding,
    LineDiagnosis,
    Outcome,
    ReasonKind,
    Result,
    Suggestion,
    reasons,
)
from tracker.diagnosis.payers import KnowledgeKey, PayerProfile, means, profile_of
from tracker.diagnosis.priors import NO_CHOICES, Choices
from tracker.diagnosis.ranking import causes_of
from tracker.domain.case import Case, CasePayer
from tracker.knowledge import Knowledge
from tracker.knowledge.rules import Rule

NOT_A_DENIAL_RULE = "CLM_ADJUSTMENT_NOT_DENIAL"
AMOUNT_RULE = "CLM_ASSISTANT_REDUCTION"


def diagnose(
    case: Case, knowledge: Knowledge, off: Collection[str] = (), choices: Mapping[str, Choices] = NO_CHOICES
) -> tuple[LineDiagnosis, ...]:
    """Return what is likely behind each denied line of a case, in the order of its lines.

    Lines with adjustments that are no denial get ``adj_not_a_denial``, or a payer's error where the amount is wrong; lines the payer did not answer are left out.
    ``off`` are the ids of rules not to use. ``choices`` count what billers accepted and rejected with this payer, by
    root cause: they break ties.
    """
    facts = ClaimFacts(case, knowledge)
    found = tuple(_diagnoses(facts, off, choices))
    facts.forget()
    return found


def _diagnoses(claim: ClaimFacts, off: Collection[str], choices: Mapping[str, Choices]) -> Iterator[LineDiagnosis]:
    for facts in claim.lines:
        if facts.classified is None:
            continue
        if facts.classified.line_class.opens_denial:
            yield _denied(facts, off, choices)
        elif (adjusted := _adjusted(facts, off)) is not None:
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


def adjusted_lines(case: Case, knowledge: Knowledge, off: Collection[str] = ()) -> Mapping[int, LineDiagnosis]:
    """Return what is to be said of each line whose adjustments are no denial, by the line's number."""
    claim = ClaimFacts(case, knowledge)
    unpaid = (facts for facts in claim.lines if facts.classified and not facts.classified.line_class.opens_denial)
    return {facts.line.line: said for facts in unpaid if (said := _adjusted(facts, off)) is not None}


def _adjusted(facts: LineFacts, off: Collection[str]) -> LineDiagnosis | None:
    """Return the diagnosis of a line whose adjustments are no denial, or None when it has none."""
    answers = [
        Answer(rule, answer_of(rule, facts))
        for rule in (facts.knowledge.rules[NOT_A_DENIAL_RULE], facts.knowledge.rules[AMOUNT_RULE])
        if rule.id not in off
    ]
    answers = [answer for answer in answers if answer.outcome.result is not Result.NOT_APPLICABLE]
    wrong = [answer for answer in answers if answer.outcome.result is Result.FAILED]
    if not wrong:
        return None
    (rule, outcome), findings = (
        wrong[-1],
        tuple(Finding(each.rule.id, each.outcome.result, each.outcome.reason) for each in answers),
    )
    suggestion = Suggestion(
        wrong[-1].cause, outcome.path or rule.path, outcome.strength, (rule.id,),
        reasons((ReasonKind.FINDING, outcome.reason)),
        cure=outcome.cure or rule.cure, letter=rule.letter,
    )  # fmt: skip
    return LineDiagnosis(facts.line.line, findings, (suggestion,))
