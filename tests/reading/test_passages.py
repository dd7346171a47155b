"""Passages and headings of notes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.passages import headings, passages


def _words(text: str) -> list[str]:
    return [passage.of(text) for passage in passages(text)]


def test_lines_and_sentences_are_passages():
    text = "S: Feels better. Slept well!\n\nO: ROM 0-110; strength 4/5\n"
    assert _words(text) == ["S: Feels better.", "Slept well!", "O: ROM 0-110;", "strength 4/5"]


@pytest.mark.parametrize(
    "text", ["Ther. ex x 15 min", "Seen by Dr. A. Ruiz today", "Did approx. 10 reps", "4. Bridges 3x10", "TUG 13.5 s"]
)
def test_a_stop_that_ends_no_sentence_does_not_divide(text):
    assert _words(text) == [text]


@given(st.text(alphabet=st.sampled_from("abc .;\n\t1A:"), max_size=900))
def test_passages_follow_one_another_and_leave_out_only_spaces(text):
    found = passages(text)
    assert "".join("".join(passage.of(text).split()) for passage in found) == "".join(text.split())
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(len(passage.of(text)) <= 400 for passage in found)


def test_headings_hold_what_stands_under_them():
    text = "SUBJECTIVE\nTired.\nO: ROM 90\nShort-Term Goals: walk 200 ft\n# Plan\n2x/week"
    found = {heading.title: text[heading.start : heading.end].strip() for heading in headings(text)}
    assert found == {
        "subjective": "Tired.",
        "objective": "ROM 90",
        "short-term goals": "walk 200 ft",
        "plan": "2x/week",
    }


def test_a_sentence_is_no_heading():
    assert headings("Patient walked 200 ft with a cane and rested\nThen sat down") == ()


@pytest.mark.parametrize("piece", ["a.", "A"])
def test_a_megabyte_without_spaces_takes_linear_time(piece):
    assert_linear(piece, lambda text: (passages(text), headings(text)))
