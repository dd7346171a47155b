"""A paragraph is offered for another letter only when it tells nothing of the first patient."""

import pytest

from tracker.letters.reusable import is_reusable

FACTS = {
    "patient": {"name": "Nkechi Okafor"},
    "clinician": {"name": "Amara Okoro"},
    "signer": {"name": "Dana Whitfield"},
    "plan": None,
    "quotes": [{"text": "Tactile cues for quad timing on step-down"}],
}


@pytest.mark.parametrize(
    "text",
    [
        "The grading of each step needed a therapist's judgment.",
        "The coverage rule is 42 CFR 410.60(b) and the manual, chapter 15, section 220.2.",
    ],
)
def test_a_paragraph_without_facts_is_reusable(text):
    assert is_reusable(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "Ms. Okafor needed a therapist.",
        "Okoro graded each step.",
        "As of 9/14/2026 she walked alone.",
        "She improved through September.",
        "Claim EPT000013 was paid.",
        "You owe $147.00.",
        "Her score rose from 27 to 38.",
        "The note tells of tactile cues for quad timing that an aide cannot give.",
        "",
    ],
)
def test_a_paragraph_with_a_fact_of_the_first_patient_is_not(text):
    assert not is_reusable(text, FACTS)
