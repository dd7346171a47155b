"""Before a claim goes out: the same rules without a payer's answer, and what would be denied."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tracker.diagnosis.answers import Answer
from tracker.diagnosis.diagnosing import answers_of
from tracker.diagnosis.facts import ClaimFacts, LineFacts
from tracker.diagnosis.findings import Quote, Result, Strength
from tracker.diagnosis.proofs import PAYER_ERROR
from tracker.domain.case import Case, CaseLine
from tracker.knowledge import Knowledge
from tracker.knowledge.rules import BASES, SEVERITIES, Rule


@dataclass(frozen=True, slots=True)
class Concern:
    """What a rule finds on a line before it is sent: why, how sure, and what cures it."""

    line: CaseLine
    rule: Rule
    result: Result
    reason: str
    strength: Strength
    cure: str
    evidence: tuple[Quote, ...]


def check_claim(case: Case, knowledge: Knowledge, off: Collection[str] = ()) -> tuple[Concern, ...]:
    """Return what would be denied if the claim went out as it is, line by line, the surest first.

    A payer's answer in the case is not looked at; ``off`` are the ids of rules not to use. What only says something
    once the payer has said it too is left out, or weaker: a rule that is ``only_when_said`` is likely at most, and
    counts only where it fails; weak findings are left out.
    """
    unsent = ClaimFacts(replace(case, remittance=None), knowledge)
    return tuple(concern for facts in unsent.lines for concern in _concerns(facts, off))


def _concerns(facts: LineFacts, off: Collection[str]) -> Iterator[Concern]:
    found = [answer for answer in answers_of(facts, off) if _would_deny(answer)]
    for answer in sorted(found, key=_order):
        rule, outcome = answer
        yield Concern(
            facts.line, rule, outcome.result, outcome.reason, _strength(answer), outcome.cure or rule.cure,
            outcome.evidence,
        )  # fmt: skip


def _would_deny(answer: Answer) -> bool:
    rule, outcome = answer
    if outcome.result is Result.PASSED or outcome.strength is Strength.WEAK or answer.cause == PAYER_ERROR:
        return False
    return rule.explains_denials and (outcome.result is Result.FAILED or not rule.only_when_said)


def _strength(answer: Answer) -> Strength:
    rule, outcome = answer
    if rule.only_when_said or answer.basis in {"record", "content"}:
        return outcome.strength.at_most(Strength.LIKELY)
    return outcome.strength


def _order(answer: Answer) -> tuple[object, ...]:
    rule = answer.rule
    return _strength(answer).rank, BASES.index(answer.basis), SEVERITIES.index(rule.severity), rule.id


def concerns_as_json(concerns: Iterable[Concern]) -> list[dict[str, Any]]:
    """Return concerns as ``tracker check --json`` prints them."""
    return [
        {
            "line": each.line.line,
            "code": each.line.code,
            "rule": each.rule.id,
            "title": each.rule.title,
            "requirement": each.rule.requirement,
            "result": str(each.result),
            "strength": str(each.strength),
            "reason": each.reason,
            "cure": each.cure,
            "evidence": [quote._asdict() for quote in each.evidence],
            "source": each.rule.cited.source,
        }
        for each in concerns
    ]
