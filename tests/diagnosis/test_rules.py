"""Every rule's own examples, and what holds for all rules."""

from datetime import date

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis.checks import CHECKS
from tracker.diagnosis.diagnosing import answer_of
from tracker.diagnosis.facts import ClaimFacts
from tracker.diagnosis.payers import PAYER_WORDS
from tracker.knowledge import Rule, load
from tracker.knowledge.rules import Example

_RULES = load().rules.values()
_EXAMPLES = [(rule, example) for rule in _RULES for example in rule.examples]


@pytest.mark.parametrize(
    ("rule", "example"), _EXAMPLES, ids=[f"{rule.id}: {example.says}" for rule, example in _EXAMPLES]
)
def test_the_example_gets_its_answer(rule: Rule, example: Example):
    facts = ClaimFacts(short_case(example.facts), load()).lines[0]

    outcome = answer_of(rule, facts)

    assert outcome.result == example.result, outcome.reason
    if "cause" in example.facts:
        assert (outcome.cause or rule.root_causes[0]) == example.facts["cause"]


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.id)
def test_a_rule_names_a_check_that_exists_and_payers_of_the_table(rule: Rule):
    assert rule.check in CHECKS
    assert set(rule.payers) <= PAYER_WORDS.keys()


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.id)
def test_a_check_names_no_cause_that_its_rule_does_not_list(rule: Rule):
    for example in rule.examples:
        outcome = answer_of(rule, ClaimFacts(short_case(example.facts), load()).lines[0])

        assert outcome.cause is None or outcome.cause in rule.root_causes


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_of_known_reason_and_remark_codes(rule: Rule):
    knowledge = load()
    legacy = {"15", "138"}  # ended; old remittances still carry them

    unknown = {code for code in rule.speaks_of if code not in knowledge.carc and code not in knowledge.rarc}

    assert unknown <= legacy


def test_every_check_is_used_by_a_rule():
    assert {rule.check for rule in _RULES} == CHECKS.keys()


def test_every_source_was_checked_on_a_day_that_is_known():
    assert all(rule.cited.source and rule.cited.checked_on >= date(2026, 1, 1) for rule in _RULES)
