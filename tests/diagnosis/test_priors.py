"""What the payer's codes and billers' choices say for a cause: they order equals."""

from typing import Any

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis import Choices, LineDiagnosis, ReasonKind, diagnose
from tracker.diagnosis.facts import ClaimFacts, LineFacts
from tracker.diagnosis.priors import NO_CHOICES, Prior, choices_in_words, leaning, prior_of
from tracker.knowledge import load


def line(**facts: Any) -> LineFacts:
    return ClaimFacts(short_case({"lines": ["97110-GP x2"], **facts}), load()).lines[0]


@pytest.mark.parametrize(
    ("said", "cause", "prior"),
    [
        ("CO-29", "tf_claim_late", Prior.STATED),
        ("CO-16 N443", "doc_minutes_missing", Prior.STATED),
        ("CO-150", "cod_eval_unsupported", Prior.BY_PLAY_OR_REMARK),  # the playbook's row: a level coded down
        ("CO-150", "mn_skill_not_shown", Prior.BY_REASON),
        ("CO-16 N661", "mn_skill_not_shown", Prior.BY_PLAY_OR_REMARK),
        ("CO-29", "mn_skill_not_shown", Prior.NONE),
    ],
)
def test_the_plainer_a_code_points_at_a_cause_the_stronger_the_prior(said: str, cause: str, prior: Prior):
    assert prior_of(line(said=said), cause) is prior


def test_a_code_says_other_things_to_other_payers():
    assert prior_of(line(payer="medicare_b", said="PR-119"), "mod_kx") is Prior.STATED
    assert prior_of(line(payer="commercial", said="PR-119"), "elig_benefit_limit") is Prior.STATED


# Two records missing alike: a certification and a progress report; both rules are reported with CO-50.
_TWO_GAPS = {
    "payer": "medicare_b",
    "lines": ["92507-GN x1"],
    "plan": {
        "established_on": "2026-05-01",
        "order_on_file": False,
        "treatment_days_since_progress_report": 14,
    },
}


def diagnosis(choices: Any = NO_CHOICES, **facts: Any) -> LineDiagnosis:
    return diagnose(short_case({**_TWO_GAPS, **facts}), load(), choices=choices)[0]


def test_a_remark_orders_causes_of_one_rank():
    assert diagnosis(said="CO-50 N394").suggestions[0].root_cause == "doc_progress_report_missing"
    assert diagnosis(said="CO-50 N473").suggestions[0].root_cause == "doc_certification_missing"


def test_choices_of_billers_break_ties():
    chosen = {"doc_progress_report_missing": Choices(accepted=3, rejected=1)}

    assert diagnosis(said="CO-50").suggestions[0].root_cause == "doc_certification_missing"
    assert diagnosis(chosen, said="CO-50").suggestions[0].root_cause == "doc_progress_report_missing"


def test_choices_of_billers_outweigh_neither_a_remark_nor_a_fact():
    chosen = {"doc_progress_report_missing": Choices(accepted=40), "unt_exceed_minutes": Choices(accepted=40)}
    case = short_case(
        {"payer": "medicare_b", "lines": ["97110 x3"], "note": "97110 20 min\nTimed 20 / Total 20", "said": "CO-50"}
    )

    assert diagnosis(chosen, said="CO-50 N473").suggestions[0].root_cause == "doc_certification_missing"
    assert diagnose(case, load(), choices=chosen)[0].suggestions[0].root_cause == "mod_discipline"


def test_choices_are_told_as_counts():
    found = diagnosis({"doc_certification_missing": Choices(4, 1)}, said="CO-50").suggestions[0]

    told = "With this payer billers accepted this cause 4 times and rejected it once."
    assert (ReasonKind.CHOICES, told) in found.reasons


def test_nobody_chose_says_nothing():
    assert leaning({}, "mod_kx") == 0
    assert choices_in_words({}, "mod_kx") == ""
    assert leaning({"mod_kx": Choices(1, 3)}, "mod_kx") == -2
