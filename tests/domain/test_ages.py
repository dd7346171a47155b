"""How old a denial is: every day lies in exactly one age."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.ages import Age, age

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("days", "found"),
    [(0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (91, "91-120"), (120, "91-120"), (121, "120+")],
)  # fmt: skip
def test_both_ends_of_an_age_belong_to_it(days, found):
    assert age(TODAY - timedelta(days=days), TODAY) == found


def test_a_denial_dated_tomorrow_is_of_the_youngest():
    assert age(TODAY + timedelta(days=1), TODAY) is Age.MONTH


@given(st.integers(0, 2000))
def test_the_days_of_an_age_are_those_it_is_found_by(days):
    on = TODAY - timedelta(days=days)
    holding = [one for one in Age if (one.days(TODAY)[0] or date.min) <= on <= one.days(TODAY)[1]]
    assert holding == [age(on, TODAY)]
