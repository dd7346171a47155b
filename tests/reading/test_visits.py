"""The number of a visit, and exercise that was not done."""

import time

import pytest

from tracker.reading.visits import visit_number, without_exercise


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("visit 22 (mva)", 22),
        ("visit #7", 7),
        ("12th visit", 12),
        ("visit no. 3", 3),
        ("visit: 6/12", None),
        ("revisit 4", None),
        ("visits 2x/wk", None),
    ],
)
def test_the_number_of_a_visit(text, number):
    assert visit_number(text) == number


def test_exercise_that_was_not_done():
    assert without_exercise("active exercise: none, pt prefers modalities.")
    assert without_exercise("mat exercise      |  --   |  --")
    assert not without_exercise("exercise 15 min: bridges")


@pytest.mark.parametrize("piece", ["visit ", "exercise: ", "22 visit", "ex "])
def test_a_hostile_note_takes_no_longer_than_a_second(piece):
    low = piece * (1_000_000 // len(piece))
    start = time.process_time()

    visit_number(low)
    without_exercise(low)

    assert time.process_time() - start < 1
