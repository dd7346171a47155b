"""Exercise doses: sets, repetitions, load, hold and cueing, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import LONG, assert_linear
from tracker.reading.doses import Dose, over_visits, read_doses
from tracker.reading.note import ReadNote

EXERCISES = ("SLR", "leg press", "mini-squat", "wall slides", "clamshell", "side-lying ER")


def told(text: str) -> list[tuple[object, ...]]:
    return [
        (dose.sets, dose.reps, dose.load, dose.load_unit, dose.band, dose.hold_seconds, dose.cueing)
        for dose in read_doses(text.lower())
    ]


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("SLR 3x10 4#", (3, 10, 4, "lb", "", None, "")),
        ("leg press 60 lb 3 x 12", (3, 12, 60, "lb", "", None, "")),
        ("bridges 2 sets of 15 with min verbal cues", (2, 15, None, "", "", None, "little")),
        ("Rows red band 3x15, no cues", (3, 15, None, "", "red", None, "")),
        ("clams x20 without cues", (None, 20, None, "", "", None, "none")),
        ("plank 3x30 s", (None, 3, None, "", "", 30, "")),
        ("quad sets 10 s holds x8 w/ tactile cue", (None, 8, None, "", "", 10, "told")),
        ("wrist curl 1.5 kg 20 reps, cues faded", (None, 20, 1.5, "kg", "", None, "")),
        ("squats 2x8 mod cueing", (2, 8, None, "", "", None, "some")),
    ],
)
def test_a_dose_is_read_with_all_that_is_told(text, dose):
    assert told(text) == [dose]


@pytest.mark.parametrize(
    "text",
    [
        "HEP: bridges 3x10",
        "Goals: squat 3x10 with 20 lb",
        "3x10",
        "PT 2x/wk x 6 wk",
        "knee flex 117 (110)",
        "visit x2",
        "97110 x2",
        "gait 4 x 80",
    ],
)
def test_home_programs_goals_frequencies_and_figures_are_no_doses(text):
    if text.startswith("gait"):
        assert told(text) == [(4, 80, None, "", "", None, "")]
    else:
        assert ReadNote(text).doses == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(EXERCISES), st.integers(1, 6), st.integers(5, 30), st.none() | st.integers(1, 90)),
        min_size=1,
        max_size=6,
        unique_by=lambda each: each[0],
    ),
    st.sampled_from([", ", "; ", "\n", " | "]),
)
def test_made_lists_of_exercises_are_read_back(made, joint):
    text = joint.join(f"{name} {sets}x{reps}" + (f" {load} lb" if load else "") for name, sets, reps, load in made)

    found = read_doses(text.lower())

    assert [(dose.sets, dose.reps, dose.load) for dose in found] == [(sets, reps, load) for _, sets, reps, load in made]
    assert all(text[dose.start : dose.end].startswith(name) for dose, (name, *_) in zip(found, made, strict=True))


def _dose(exercise: str, reps: int) -> Dose:
    return read_doses(f"{exercise} 3x{reps}")[0]


def test_doses_are_set_against_the_visits_before_newest_first():
    bridge, slr = _dose("bridge", 10), _dose("slr", 15)
    earlier = [[_dose("bridge", 10), _dose("slr", 12)], [_dose("bridge", 10)], [], [_dose("bridge", 8)]]

    first, second = over_visits([bridge, slr, _dose("clam", 20)], earlier)

    assert (first.dose, first.same, first.before) == (bridge, 2, None)
    assert (second.dose, second.same, second.before) == (slr, 0, _dose("slr", 12))


@pytest.mark.parametrize(
    "piece", ["slr 3x10 4#, ", "3x", "x20 ", "cue ", "slr 3x10 ", "a b c d e f g ", "hold 3 s ", "1", " "]
)
def test_a_megabyte_of_one_piece_takes_linear_time(piece):
    assert len(ReadNote(piece * (LONG // len(piece))).doses) <= 400
    assert_linear(piece, lambda note: note.doses, ReadNote)
