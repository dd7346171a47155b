"""Where the trade's folklore is wrong, the help texts have it right."""

import pytest

from tracker.knowledge import load

K = load()


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("97124", "97124 is massage"),
        ("97162", "97162 is a physical therapy evaluation of moderate complexity"),
        ("GP", "under an outpatient physical therapy plan of care"),
        ("GO", "under an outpatient occupational therapy plan of care"),
        ("59", "It has nothing to do with time"),
        ("97110", "97110 is therapeutic exercise"),
        ("97112", "They are 97112"),
        ("97530", "Units come from minutes"),
        ("KX", "KX is Medicare's alone"),
    ],
)
def test_the_fact_stands_beside_its_code(code, fact):
    assert any(fact in claim.fact for claim in K.often_said(code))


def test_several_codes_give_each_claim_once():
    found = K.often_said("97124", "97140", "GP")
    assert len(found) == len(set(found)) > 4


def test_a_code_nothing_wrong_is_said_of_has_no_help():
    assert K.often_said("92507") == ()


def test_no_fact_says_that_gp_means_one_on_one():
    helps = [claim.fact for claim in K.folklore]
    helps += [f"{modifier.meaning} {modifier.check}" for modifier in K.modifiers.values()]
    helps += [f"{rule.requirement} {rule.cure}" for rule in K.rules.values()]
    assert not [text for text in helps if "GP means one-on-one" in text or "GP = one-on-one" in text]


def test_a_fact_never_repeats_the_claim():
    assert all(claim.says != claim.fact and claim.cited.source for claim in K.folklore)
