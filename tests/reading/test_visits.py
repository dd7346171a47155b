"""The number of a visit, exercise that was not done, and devices made before."""

import pytest

from tests.growth import assert_linear
from tracker.reading.visits import later_encounters, read_visit_number, without_exercise


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
    read = read_visit_number(text)

    assert (read.visit if read else None) == number


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("2nd splint visit, wrist cock-up.", [("2nd splint visit", True)]),
        ("strap relocated. issued 07/20.", [("issued 07/20", False)]),
        ("issued 07/20; orthosis made 07/20.", [("orthosis made 07/20", True)]),
        ("splint molded today, donning taught.", []),
        ("rechecked straps, unfitted 12.", []),
    ],
)
def test_a_device_made_at_an_earlier_visit(text, places):
    assert [(text[each.start : each.end], each.is_sure) for each in later_encounters(text)] == places


def test_exercise_that_was_not_done():
    assert without_exercise("active exercise: none, pt prefers modalities.")
    assert without_exercise("mat exercise      |  --   |  --")
    assert not without_exercise("exercise 15 min: bridges")


@pytest.mark.parametrize("piece", ["visit ", "exercise: ", "22 visit", "ex "])
def test_a_hostile_note_takes_linear_time(piece):
    assert_linear(piece, lambda low: (read_visit_number(low), without_exercise(low)))
