"""What the checker concludes from the rules' answers."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.short_cases import short_case
from tests.growth import assert_linear
from tracker.diagnosis import LineDiagnosis, ReasonKind, Strength, as_json, diagnose
from tracker.domain.statuses import PATHS
from tracker.knowledge import load


def diagnosis_of(**facts: Any) -> LineDiagnosis:
    return diagnose(short_case(facts), load())[0]


def causes(**facts: Any) -> list[str]:
    return [suggestion.root_cause for suggestion in diagnosis_of(**facts).suggestions]


def ruled_out(**facts: Any) -> list[str]:
    return [each.root_cause for each in diagnosis_of(**facts).ruled_out]


# ---- ranking

_TOO_MANY = "97110 20 min: heel slides 2x15, bridges 3x10 with cue to brace\nTimed 20 / Total 20"
_NO_CERTIFICATION = {"established_on": "2026-05-01", "order_on_file": False}


def test_a_fact_of_the_claim_outranks_arithmetic():
    found = causes(payer="medicare_b", lines=["97110 x3"], note=_TOO_MANY, said="CO-50")

    assert found[:2] == ["mod_discipline", "unt_exceed_minutes"]


def test_arithmetic_outranks_a_missing_certification():
    found = causes(payer="medicare_b", lines=["97110-GP x3"], note=_TOO_MANY, plan=_NO_CERTIFICATION, said="CO-50")

    assert found[:2] == ["unt_exceed_minutes", "doc_certification_missing"]


def test_a_missing_certification_outranks_what_the_content_suggests():
    found = causes(
        payer="medicare_b",
        lines=["97124-GP x1"],
        plan={**_NO_CERTIFICATION, "treatment_days_since_progress_report": 9},
        said="CO-50",
    )

    assert found == ["doc_certification_missing", "mn_excess_or_passive"]


def test_the_reason_code_is_a_prior_and_no_verdict():
    """CO-50 says not necessary; the units are what is wrong."""
    assert causes(payer="medicare_b", lines=["97110-GP x3"], note=_TOO_MANY, said="CO-50 N115") == [
        "unt_exceed_minutes"
    ]


@pytest.mark.parametrize(("said", "explained"), [("CO-50 N115", False), ("CO-197", False), ("CO-16 N286 MA130", True)])
def test_a_missing_referring_provider_explains_only_a_denial_that_speaks_of_it(said, explained):
    found = causes(payer="medicare_b", lines=["97110-GP x2"], referring=None, said=said)

    assert ("prov_enrolment_or_npi" in found) is explained


def test_three_suggestions_at_most():
    found = causes(
        payer="medicare_b",
        lines=["97124 x3", "97140-GP x1"],
        note="Massage 10 min\nManual 15 min\nTimed 25",
        plan={**_NO_CERTIFICATION, "treatment_days_since_progress_report": 14, "interventions": ["97140"]},
        eligibility={"active_from": "2026-01-01", "active_to": "2026-06-30"},
        said="CO-97",
    )

    assert len(found) == 3


def test_a_cause_of_the_whole_visit_explains_nothing_when_another_line_was_paid():
    late = {"number": "A1", "from": "2026-01-01", "to": "2026-06-30"}
    facts = {
        "lines": ["97110-GP x2", "97140-GP x1"],
        "authorization": late,
        "claim_authorization": "A1",
        "said": "CO-50",
    }

    assert causes(**facts, denied=[2]) == ["auth_exceeded_or_mismatch"]
    assert causes(**facts, paid=[2]) == []


def test_an_authorization_for_other_codes_explains_one_line_beside_a_paid_one():
    partial = {"number": "A1", "codes": ["97140"]}

    assert causes(lines=["97110-GP x2", "97140-GP x1"], authorization=partial, claim_authorization="A1", paid=[2]) == [
        "auth_exceeded_or_mismatch"
    ]


# ---- payer errors

_RIGHT = "97110 30 min: heel slides 2x15, bridges 3x10 with cue to brace\nTimed 30 / Total 30"


def test_recomputed_units_prove_the_payer_wrong():
    suggestion = diagnosis_of(payer="medicare_b", lines=["97110-GP x2"], note=_RIGHT, said="CO-151").suggestions[0]

    assert (suggestion.root_cause, suggestion.path, suggestion.letter) == ("pay_payer_error", "appeal", "L12")
    assert "30 timed minutes make 2 units" in suggestion.reasons[0].words
    assert [each.quote for each in suggestion.evidence] == ["97110 30 min", "Timed 30 / Total 30"]


def test_proof_does_not_speak_while_something_else_is_wrong():
    assert causes(payer="medicare_b", lines=["97110 x2"], note=_RIGHT, said="CO-151") == ["mod_discipline"]


def test_minutes_of_an_aide_prove_nothing():
    note = "97110 30 min with rehab tech\nTimed 30 / Total 30"

    found = causes(payer="medicare_b", lines=["97110-GP x2"], note=note, said="CO-151")

    assert found == ["prov_personnel_unqualified"]


def test_units_prove_nothing_against_medical_necessity():
    assert causes(payer="medicare_b", lines=["97110-GP x2"], note=_RIGHT, said="CO-50") == []


def test_a_way_of_counting_nobody_set_proves_something_only_when_both_ways_agree():
    note = "97110 8 min\n97140 8 min\nTimed 16 / Total 16"  # one unit by CMS, two counted alone

    assert causes(payer="commercial", lines=["97110-GP x1", "97140-GP x1"], note=note, said="CO-151") == []
    assert causes(payer="commercial", lines=["97110-GP x2"], note=_RIGHT, said="CO-151") == ["pay_payer_error"]


def test_modifiers_that_are_right_prove_a_modifier_denial_wrong():
    suggestion = diagnosis_of(
        payer="medicare_advantage",
        lines=["97535-GO-CO x2"],
        note=_BY_ASSISTANT,
        note_by="W. Ruiz COTA/L",
        said="CO-4 N519",
    ).suggestions[0]

    assert (suggestion.root_cause, suggestion.path, suggestion.strength) == (
        "pay_payer_error",
        "appeal",
        Strength.LIKELY,
    )
    assert set(suggestion.rules) == {"CLM_DISCIPLINE_MODIFIER", "CLM_MODIFIER_MISMATCH", "STAFF_CQ_CO"}


_BY_ASSISTANT = (
    "Self-care 30 min: tub bench, cues to lock the brake.\nTimed 30 / Total 30\nW. Ruiz, COTA/L e-signed 8/3/2026"
)


def test_nothing_on_file_proves_no_judgment_wrong():
    assert causes(payer="medicare_b", lines=["97110-GP x2"], said="CO-50 N115") == []


_SKILLED = """
97110 30 min: heel slides with strap 2x12, tactile cue to VMO to stop the lag, leg press 40 lb 2x12 stopped at 70 deg for pain.
Knee flexion 98 deg (91 last week), gait speed 0.68 m/s, was 0.55 at evaluation.
Goal by 9/30/2026: climb 12 steps with one rail, now 6 steps with min A.
Timed 30 / Total 30
J. Cole, PT, DPT e-signed 8/3/2026"""


def test_a_note_that_shows_skill_and_progress_proves_a_judgment_wrong_with_its_words():
    found = diagnosis_of(payer="commercial", lines=["97110-GP x2"], note=_SKILLED, said="CO-50").suggestions[0]

    assert (found.root_cause, found.path, found.strength) == ("pay_payer_error", "appeal", Strength.LIKELY)
    assert {"CODE_97110_SPECIFIC", "MN_PROGRESS"} <= set(found.rules)
    assert found.evidence


def test_one_thing_that_is_not_shown_and_the_judgment_stands():
    without_progress = _SKILLED.replace(
        "Knee flexion 98 deg (91 last week), gait speed 0.68 m/s, was 0.55 at evaluation.\n", ""
    )
    without_progress = without_progress.replace(
        "Goal by 9/30/2026: climb 12 steps with one rail, now 6 steps with min A.\n", ""
    )

    assert "pay_payer_error" not in causes(lines=["97110-GP x2"], note=without_progress, said="CO-50")


# ---- records asked for


def test_a_request_for_records_comes_before_what_they_hold():
    found = diagnosis_of(payer="medicare_b", lines=["97110-GP x3"], note=_TOO_MANY, said="CO-252 N706")

    assert (found.suggestions[0].root_cause, found.suggestions[0].path) == ("doc_record_not_provided", "send_records")


def test_a_judgment_with_a_remark_on_records_rests_on_what_they_hold():
    found = causes(payer="medicare_b", lines=["97110-GP x3"], note=_TOO_MANY, said="CO-50 N706")

    assert found[:2] == ["unt_exceed_minutes", "doc_record_not_provided"]


# ---- for and against


def test_a_rule_that_is_kept_speaks_against_its_cause():
    certified = {"established_on": "2026-05-01", "certified_on": "2026-05-10", "certified_by": "A. Osei MD"}
    found = diagnosis_of(payer="medicare_b", lines=["97110-GP x2"], plan=certified, said="CO-50").suggestions[0]

    assert found.root_cause == "doc_certification_missing"  # the certified interval has run out
    assert (ReasonKind.AGAINST, "The plan of 05/01/2026 was certified on 05/10/2026.") in found.reasons


def test_why_a_cause_stands_first_although_the_code_points_elsewhere():
    found = diagnosis_of(payer="medicare_b", lines=["97110 x2"], said="CO-29").suggestions[0]

    assert found.root_cause == "mod_discipline"
    assert found.reasons[-2:] == (
        (
            ReasonKind.CODES,
            "The payer's code 29 would mean something else; this stands first because it is a fact of the claim.",
        ),
        (ReasonKind.WAY, "Medicare corrects a processed claim by a reopening, not by a replacement claim."),
    )


# ---- paths


def test_ma130_never_leads_to_an_appeal():
    suggestion = diagnosis_of(
        payer="medicare_b", lines=["97110-GP x2"], plan=_NO_CERTIFICATION, said="CO-16 M141", claim_remarks=["MA130"]
    ).suggestions[0]

    assert suggestion.path == "corrected_claim"
    assert (ReasonKind.WAY, "MA130: no appeal rights, send a new claim.") in suggestion.reasons


def test_an_appeal_the_payer_does_not_take_is_not_offered():
    suggestion = diagnosis_of(lines=["97110-GP x2"], said="CO-197", claim_remarks=["N211"]).suggestions[0]

    assert (suggestion.root_cause, suggestion.path) == ("auth_absent", "write_off")


@pytest.mark.parametrize(("kind", "path"), [("medicare_b", "reopening"), ("commercial", "corrected_claim")])
def test_medicare_reopens_where_others_take_a_corrected_claim(kind: str, path: str):
    suggestion = diagnosis_of(payer=kind, lines=["97110-GP-GO x2"], said="CO-4").suggestions[0]

    assert (suggestion.root_cause, suggestion.path) == ("mod_discipline", path)


def test_the_patient_is_billed_only_under_pr():
    limit = {"visit_limit": 20, "visits_used": 20, "checked_on": "2026-08-01"}

    assert diagnosis_of(lines=["97110-GP x2"], said="PR-119", eligibility=limit).suggestions[0].path == "bill_patient"
    assert diagnosis_of(lines=["97110-GP x2"], said="CO-119", eligibility=limit).suggestions[0].path == "appeal"


def test_a_late_claim_is_not_appealed_at_medicare():
    sent = [{"on": "2026-08-10", "proof": "277CA accepted 2026-08-11"}]
    suggestion = diagnosis_of(payer="medicare_b", lines=["97110-GP x2"], said="CO-29", submissions=sent).suggestions[0]

    assert (suggestion.root_cause, suggestion.path, suggestion.letter) == ("pay_payer_error", "reopening", "L05")


def test_a_cause_that_is_not_its_rules_usual_one_goes_its_own_way():
    """Ultrasound without settings: its rule is about the wrong code, a thin note is appealed."""
    note = "US 9 min.\nTher ex 16 min: eccentric wrist extension 1 lb 3x12, cue slow.\nTimed 25 / Total 25"
    found = diagnosis_of(
        payer="medicare_b", lines=["97035-GO x1", "97110-GO x1"], note=note, said="CO-150 N163"
    ).suggestions[0]

    assert (found.root_cause, found.path) == ("doc_intervention_vague", "appeal")


# ---- what the payer's code itself says


@pytest.mark.parametrize(
    ("said", "cause", "path"),
    [
        ("PR-27", "elig_not_active", "bill_other_payer"),
        ("CO-109", "elig_not_active", "bill_other_payer"),
        ("CO-22", "cob_other_coverage", "bill_other_payer"),
        ("CO-11", "cod_diagnosis", "corrected_claim"),
        ("OA-18", "dup_submission", "corrected_claim"),
    ],
)
def test_without_a_rule_the_code_gives_a_weak_hint(said: str, cause: str, path: str):
    suggestion = diagnosis_of(lines=["97110-GP x2"], said=said).suggestions[0]

    assert (suggestion.root_cause, suggestion.path, suggestion.strength) == (cause, path, Strength.WEAK)
    assert suggestion.rules == ()


@pytest.mark.parametrize("said", ["CO-50", "CO-150", "CO-151", "CO-152", "CO-97", "CO-A1"])
def test_a_code_that_judges_gives_no_hint(said: str):
    assert causes(lines=["97110-GP x2"], said=said) == []


def test_a_cause_that_is_ruled_out_is_not_hinted_at():
    covered = {"active_from": "2026-01-01", "checked_on": "2026-08-20"}
    diagnosis = diagnosis_of(lines=["97110-GP x2"], said="PR-27", eligibility=covered)

    assert [each.root_cause for each in diagnosis.suggestions] == ["pay_payer_error"]
    assert "elig_not_active" in [each.root_cause for each in diagnosis.ruled_out]


# ---- ruled out


def test_what_is_ruled_out_is_never_suggested():
    facts = {"payer": "medicare_b", "lines": ["97110-GP x3"], "note": _TOO_MANY, "said": "CO-151"}

    assert "unt_exceed_minutes" in causes(**facts)
    assert "unt_exceed_minutes" not in ruled_out(**facts)


def test_units_that_are_right_and_a_pair_that_is_none_are_ruled_out():
    out = ruled_out(lines=["97110-GP x2", "97530-GP x1"], note=_RIGHT, said="CO-97")

    assert {"unt_exceed_minutes", "bun_not_separable", "bun_modifier_needed"} <= set(out)


def test_a_ruled_out_cause_has_no_path():
    assert {each.path for each in diagnosis_of(lines=["97110-GP x2"], note=_RIGHT, said="CO-151").ruled_out} == {"none"}


# ---- older tables


def test_an_older_quarters_table_is_said_and_makes_a_finding_likely_at_most():
    suggestion = diagnosis_of(
        payer="medicare_b", lines=["97110-GP x1", "97150-GP x1"], on="2026-08-03", said="CO-50"
    ).suggestions[0]

    assert suggestion.root_cause == "bun_modifier_needed"
    assert suggestion.strength is Strength.LIKELY
    assert "table of 2024q3, the newest table loaded for 08/03/2026" in suggestion.reasons[0].words


@pytest.mark.parametrize(("on", "said"), [("2024-08-06", "CO-50"), ("2026-08-03", "CO-97")])
def test_the_quarters_own_table_or_the_payers_word_make_it_strong(on: str, said: str):
    suggestion = diagnosis_of(payer="medicare_b", lines=["97110-GP x1", "97150-GP x1"], on=on, said=said).suggestions[0]

    assert suggestion.strength is Strength.STRONG


@pytest.mark.parametrize(
    ("on", "said", "strength"),
    [
        ("2024-08-06", "CO-50", Strength.STRONG),
        ("2026-08-03", "CO-50", Strength.LIKELY),
        ("2026-08-03", "CO-151 N362", Strength.STRONG),
    ],
)
def test_an_older_limit_is_said_and_makes_too_many_units_likely_at_most(on: str, said: str, strength: Strength):
    suggestions = diagnosis_of(payer="medicare_b", lines=["97112-GP x5"], on=on, said=said).suggestions
    found = next(each for each in suggestions if each.root_cause == "unt_over_limit")

    assert found.strength is strength
    assert ("the newest table loaded for 08/03/2026" in found.reasons[0].words) is (on == "2026-08-03")


def test_the_newest_table_is_named_where_it_holds_no_pair():
    found = diagnosis_of(payer="medicare_b", lines=["97530-GP x1", "97116-GP x1"], said="CO-97").suggestions[0]

    assert (found.root_cause, found.strength) == ("pay_payer_error", Strength.LIKELY)
    assert "newest table loaded for 08/03/2026" in found.reasons[0].words


# ---- which lines


def test_adjusted_lines_that_are_no_denial_say_so():
    case = short_case({"payer": "medicare_b", "lines": ["97110-GP x2", "97140-GP x1"], "paid": [2]})
    denied, paid = diagnose(case, load())

    assert denied.line == 1
    assert [(each.root_cause, each.path) for each in paid.suggestions] == [("adj_not_a_denial", "none")]


def test_a_line_nobody_answered_is_left_out():
    assert len(diagnose(short_case({"lines": ["97110-GP x2", "97140-GP x1"]}), load())) == 1


def test_a_denial_of_the_claim_speaks_of_every_line():
    case = short_case({"lines": ["97110-GP x2", "97140-GP x1"], "said": "CO-29"})
    assert case.remittance is not None
    denial = case.remittance.lines[0].adjustments
    whole = _with_remittance(case, lines=(), claim_adjustments=denial)

    found = diagnose(whole, load())

    assert [(line.line, line.suggestions[0].root_cause) for line in found] == [
        (1, "tf_claim_late"),
        (2, "tf_claim_late"),
    ]


def _with_remittance(case: Any, **changes: Any) -> Any:
    return replace(case, remittance=replace(case.remittance, **changes))


def test_an_unsent_claim_has_no_denials():
    assert diagnose(replace(short_case({"lines": ["97110-GP x2"]}), remittance=None), load()) == ()


# ---- the printed shape


def test_the_printed_shape_is_that_of_the_command():
    case = short_case({"payer": "medicare_b", "lines": ["97110-GP x3"], "note": _TOO_MANY, "said": "CO-151"})
    printed = json.loads(json.dumps(as_json(case.case_id, diagnose(case, load()))))

    assert [entry.keys() for entry in printed] == [{"case_id", "line", "suggestions", "ruled_out"}]
    suggestion = printed[0]["suggestions"][0]
    assert suggestion.keys() == {
        "root_cause", "path", "strength", "rules", "reasons", "evidence", "against", "cure", "letter",
    }  # fmt: skip
    assert suggestion["evidence"][0] == {"note": 0, "start": 0, "end": 12, "quote": "97110 20 min"}


# ---- whatever comes

_SAID = ["CO-50", "CO-151 N362", "CO-97 M15", "CO-197", "CO-29", "OA-18", "CO-16 N54", "PR-119", "CO-252", "CO-B7"]
_CODES = ["97110-GP", "97140-GP-59", "97124-GP", "97150-GP", "97530", "97162-GP", "97010-GP", "92507-GN", "20561-GP"]


@given(
    st.sampled_from(["medicare_b", "medicare_advantage", "medicaid", "commercial", "workers_comp", "auto", "tricare"]),
    st.lists(
        st.tuples(st.sampled_from(_CODES), st.integers(1, 5)), min_size=1, max_size=4, unique_by=lambda line: line[0]
    ),
    st.sampled_from(_SAID),
    st.text(alphabet="97110 TEMT timed total\n0123456789:-xmin,. PTA\u0130", max_size=400),
    st.integers(0, 30),
)
def test_quotes_are_exact_and_suggestions_keep_their_limits(kind, lines, said, note, used):
    case = short_case(
        {
            "payer": kind,
            "lines": [f"{code} x{units}" for code, units in lines],
            "denied": [2, 3],
            "said": said,
            "note": note,
            "authorization": {"number": "A1", "visits_allowed": 20, "visits_used": used},
            "plan": {"established_on": "2026-05-01", "treatment_days_since_progress_report": used},
        }
    )
    for line in diagnose(case, load()):
        assert len(line.suggestions) <= 3
        assert not {each.root_cause for each in line.suggestions} & {each.root_cause for each in line.ruled_out}
        for suggestion in (*line.suggestions, *line.ruled_out):
            assert suggestion.path in PATHS
            assert suggestion.root_cause in load().root_causes
            assert len(suggestion.evidence) <= 4
            for quote in (*suggestion.evidence, *suggestion.against):
                assert case.notes[quote.note].text[quote.start : quote.end] == quote.quote
                assert 0 < len(quote.quote) <= 200


# ---- one note, all of a visit


@pytest.mark.parametrize("joint", ["", "\n"])
def test_a_hostile_note_is_diagnosed_without_squares(joint):
    """1 MB of what notes are made of, without a line's end and with many."""
    pieces = [
        "97110 15 min 9:05-9:28 ",
        "Goal: walk 500 ft, was 300; ",
        "(" * 50,
        "PTA ",
        "x15' ",
        "3x10 ",
        "LEFS 38/80 ",
    ]

    def case_with(note):
        return short_case({"payer": "medicare_b", "lines": ["97110-GP x2", "97530-GP x1"], "denied": [2], "note": note})

    assert_linear(joint.join(pieces), lambda case: diagnose(case, load()), case_with)


