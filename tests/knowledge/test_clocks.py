"""The clocks of each payer: which file counts for whom, and what the files hold."""

from dataclasses import fields
from datetime import date

import pytest

from tracker.domain.deadlines import ClockRule
from tracker.knowledge import load

K = load()
FILES = {
    "medicare_part_b", "medicare_advantage", "medicaid", "commercial_erisa", "marketplace", "fehb", "tricare", "va",
    "workers_comp", "workers_comp_texas", "workers_comp_florida", "workers_comp_california", "unitedhealthcare", "aetna", "cigna", "anthem", "humana", "bcbs",
}  # fmt: skip


def test_each_payer_has_a_file_of_its_own():
    assert {rule.payer_file for rule in K.clocks.values()} == FILES


def test_every_rule_has_a_source_and_the_day_somebody_looked():
    assert all(rule.source and rule.checked_on >= date(2026, 11, 22) for rule in K.clocks.values())
    assert {"source", "checked_on", "confidence"} < {field.name for field in fields(ClockRule)}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("UNITEDHEALTHCARE INSURANCE CO", "unitedhealthcare"),
        ("United Health-Care of Ohio", "unitedhealthcare"),
        ("AETNA BETTER HEALTH", "aetna"),
        ("Anthem Blue Cross", "anthem bcbs"),
        ("BCBS OF ND", "bcbs"),
        ("FEP Blue Cross", "bcbs fehb"),
        ("Humana", "humana"),
        ("HUMANATEE COUNTY PLAN", ""),
        ("Example payer", ""),
        ("", ""),
    ],
)
def test_a_large_payer_is_known_by_whole_words_of_its_name(name, found):
    assert [each.id for each in K.named_payers.values() if each.is_like(name)] == found.split()


@pytest.mark.parametrize(
    ("kind", "named", "level", "rule"),
    [
        ("commercial", "", 1, "ERISA_L1"),
        ("commercial", "aetna", 1, "AETNA_R"),
        ("commercial", "aetna", 2, "AETNA_A"),
        ("commercial", "aetna", 3, "ACA_EXT"),  # Aetna's file has no third level, the federal one holds
        ("medicare_advantage", "cigna", 1, "CIGNA_MA"),
        ("medicare_advantage", "humana", 1, "HUM_NONPAR"),
        ("medicare_advantage", "humana", 3, "MA_L3"),
        ("commercial", "marketplace", 1, "INDIV_L1"),
        ("commercial", "marketplace", 2, "INDIV_EXT"),
        ("commercial", "fehb", 2, "FEHB_2"),
        ("workers_comp", "", 1, "WC_STATE_NOT_CHOSEN"),
        ("workers_comp", "", 2, "WC_STATE_NOT_CHOSEN_L2"),
        ("workers_comp", "workers_comp_california", 1, "WC_CA_SBR"),
        ("workers_comp", "workers_comp_florida", 1, "WC_FL"),
        ("workers_comp", "workers_comp_texas", 2, "WC_TX_MFDR"),
        ("commercial", "bcbs", 1, "ERISA_L1"),  # each Blue plan has its own: none of them counts for all
    ],
)
def test_the_rules_of_a_large_payer_count_before_those_of_its_kind(kind, named, level, rule):
    assert K.clock_rule(kind, level, date(2026, 5, 4), named).id == rule


@pytest.mark.parametrize(("named", "level"), [("fehb", 3), ("marketplace", 3), ("workers_comp_florida", 2)])
def test_where_a_payers_levels_are_complete_none_follows(named, level):
    kind = "workers_comp" if named.startswith("workers_comp") else "commercial"
    assert K.clock_rule(kind, level, date(2026, 5, 4), named) is None


def test_without_a_state_workers_compensation_counts_the_fewest_days_known():
    for level, usual in ((1, "WC_STATE_NOT_CHOSEN"), (2, "WC_STATE_NOT_CHOSEN_L2")):
        known = [
            rule.days
            for rule in K.clocks.values()
            if rule.payer_file.startswith("workers_comp_")
            and (rule.purpose, rule.level) == ("appeal", level)
            and rule.days
        ]
        assert K.clocks[usual].days == min(known)


@pytest.mark.parametrize(("level", "rule"), [(1, "MCR_B_DISMISS"), (2, "MCR_B_DISMISS_L2"), (3, "MCR_B_DISMISS_L3")])
def test_a_dismissal_has_a_review_of_its_own_at_each_level_where_a_source_says_so(level, rule):
    assert K.dismissal_rule("medicare_b", level, date(2026, 5, 4)).id == rule
    assert K.dismissal_rule("medicare_b", 4, date(2026, 5, 4)) is None


def test_a_rule_counts_from_the_day_it_is_in_force():
    assert K.clock_rule("commercial", 2, date(2023, 6, 30), "anthem").id == "ERISA_L2"
    assert K.clock_rule("commercial", 2, date(2023, 7, 1), "anthem").id == "ANTHEM_A"


@pytest.mark.parametrize(
    ("kind", "named", "purpose", "length", "confidence"),
    [
        ("medicare_b", "", "claim_filing", "12 months", "source"),
        ("va", "", "claim_filing", "180 days", "source"),
        ("workers_comp", "workers_comp_texas", "claim_filing", "95 days", "knowledge"),
        ("commercial", "unitedhealthcare", "claim_filing", "90 days", "weak"),
        ("commercial", "aetna", "claim_filing", "120 days", "weak"),
        ("commercial", "humana", "claim_filing", "90 days", "weak"),
        ("medicare_advantage", "humana", "claim_filing", "12 months", "weak"),
        ("commercial", "", "corrected_claim", "180 days", "weak"),
    ],
)
def test_claims_and_corrected_claims_have_limits_with_their_confidence(kind, named, purpose, length, confidence):
    rule = K.filing_rule(kind, date(2026, 5, 4), named, purpose)
    assert (rule.length, rule.confidence) == (length, confidence)


@pytest.mark.parametrize("kind", ["commercial", "medicaid", "workers_comp", "auto"])
def test_where_each_plan_or_state_has_its_own_no_filing_limit_is_assumed(kind):
    assert K.filing_rule(kind) is None


@pytest.mark.parametrize(
    ("level", "year", "cents"),
    [(3, 2024, 18000), (3, 2025, 19000), (3, 2026, 20000), (5, 2024, 184000), (5, 2025, 190000), (5, 2026, 196000)],
)
def test_the_amount_in_controversy_follows_the_year_of_filing(level, year, cents):
    assert K.amount_in_controversy(level, year).cents == cents


@pytest.mark.parametrize(("level", "year"), [(3, 2027), (1, 2026), (4, 2026)])
def test_no_amount_is_made_up(level, year):
    assert K.amount_in_controversy(level, year) is None


@pytest.mark.parametrize(
    ("rule", "asked_on", "days"),
    [("MA_PA", date(2026, 1, 1), 7), ("MA_PA_2025", date(2025, 12, 31), 14), ("MCD_PA", date(2026, 1, 1), 7)],
)
def test_a_prior_authorization_is_decided_in_time(rule, asked_on, days):
    assert K.clocks[rule].in_force(asked_on)
    assert (K.clocks[rule].days, K.clocks[rule].purpose) == (days, "payer_decision")


def test_all_that_is_known_of_a_payer_is_listed():
    assert {rule.payer_file for rule in K.clocks_of("workers_comp")} == {"workers_comp"}
    assert {rule.id for rule in K.clocks_of("commercial", "fehb")} == {"FEHB_1", "FEHB_2"}
    assert K.clocks_of("auto") == ()
