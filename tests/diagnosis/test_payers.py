"""The payer's profile, and whom the payer words of rules mean."""

import pytest

from tracker.diagnosis.payers import PAYER_WORDS, means, profile_of
from tracker.domain.case import CasePayer
from tracker.domain.payer_habits import HABITS
from tracker.knowledge import load

OPTIONAL = (("follows_optional_rules", True),)
EVERYTHING = tuple((name, True if habit.is_flag else 4) for name, habit in HABITS.items())

# Every word that the rules' source uses for payers.
TAGS = [
    "all",
    "medicare",
    "ma",
    "medicaid",
    "medicaid_cms",
    "medicaid_varies",
    "tricare",
    "va",
    "commercial",
    "commercial_cms_rule",
    "commercial_spm",
    "commercial_ncci",
    "uhc_commercial",
    "uhc",
    "anthem",
    "humana",
    "aetna_paused",
    "bcbs_many",
    "hmo",
    "workers_comp",
    "auto",
    "aca_individual",
    "aca_small_group",
    "commercial_uhc",
    "workers_comp_spm",
    "some_medicaid",
    "some_commercial",
    "bcbs_varies",
    "ma_varies",
    "commercial_varies",
    "medicaid_many",
    "humana_some",
    "pos",
    "state_practice_act",
    "payer_flag",
]


def profile(kind: str, name: str = "Example payer", **changes):
    return profile_of(CasePayer(name, kind, **changes), load())


def test_what_the_biller_set_comes_before_the_default_of_the_kind():
    assert profile("commercial").counting_method == "spm"
    assert profile("commercial", counting_method="cms").counting_method == "cms"
    assert profile("commercial", filing_days=120).filing_days == 120


def test_what_was_set_is_sure_and_a_default_without_a_source_is_not():
    assert not profile("commercial").filing_is_sure
    assert profile("commercial", filing_days=120).filing_is_sure
    assert profile("medicare_b").filing_is_sure


def test_united_healthcare_wants_the_discipline_modifier_without_being_told():
    assert profile("commercial", "UnitedHealthcare Choice").requires_discipline_modifier
    assert not profile("commercial", "Example PPO").requires_discipline_modifier


