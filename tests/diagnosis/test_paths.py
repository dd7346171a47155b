"""Every row of the playbook leads to a path of the product, by payer, and every word has its meaning."""

from collections import Counter

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis import diagnose
from tracker.diagnosis.facts import ClaimFacts
from tracker.diagnosis.paths import way_of
from tracker.domain.statuses import PATHS, path_words
from tracker.knowledge import load

K = load()


def ways(kind: str, said: str) -> tuple[int | None, str]:
    """Return the playbook row that speaks of a denial and the ways it leads to, best first; none for another payer."""
    facts = ClaimFacts(short_case({"payer": kind, "lines": ["97110-GP x1"], "said": said}), K).lines[0]
    reason, *remarks = said.split()
    play = K.play(*reason.split("-"), tuple(remarks), kind)
    if play is None:
        return None, ""
    denied = facts.classified is not None and facts.classified.line_class.opens_denial
    paths = (play.path, play.other_path)
    found = [way_of(path, "", facts).path if denied else path for path in paths if path]
    return play.rank, " or ".join(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("rank", "said", "words", "medicare", "commercial"),
    [
        (1, "OA-18 N522", "corrected_claim or reopening", "reopening", "corrected_claim"),
        (2, "CO-109 N418", "bill_other_payer", "bill_other_payer", "bill_other_payer"),
        (3, "CO-119 N362", "reopening", "reopening", ""),
        (4, "PR-119 N130", "appeal or bill_patient", "", "appeal or bill_patient"),
        (5, "CO-50 N115", "appeal", "appeal", "appeal"),
        (6, "PR-50 M38", "bill_patient", "bill_patient", ""),
        (7, "CO-50 N563", "appeal", "appeal", ""),
        (8, "CO-197 N54", "corrected_claim then appeal", "reopening or appeal", "corrected_claim or appeal"),
        (9, "CO-198 N640", "appeal", "appeal", "appeal"),
        (10, "CO-97 M15", "corrected_claim or appeal", "reopening or appeal", "corrected_claim or appeal"),
        (11, "CO-236 N20", "corrected_claim", "reopening", "corrected_claim"),
        (12, "CO-4 N519", "corrected_claim", "reopening", "corrected_claim"),
        (13, "CO-16 MA130", "corrected_claim", "corrected_claim", "corrected_claim"),
        (14, "CO-16 N479", "corrected_claim", "reopening", "corrected_claim"),
        (15, "CO-22 MA04", "bill_other_payer", "bill_other_payer", "bill_other_payer"),
        (16, "CO-252 N706", "provide_records", "send_records", "send_records"),
        (17, "CO-226 N706", "provide_records", "send_records", "send_records"),
        (18, "CO-251 N705", "provide_records", "send_records", "send_records"),
        (19, "CO-151 N362", "appeal", "appeal", "appeal"),
        (20, "CO-B7 N570", "corrected_claim", "reopening", "corrected_claim"),
        (21, "CO-29 N892", "appeal", "reopening", "appeal"),
        (22, "PR-27 N619", "bill_other_payer or bill_patient", "bill_other_payer or bill_patient", "bill_other_payer or bill_patient"),
        (23, "PR-26 N30", "bill_patient", "bill_patient", "bill_patient"),
        (24, "CO-31 N382", "corrected_claim", "reopening", "corrected_claim"),
        (25, "PR-204 N130", "bill_patient or appeal", "bill_patient or appeal", "bill_patient or appeal"),
        (26, "PR-96 N425", "bill_patient", "bill_patient or appeal", ""),
        (27, "CO-96 N130", "appeal", "appeal", "appeal"),
        (28, "CO-11 M76", "corrected_claim", "reopening", "corrected_claim"),
        (29, "CO-167 N569", "corrected_claim", "reopening", "corrected_claim"),
        (30, "CO-146 M76", "corrected_claim", "reopening", "corrected_claim"),
        (31, "CO-181 M20", "corrected_claim", "reopening", "corrected_claim"),
        (32, "CO-59 N936", "write_off", "write_off", "write_off"),
        (33, "CO-59 N20", "appeal", "appeal", "appeal"),
        (34, "CO-45 N851", "corrected_claim", "reopening", "corrected_claim"),
        (35, "CO-253", "write_off", "write_off", "write_off"),
        (36, "CO-45 N65", "appeal", "appeal", "appeal"),
        (37, "CO-150 N22", "appeal", "appeal", "appeal"),
        (38, "CO-B15 N122", "corrected_claim", "reopening", "corrected_claim"),
        (39, "CO-190 N106", "bill_other_payer", "bill_other_payer", ""),
        (40, "CO-97 N70", "bill_other_payer", "bill_other_payer", ""),
        (41, "CO-B9", "corrected_claim", "reopening", ""),
        (42, "CO-170 N95", "corrected_claim", "reopening", "corrected_claim"),
        (43, "CO-183 N574", "corrected_claim", "reopening", "corrected_claim"),
        (44, "CO-208 N516", "corrected_claim", "reopening", "corrected_claim"),
        (45, "CO-288 N489", "appeal", "appeal", "appeal"),
        (46, "CO-284 N54", "corrected_claim", "reopening", "corrected_claim"),
        (47, "CO-302 N351", "appeal", "appeal", "appeal"),
        (48, "CO-242 N52", "appeal", "appeal", "appeal"),
        (49, "CO-243 N630", "appeal", "appeal", "appeal"),
        (50, "CO-55 N623", "appeal", "appeal", "appeal"),
        (51, "CO-19 N743", "bill_other_payer", "bill_other_payer", "bill_other_payer"),
        (52, "CO-P12 N600", "write_off or appeal", "write_off or appeal", "write_off or appeal"),
        (53, "CO-P15 N591", "appeal", "appeal", "appeal"),
        (54, "PR-227 N179", "bill_patient", "bill_patient", "bill_patient"),
        (55, "CO-24 MA14", "bill_other_payer", "bill_other_payer", ""),
        (56, "OA-23", "none", "none", "none"),
        (57, "PR-1 N364", "bill_patient", "bill_patient", "bill_patient"),
        (58, "CO-A1 N10", "appeal", "appeal", "appeal"),
        (59, "CO-193 MA46", "appeal", "appeal", "appeal"),
        (60, "CO-286 N921", "appeal", "appeal", "appeal"),
        (61, "OA-257 N617", "none", "none", "none"),
        (62, "CO-276 N36", "appeal at primary", "appeal", "appeal"),
        (63, "CO-58 M77", "corrected_claim", "reopening", "corrected_claim"),
        (64, "CO-216 N432", "appeal", "appeal", "appeal"),
    ],
)  # fmt: skip
def test_each_row_leads_there(rank, said, words, medicare, commercial):
    """``words`` is what the trade calls the response; an empty path means that the row is not for that payer."""
    for kind, expected in (("medicare_b", medicare), ("commercial", commercial)):
        if expected:
            assert ways(kind, said) == (rank, expected), words


