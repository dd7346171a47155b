"""Before billing: the same rules without a payer's answer."""

from dataclasses import replace

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis import Result, Strength
from tracker.diagnosis.checking import check_claim, concerns_as_json
from tracker.knowledge import Rule, load

K = load()


def check(**facts: object):
    return check_claim(replace(short_case(facts), remittance=None), K)


def rules(*concerns) -> list[str]:
    return [each.rule.id for each in concerns]


def test_a_missing_modifier_is_found_with_its_cure():
    (concern,) = check(payer="medicare_b", lines=["97140 x1"])
    assert (concern.rule.id, concern.strength) == ("CLM_DISCIPLINE_MODIFIER", Strength.STRONG)
    assert concern.cure
    assert concern.line.code == "97140"


def test_units_the_minutes_do_not_carry_are_found_in_the_note():
    note = "Ther ex 20 min, manual 15 min. Timed 35, total 35.\nSigned: J. Cole PT, DPT 08/03/2026"
    found = check(payer="medicare_b", lines=["97110-GP x2", "97140-GP x1"], note=note)
    assert "TIME_UNITS_EXCEED_CMS" in rules(*found)
    assert any(each.evidence for each in found if each.rule.id == "TIME_UNITS_EXCEED_CMS")


@pytest.mark.parametrize("said", ["CO-50", "CO-197", "CO-16 MA130", "PR-119"])
def test_an_answer_of_the_payer_changes_nothing(said):
    facts = {"payer": "medicare_b", "lines": ["97140 x1", "97124-GP x1"]}
    with_answer = check_claim(short_case({**facts, "said": said}), K)
    assert with_answer == check(**facts)
    assert with_answer


def test_a_rule_for_what_a_payer_says_is_only_likely_before_it_is_said():
    (concern,) = check(payer={"kind": "commercial", "habits": {"max_timed_units": 3}}, lines=["97110-GP x4"])
    assert (concern.rule.id, concern.strength) == ("UNIT_PAYER_DAILY_CAP", Strength.LIKELY)
    assert concern.rule.only_when_said


@pytest.mark.parametrize(("as_of", "late"), [("2026-11-01", False), ("2026-11-02", True)])
def test_a_claim_not_sent_yet_is_late_once_the_filing_limit_has_passed(as_of, late):
    case = short_case({"payer": {"kind": "commercial", "filing_days": 90}, "lines": ["97110-GP x1"], "as_of": as_of})
    unsent = replace(case, claim=replace(case.claim, submitted_on=None), remittance=None)
    assert ("CLM_TIMELY_FILING" in rules(*check_claim(unsent, K))) is late


@pytest.mark.parametrize("rule", K.rules.values(), ids=lambda rule: rule.id)
def test_every_example_can_be_checked_without_an_answer(rule: Rule):
    for example in rule.examples:
        for concern in check_claim(short_case(example.facts), K):
            assert concern.rule.explains_denials
            assert concern.result in {Result.FAILED, Result.NOT_SHOWN}
            assert concern.result is Result.FAILED or not concern.rule.only_when_said
            assert concern.strength is not Strength.WEAK


def test_what_the_payer_got_wrong_is_no_reason_to_hold_a_claim():
    found = [check_claim(short_case(example.facts), K) for rule in K.rules.values() for example in rule.examples]
    payer_faults = {rule.id for rule in K.rules.values() if rule.root_causes == ("pay_payer_error",)}
    assert not payer_faults.intersection(rules(*(each for concerns in found for each in concerns)))


def test_a_rule_that_is_off_is_not_used():
    case = short_case({"payer": "medicare_b", "lines": ["97140 x1"]})
    assert check_claim(case, K, {"CLM_DISCIPLINE_MODIFIER"}) == ()


def test_the_surest_stands_first():
    note = "Ther ex 20 min, manual 15 min. Timed 35, total 35."
    found = check(payer="medicare_b", lines=["97110 x4", "97140-GP x1"], note=note)
    first = [each.strength.rank for each in found if each.line.line == 1]
    assert first == sorted(first)
    assert len(first) > 1


def test_concerns_as_json_hold_all_that_screens_say():
    (concern,) = concerns_as_json(check(payer="medicare_b", lines=["97140 x1"]))
    assert {"line", "code", "rule", "requirement", "reason", "cure", "evidence", "strength", "source"} <= concern.keys()
