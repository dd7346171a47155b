"""Dates in notes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.dates import find_dates
from tracker.reading.services import lowered

NOTATIONS = [
    lambda day: f"{day.month}/{day.day}/{day:%y}",
    lambda day: f"{day:%m/%d/%Y}",
    lambda day: f"{day:%m-%d-%Y}",
    lambda day: f"{day.month}.{day.day}.{day:%y}",
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.day} {day:%b} {day.year}",
    lambda day: f"{day:%d-%b-%Y}",
    lambda day: f"{day.day} {day:%B} {day.year}",
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{day:%b} {day.day}th, {day.year}",
    lambda day: f"{day:%b}. {day.day} {day.year}",
]
DAYS = st.dates(date(2000, 1, 1), date(2049, 12, 31))


@given(DAYS, st.sampled_from(NOTATIONS), st.sampled_from(["Signed {} 14:02", "DOS: {}\nTUG 12 s", "{}", "({})"]))
def test_a_date_is_read_in_every_notation_with_its_place(day, write, around):
    written = write(day)
    text = around.format(written)

    found = find_dates(lowered(text))

    assert [(each.day, text[each.start : each.end]) for each in found] == [(day, written)]


@pytest.mark.parametrize(
    "text", ["pain 7/10", "BP 132/78", "ROM 0-110", "13/45/2026", "2/30/2026", "03/12", "555-12-2026", "3 may 5 reps"]
)
def test_other_figures_are_no_dates(text):
    assert find_dates(text) == ()


@pytest.mark.parametrize("piece", ["1/2/", "12 mar ", "2026-", "march 1", "1"])
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, find_dates)