def test_the_routes_of_reason_and_remark_codes_are_paths_of_the_product():
    assert Counter(code.route for code in K.carc.values()) == {
        "appeal": 97, "none": 84, "corrected_claim": 78, "bill_patient": 50, "write_off": 48, "bill_other_payer": 27,
        "send_records": 23,
    }  # fmt: skip
    assert Counter(code.route for code in K.rarc.values()) == {
        "none": 439, "corrected_claim": 367, "send_records": 201, "appeal": 91, "bill_other_payer": 47,
        "bill_patient": 46, "write_off": 25,
    }  # fmt: skip


def test_an_unprocessable_claim_is_called_a_new_claim():
    case = short_case({"payer": "medicare_b", "lines": ["97110 x1"], "said": "CO-4 N822 MA130"})
    (best, *_), *_ = (line.suggestions for line in diagnose(case, K))

    assert best.path == "corrected_claim"
    assert path_words(best.path, ("4", "N822", "MA130")) == "Send a new claim"
    assert path_words(best.path, ("4", "N822")) == "Send a corrected claim"


def test_medicares_late_claim_is_a_request_for_an_exception_with_its_letter():
    case = short_case({"payer": "medicare_b", "lines": ["97110-GP x1"], "said": "CO-29"})
    best = diagnose(case, K)[0].suggestions[0]

    assert (best.root_cause, best.path, best.letter) == ("tf_claim_late", "reopening", "L05")
    assert any("424.44(b)" in reason.words for reason in best.reasons)
    assert path_words(best.path, ("29",)) == "Ask for a timely-filing exception"


def test_another_payers_late_claim_is_appealed_with_the_same_letter():
    case = short_case({"payer": "commercial", "lines": ["97110-GP x1"], "said": "CO-29"})
    best = diagnose(case, K)[0].suggestions[0]
    assert (best.path, best.letter) == ("appeal", "L05")


@pytest.mark.parametrize("path", PATHS)
def test_a_path_has_its_own_words_for_all_other_codes(path):
    assert path_words(path, ("50", "N115")) == PATHS[path]
