"""Levels of assistance set against earlier ones."""

import pytest

from tests.growth import assert_linear
from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    ("text", "is_better"),
    [
        ("Sit to stand max A to min A", True),
        ("Transfers mod assist -> CGA", True),
        ("Gait SBA (was min A)", True),
        ("Toileting from moderate assist to supervision", True),
        ("Bed mobility from min A to max A after fall", False),
    ],
)
def test_a_change_of_assistance_is_read_with_its_direction(text, is_better):
    (change,) = ReadNote(text).assist_changes

    assert change.is_better is is_better
    assert 0 <= change.start < change.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Transfers min A to mod A",
        "min A with gait",
        "CGA to CGA",
        "Goal: independent",
        "LTG: transfers from max A to min A by 9/1",
        "walked to mod incline",
    ],
)
def test_ranges_and_single_levels_are_no_change(text):
    assert ReadNote(text).assist_changes == ()


@pytest.mark.parametrize("piece", ["max a to ", "min a ", "sba (was ", "from mod assist ", "cga "])
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.assist_changes, ReadNote)