@pytest.mark.parametrize(
    ("word", "payer", "speaks"),
    [
        ("all", profile("auto"), True),
        ("medicare", profile("medicare_b"), True),
        ("medicare", profile("medicare_advantage"), False),
        ("ma", profile("medicare_advantage"), True),
        ("counts_cms", profile("tricare"), True),
        ("counts_cms", profile("workers_comp"), False),
        ("counts_per_code", profile("workers_comp"), True),
        ("commercial_cms_rule", profile("commercial", counting_method="cms"), True),
        ("commercial_cms_rule", profile("commercial"), False),
        ("commercial_spm", profile("commercial"), True),
        ("medicaid_cms", profile("medicaid"), True),
        ("medicaid_cms", profile("medicaid", counting_method="spm"), False),
        ("commercial_ncci", profile("commercial"), True),
        ("uses_ncci", profile("workers_comp"), False),
        ("wants_discipline_modifier", profile("commercial", requires_discipline_modifier=True), True),
        ("wants_discipline_modifier", profile("medicare_b", requires_discipline_modifier=False), False),
        ("wants_assistant_modifier", profile("commercial", "Humana Gold Choice"), True),
        ("wants_assistant_modifier", profile("commercial"), False),
        ("wants_certified_plan", profile("tricare"), False),
        ("wants_progress_reports", profile("medicare_b"), True),
        ("uses_kx", profile("medicare_advantage"), False),
        ("uhc_commercial", profile("commercial", "UHC Oxford"), True),
        ("uhc_commercial", profile("medicare_advantage", "UHC Dual Complete"), False),
        ("anthem", profile("commercial", "Anthem Blue Cross"), True),
        ("bcbs", profile("commercial", "Blue Cross Blue Shield of Example"), True),
        ("bcbs", profile("commercial", "Bluestem PPO"), False),
        ("hmo", profile("tricare", "TRICARE West (Prime)"), True),
        ("aca", profile("commercial", "Meadow Marketplace Silver"), True),
        ("aca_individual", profile("commercial", "Meadow Marketplace Silver"), True),
        ("aca_small_group", profile("commercial"), False),
        ("pos", profile("commercial", "Harbor Point of Service"), True),
        ("commercial_uhc", profile("commercial", "UHC Oxford"), True),
        ("bcbs_many", profile("commercial", "BCBS of Example"), True),
        ("medicaid_many", profile("medicaid"), True),
        ("medicaid_varies", profile("medicaid"), False),
        ("medicaid_varies", profile("medicaid", habits=OPTIONAL), True),
        ("medicaid_varies", profile("commercial", habits=OPTIONAL), False),
        ("some_medicaid", profile("medicaid", habits=OPTIONAL), True),
        ("ma_varies", profile("medicare_advantage", habits=OPTIONAL), True),
        ("ma_varies", profile("medicare_advantage"), False),
        ("commercial_varies", profile("commercial", habits=OPTIONAL), True),
        ("some_commercial", profile("commercial"), False),
        ("bcbs_varies", profile("commercial", "BCBS of Example", habits=OPTIONAL), True),
        ("bcbs_varies", profile("commercial", habits=OPTIONAL), False),
        ("humana_some", profile("commercial", "Humana", habits=OPTIONAL), True),
        ("aetna_paused", profile("commercial", "Aetna"), False),
        ("payer_flag", profile("auto", habits=OPTIONAL), True),
        ("payer_flag", profile("auto"), False),
        ("state_practice_act", profile("commercial", habits=(("requires_referral", True),)), True),
        ("state_practice_act", profile("commercial"), False),
        ("wants_minutes_per_code", profile("commercial", "Anthem Blue Cross"), True),
        ("wants_minutes_per_code", profile("medicare_b"), False),
        ("wants_minutes_per_code", profile("workers_comp", habits=(("requires_minutes_per_code", True),)), True),
        ("wants_minutes_per_code", profile("commercial", "Anthem", habits=(("requires_clock_times", False),)), False),
        ("wants_authorization", profile("va"), True),
        ("has_daily_cap", profile("commercial", habits=(("max_modalities", 2),)), True),
        ("has_daily_cap", profile("commercial"), False),
        ("has_visit_limit", profile("workers_comp", habits=(("visit_limit", 24),)), True),
        ("has_visit_limit", profile("workers_comp"), False),
        ("has_assistant_percent", profile("medicare_b"), True),
        ("has_assistant_percent", profile("commercial"), False),
        ("uses_ncci", profile("commercial", habits=(("uses_ncci", False),)), False),
        ("wants_progress_reports", profile("commercial", habits=(("progress_report_every", 10),)), True),
    ],
)
def test_a_payer_word_means_these_payers(word: str, payer, speaks: bool):
    assert means((word,), payer) is speaks


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_of_the_rules_is_in_the_table(tag: str):
    assert tag in PAYER_WORDS


@pytest.mark.parametrize("habit", HABITS)
def test_what_was_set_of_a_habit_stands(habit: str):
    value = False if HABITS[habit].is_flag else 0
    assert profile("medicare_b", "UHC Anthem Humana", habits=((habit, value),)).habits[habit] == value


def test_a_payer_that_takes_97014_does_not_refuse_it():
    assert "97014" in profile("medicare_b").nonpayable_codes
    assert "97014" not in profile("medicare_advantage", habits=(("accepts_97014", True),)).nonpayable_codes
    assert "97010" in profile("medicare_advantage", habits=(("accepts_97014", True),)).nonpayable_codes
    assert "G0283" in profile("commercial", habits=(("accepts_97014", False),)).nonpayable_codes["97014"]
    assert "97014" not in profile("commercial").nonpayable_codes


def test_a_word_that_is_not_in_the_table_is_an_error():
    with pytest.raises(KeyError):
        means(("most payers",), profile("commercial"))


def test_every_word_of_the_table_means_some_payer():
    payers = [
        profile(kind, name, habits=habits)
        for kind in (
            "medicare_b",
            "medicare_advantage",
            "medicaid",
            "commercial",
            "tricare",
            "va",
            "workers_comp",
            "auto",
        )
        for habits in ((), OPTIONAL, EVERYTHING)
        for name in ("Example", "POS", "UHC", "Anthem", "Humana", "Aetna", "BCBS", "HMO", "Marketplace")
    ]
    payers.append(profile("commercial", counting_method="cms"))

    assert [word for word in PAYER_WORDS if not any(means((word,), payer) for payer in payers)] == []