# ---- what a note that complies proves


def test_a_note_that_complies_does_not_disprove_an_exclusion_without_a_reason():
    note = "TE 24 min: heel raise 3x12 w/ cue to keep knee straight; ankle DF 4 -> 9 deg. Timed 24, total 24."

    assert "pay_payer_error" not in causes(lines=["97110-GP x2"], note=note, said="CO-96")
    assert causes(lines=["97110-GP x2"], note=note, said="CO-50")[:1] == ["pay_payer_error"]


# ---- habilitative visits


@pytest.mark.parametrize(
    ("facts", "strength"),
    [
        ({}, Strength.WEAK),
        ({"note": "Ther act 30 min: buttons, a skill never acquired, with hand over hand help."}, Strength.LIKELY),
        ({"note": "Ther act 30 min: buttons. Rehabilitative plan."}, Strength.WEAK),
        ({"payer": {"kind": "commercial", "habits": {"counts_habilitative_apart": True}}}, Strength.LIKELY),
        ({"lines": ["97530-GO x2 dx:1", "97110-GO-96 x1 dx:1"]}, Strength.LIKELY),
    ],
)
def test_a_missing_96_is_likely_only_where_something_beside_the_diagnosis_shows_it(
    facts: dict[str, Any], strength: Strength
):
    given_facts = {"lines": ["97530-GO x2 dx:1"], "diagnoses": ["F82"], "said": "CO-4 N822", **facts}

    found = {each.root_cause: each.strength for each in diagnosis_of(**given_facts).suggestions}

    assert found["mod_other"] is strength
