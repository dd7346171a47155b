"""A hostile note of a megabyte is read at once, and every fact stands inside its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.note import ReadNote

SUBJECTS = ("goals", "measures", "skill", "progress", "maintenance", "frequencies", "visits_this_week", "sides", "dose_rows", "shingles")  # fmt: skip
PIECES = [
    "goal: walk 10 ft by 6/1. ", "ltg\n", "tug 18 s (was 24) ", "was 1 ", "1 -> ", "from 1 to ", "no a a a ", "tol tx ", "l knee ", "right lateral ", "r ", "2x/wk ", "two ", "a  3x10  3x10\n", "1. a\n", "x", " ", "\n", "(", "tug | 1 | ", "maintain her ", "5", "-- ",
]  # fmt: skip
WORDS = [
    "L knee",
    "goal:",
    "TUG 18 (was 24)",
    "cue",
    "no change",
    "2x/wk",
    "maintenance",
    "3x10",
    "   ",
    "\n",
    ".",
    "İ",
    "ß",
    "|",
    "5/10",
    "->",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_one_piece_takes_linear_time(piece):
    assert_linear(piece, lambda note: [getattr(note, subject) for subject in SUBJECTS], ReadNote)


@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_every_fact_stands_inside_its_text(words):
    note = ReadNote(" ".join(words))
    places = [*note.goals, *note.measures, *note.skill.shown, *note.progress, *note.maintenance.aim, *note.frequencies, *note.sides, *note.dose_rows]  # fmt: skip
    for place in places:
        assert 0 <= place.start < place.end <= len(note.text)
        passage = note.passage_at(place.start)
        assert passage.start <= place.start <= passage.end
