"""What a cause that a person picks leads to for a line, when no rule suggested it: path, cure and letter."""

from typing import NamedTuple

from tracker.diagnosis.facts import ClaimFacts, LineFacts
from tracker.diagnosis.paths import way_of
from tracker.diagnosis.payers import means
from tracker.domain.case import Case
from tracker.knowledge import Knowledge
from tracker.knowledge.rules import Rule

# Causes that lead one way whatever the rule.
_PATHS = {"pay_payer_error": "appeal", "pt_responsibility": "bill_patient", "adj_not_a_denial": "none"}


class Remedy(NamedTuple):
    """The way out for a cause; ``path`` is empty when the knowledge names none, ``why`` where the payer bends it."""

    path: str = ""
    why: str = ""
    cure: str | None = None
    letter: str | None = None


def remedy_for(case: Case, line: int, root_cause: str, knowledge: Knowledge) -> Remedy:
    """Return what to do about a line of a case when ``root_cause`` is the cause.

    The rule speaks whose first cause it is and that fits the line's code and payer; without one the payer's codes.
    Raises StopIteration for a line the claim does not have.
    """
    facts = next(each for each in ClaimFacts(case, knowledge).lines if each.line.line == line)
    fitting = [rule for rule in knowledge.rules.values() if root_cause in rule.root_causes and _fits(rule, facts)]
    rule = min(fitting, key=lambda each: _place(each, root_cause, facts), default=None)
    path = _PATHS.get(root_cause) or (rule.path if rule else _stated_path(root_cause, facts))
    if not path:
        return Remedy()
    way = way_of(path, root_cause, facts)
    cures = {each.cure for each in fitting if each.root_causes[0] == root_cause}
    # Rules with different cures answer different faults; which of them it is, nobody said.
    return Remedy(way.path, way.why, cures.pop() if len(cures) == 1 else None, rule.letter if rule else None)


def _fits(rule: Rule, facts: LineFacts) -> bool:
    return (rule.codes is None or facts.code in rule.codes) and means(rule.payers, facts.payer)


def _place(rule: Rule, root_cause: str, facts: LineFacts) -> tuple[object, ...]:
    return rule.root_causes[0] != root_cause, not facts.says(rule.payer_says), not rule.explains_denials, rule.id


def _stated_path(root_cause: str, facts: LineFacts) -> str:
    stated = (each for group in facts.knowledge.stated_causes.values() for each in group)
    return next((each.path for each in stated if each.root_cause == root_cause and each.path), "")
