"""The payer's profile, and whom the payer words of rules mean."""

import pytest

from tracker.diagnosis.payers import PAYER_WORDS, means, profile_of
from tracker.domain.case import CasePayer
from tracker.knowledge import load


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
    ],
)
def test_a_payer_word_means_these_payers(word: str, payer, speaks: bool):
    assert means((word,), payer) is speaks


def test_a_word_that_is_not_in_the_table_is_an_error():
    with pytest.raises(KeyError):
        means(("most payers",), profile("commercial"))


def test_every_word_of_the_table_means_some_payer():
    payers = [
        profile(kind, name)
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
        for name in ("Example", "UHC", "Anthem", "Humana", "Aetna", "BCBS", "HMO", "Marketplace")
    ]
    payers.append(profile("commercial", counting_method="cms"))

    assert [word for word in PAYER_WORDS if not any(means((word,), payer) for payer in payers)] == []
