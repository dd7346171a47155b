from datetime import MAXYEAR, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.business_days import (
    business_day_on_or_after,
    business_day_on_or_before,
    federal_holidays,
    is_business_day,
    observed,
)

# opm.gov lists of federal holidays.
HOLIDAYS_2026 = {"1-1", "1-19", "2-16", "5-25", "6-19", "7-4", "9-7", "10-12", "11-11", "11-26", "12-25"}
HOLIDAYS_2027 = {"1-1", "1-18", "2-15", "5-31", "6-19", "7-4", "9-6", "10-11", "11-11", "11-25", "12-25"}


@pytest.mark.parametrize(("year", "expected"), [(2026, HOLIDAYS_2026), (2027, HOLIDAYS_2027)])
def test_the_federal_holidays_of_a_year(year, expected):
    assert {f"{day.month}-{day.day}" for day in federal_holidays(year)} == expected


def test_a_holiday_counts_only_since_it_became_one():
    assert date(2020, 6, 19) not in federal_holidays(2020)
    assert date(2021, 6, 19) in federal_holidays(2021)
    assert date(1985, 1, 21) not in federal_holidays(1985)


@pytest.mark.parametrize(
    ("holiday", "day_off"),
    [
        (date(2026, 7, 4), date(2026, 7, 3)),
        (date(2027, 7, 4), date(2027, 7, 5)),
        (date(2026, 12, 25), date(2026, 12, 25)),
        (date(2028, 1, 1), date(2027, 12, 31)),
    ],
)
def test_a_holiday_on_a_weekend_closes_the_day_it_is_observed_on(holiday, day_off):
    assert observed(holiday) == day_off
    assert not is_business_day(day_off)


def test_an_ordinary_weekday_is_a_business_day_unless_it_is_closed():
    monday = date(2026, 11, 23)
    assert is_business_day(monday)
    assert not is_business_day(monday, frozenset({monday}))


def test_the_last_year_of_the_calendar_works():
    assert not is_business_day(date(MAXYEAR, 12, 25))


@given(st.dates(date(1980, 1, 1), date(2150, 12, 31)))
def test_the_next_and_the_last_business_day_stand_around_a_day(day):
    before, after = business_day_on_or_before(day), business_day_on_or_after(day)
    assert is_business_day(before)
    assert is_business_day(after)
    assert before <= day <= after
    between = [before + timedelta(days=step) for step in range(1, (after - before).days)]
    assert not any(is_business_day(each) for each in between)
    assert len(between) <= 4
