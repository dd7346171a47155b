"""Names of services and the codes they may mean."""

import pytest

from tracker.knowledge import load
from tracker.reading import services
from tracker.reading.services import codes_in_words, find_services, lowered


def codes(text: str) -> list[str]:
    return [service.codes[0] for service in find_services(text, lowered(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ther-ex, ther. ex and THEREX", ["97110", "97110", "97110"]),
        ("neuro re-ed and neuromuscular reeducation", ["97112", "97112"]),
        ("Self-care/home management", ["97535"]),
        ("97140 and g0283", ["97140", "G0283"]),
        ("TE then TA", ["97110", "97530"]),
    ],
)
def test_names_and_abbreviations_are_found(text: str, found: list[str]):
    assert codes(text) == found


def test_an_abbreviation_that_is_a_word_counts_only_in_capitals():
    assert codes("he gave us a te deum") == []


def test_a_name_inside_another_word_is_no_name():
    assert codes("exercised, gaited, regroup, 197110, 971105") == []


def test_a_massage_is_no_exercise_and_an_evaluation_no_treatment():
    assert codes("massage") == ["97124"]
    assert codes("PT evaluation") == ["97161"]


def test_words_of_a_plan_become_codes():
    assert codes_in_words("therapeutic exercise, manual therapy and gait training") == ("97110", "97140", "97116")


def test_every_code_of_the_lexicon_is_in_the_code_list():
    named = {code for each in services._ABBREVIATED.values() for code in each}

    assert named <= load().codes.keys()


def test_places_hold_when_lower_case_is_longer():
    text = "İ İ Ther ex 15"
    service = find_services(text, lowered(text))[0]

    assert text[service.start : service.end] == "Ther ex"
