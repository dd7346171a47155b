"""Words of a note and what they show."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.services import lowered
from tracker.reading.techniques import find_techniques, stem_of, within


def shown(text: str) -> set[str]:
    return {code for each in find_techniques(lowered(text)) for code in each.shows | each.also}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EFFLEURAGE and petrisage to UT", "97124"),
        ("gr. III inferior GH glides", "97140"),
        ("soft-tissue mobilisation of the calf", "97140"),
        ("IASTM to ITB", "97140"),
        ("SLR 2# 3x10", "97110"),
        ("clam shells? no: clamshells x20", "97110"),
        ("step-ups 6 in", "97110"),
        ("tandem stance w/ perturbations", "97112"),
        ("amb 80 ft w/ SPC", "97116"),
        ("sit-to-stands from 17 in", "97530"),
        ("LB dressing with sock-aid", "97535"),
        ("chin-tuck with IDDSI 2", "92526"),
        ("semantic features, word-finding", "92507"),
        ("spaced retrieval of med list", "97129"),
        ("Dix-Hallpike +, Epleys", "95992"),
        ("IFC 80-150 Hz", "G0283"),
        ("TENS 4 pads", "G0283"),
    ],
)
def test_a_word_shows_its_service_in_whatever_form_it_is_written(text, code):
    assert code in shown(text)


@pytest.mark.parametrize(
    "text",
    [
        "no massage today",
        "Massage: deferred, skin broken",
        "massage was not performed",
        "without massage",
        "Massage L/S | -- | -- | --",
        "Pt declined massage",
    ],
)
def test_what_the_note_denies_shows_nothing(text):
    assert "97124" not in shown(text)


def test_a_denial_ends_with_its_clause():
    assert "97124" in shown("no pain, massage to calf")
    assert "97124" in shown("no swelling. Massage to calf")


def test_the_longest_phrase_counts():
    (found,) = [each for each in find_techniques("chin tuck") if "97110" in each.shows or "92526" in each.shows]

    assert (found.start, found.end) == (0, 9)


@given(st.text(alphabet="abcdeginrstz", min_size=1, max_size=14))
def test_a_stem_is_no_longer_than_its_word(word):
    assert len(stem_of(word)) <= len(word)


@given(
    st.lists(
        st.sampled_from(["massage", "no", "gr III", "ſ İ", "\n", "|", "--", ": deferred", "SLR", "3x10"]), max_size=40
    )
)
def test_every_place_lies_in_the_text_and_none_overlap(words):
    text = " ".join(words)
    found = find_techniques(lowered(text))

    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(first.end <= second.start for first, second in pairwise(found))
    assert tuple(within(found, 0, len(text))) == found


@pytest.mark.parametrize("piece", ["massage no ", "-- | ", "grade ", "a" * 50 + " ", "single leg ", "no\n", "é"])
def test_a_hostile_note_takes_linear_time(piece):
    assert_linear(piece, find_techniques, lowered)
