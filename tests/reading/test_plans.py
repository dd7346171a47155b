"""Elements of a plan of care."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.plans import read_plan

FREQUENCIES = [
    "2x/wk", "twice weekly", "3 visits per week", "three times a week", "1-2x/week", "once a week", "daily",
    "every other week", "tiw", "weekly", "2 x week", "1 visit/month",
]  # fmt: skip
DURATIONS = [
    "x 8 wks", "for two months", "for 30 days", "for 6 weeks", "through 7/30/26", "until 2026-09-01", "x 12 visits",
    "duration: 60 days", "3/1/26 - 5/29/26", "by September 1",
]  # fmt: skip


@given(st.sampled_from(FREQUENCIES), st.sampled_from(DURATIONS))
def test_a_complete_plan_lacks_nothing(frequency, duration):
    text = f"Dx M54.51. LTG: lift 20 lb.\nPT {frequency} {duration}: exercise, manual therapy."

    assert read_plan(text.lower()).missing == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Dx M54.51. Goals: lift 20 lb.\nPlan: PT as tolerated.", {"frequency", "duration"}),
        ("Goals: lift 20 lb.\nPT 2x/wk x 8 wk.", {"diagnosis"}),
        ("Dx M54.51.\nPT 2x/wk x 8 wk.", {"goals"}),
        ("Dx M54.51. Goals: lift 20 lb.\nPT 2x/wk, ongoing.", {"duration"}),
    ],
)
def test_what_a_plan_lacks_is_named(text, missing):
    assert set(read_plan(text.lower()).missing) == missing


def test_the_vague_words_are_found():
    text = "dx m54.51. goals: lift 20 lb.\nplan: pt as tolerated."

    found = read_plan(text)

    assert found.vague is not None
    assert text[slice(*found.vague)] == "as tolerated"


@pytest.mark.parametrize("piece", ["1 x ", "2x", "until ", "1/", "plan as needed "])
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, read_plan)
