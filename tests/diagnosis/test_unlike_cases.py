"""Causes that notes and claims tell in unlike ways: the sound side, rest inside the minutes, words that carry the need."""

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis import diagnose
from tracker.knowledge import load


def suggested(**facts: object) -> list[tuple[str, str]]:
    line = diagnose(short_case(facts), load())[0]
    return [(each.root_cause, each.path) for each in line.suggestions]


def first(**facts: object) -> str:
    return next((cause for cause, _ in suggested(**facts)), "")


@pytest.mark.parametrize(
    "sound",
    [
        "Right shoulder uninvolved.",
        "R shoulder ROM WNL.",
        "R shoulder for comparison: flexion 170.",
        "Right shoulder is normal.",
    ],
)
def test_the_sound_side_is_not_the_side_that_is_treated(sound):
    note = f"Left shoulder stiff after the cast. L shoulder wand flexion 3x10, pulleys, cue to keep scapula down. {sound} Timed 26 min."

    assert first(lines=["97110-GP x2"], diagnoses=["M25.611"], said="CO-11", note=note) == "cod_diagnosis"


def test_a_side_that_is_treated_is_not_sound():
    note = "R shoulder wand flexion 3x10 lb 2. R shoulder strength wnl by now. L shoulder sore from sleeping. Timed 26 min."

    assert "cod_diagnosis" not in [
        cause for cause, _ in suggested(lines=["97110-GP x2"], diagnoses=["M25.611"], said="CO-50", note=note)
    ]


@pytest.mark.parametrize("inside", ["Of these 9 min standing rest", "including 9 min rest breaks"])
def test_rest_that_is_told_to_be_inside_the_minutes_does_not_count(inside):
    note = f"97530 40 min: bed making, groceries to shelf, vacuum. {inside}. Timed 40, total 40."

    assert first(payer="medicare_b", lines=["97530-GO x3"], said="CO-151", note=note) == "unt_exceed_minutes"


def test_rest_that_is_left_out_is_no_fault():
    note = "97530 40 min: bed making, groceries to shelf, vacuum. Rest breaks 9 min, not counted. Timed 40, total 49."

    assert first(payer="medicare_b", lines=["97530-GO x3"], said="CO-151", note=note) == "pay_payer_error"


def test_a_walk_with_nothing_to_correct_shows_no_skill():
    note = "Walked the corridor 500 ft, 15 min, level floor, no assist, nothing to correct. Timed 15."

    assert first(payer="medicare_b", lines=["97116-GP x1"], said="CO-50 N115", note=note) == "mn_skill_not_shown"


def test_a_duplicate_at_medicare_is_worked_although_its_remark_speaks_of_crossover():
    facts = {"lines": ["97530-GO x2"], "other_claims": [{"outcome": "paid", "lines": ["97530-GO x2"]}]}

    assert first(payer="medicare_b", said="OA-18 N522", **facts) == "dup_submission"
    assert first(payer="commercial", said="OA-18 N522", **facts) == "adj_not_a_denial"
