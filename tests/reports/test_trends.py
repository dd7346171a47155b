from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.months import Month, months_between
from tracker.reports.tallies import DenialTally, LineTally
from tracker.reports.trends import MonthFigures, Trend, monthly_trend, trend_heading

TODAY = date(2026, 11, 22)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, month) for month in (8, 9, 10, 11))
DAYS = st.dates(date(2026, 6, 1), date(2026, 12, 31))


def trend(*counts, today=TODAY):
    months = months_between(NOVEMBER.shifted(1 - len(counts)), NOVEMBER)
    current = Month.of(today)
    return Trend(
        tuple(
            MonthFigures(month, month >= current, count, count * 30_000, count, count * 10)
            for month, count in zip(months, counts, strict=True)
        )
    )


@given(
    denials=st.lists(st.tuples(DAYS, st.integers(1, 3), st.integers(1, 50), st.integers(0, 10**7), st.integers(0, 50))),
    lines=st.lists(st.tuples(DAYS, st.integers(1, 3), st.integers(1, 500))),
)
def test_months_hold_exactly_what_their_days_hold(denials, lines):
    months = months_between(Month(2026, 6), Month(2026, 12))
    result = monthly_trend(months, [DenialTally(*row) for row in denials], [LineTally(*row) for row in lines], TODAY)
    for figures in result.months:
        here = [row for row in denials if (row[0].year, row[0].month) == figures.month]
        assert figures.denials == sum(row[2] for row in here)
        assert figures.cents == sum(row[3] for row in here)
        assert figures.denied_lines == sum(row[4] for row in here)
        assert figures.lines == sum(row[2] for row in lines if (row[0].year, row[0].month) == figures.month)


def test_a_month_without_anything_is_there_with_zeros():
    result = monthly_trend((SEPTEMBER, OCTOBER), [], [], TODAY)
    assert [figures.denials for figures in result.months] == [0, 0]


def test_the_month_of_today_is_in_progress_and_left_out_of_comparisons():
    result = trend(93, 88, 79, 31)
    assert result.in_progress is not None
    assert result.in_progress.month == NOVEMBER
    assert [figures.month for figures in result.complete] == [AUGUST, SEPTEMBER, OCTOBER]


@pytest.mark.parametrize(
    ("counts", "heading"),
    [
        ((93, 88, 79, 31), "Denials fell from 88 in September to 79 in October. August was highest at 93"),
        ((60, 70, 80, 500), "Denials rose from 70 in September to 80 in October, the highest of the months shown"),
        ((90, 80, 84, 0), "No clear change: 80 denials in September, 84 in October. August was highest at 90"),
        ((20, 90, 40, 0), "Denials fell from 90 in September to 40 in October"),
        (
            (5, 100, 109, 0),
            "No clear change: 100 denials in September, 109 in October, the highest of the months shown",
        ),
        ((0, 0, 12, 3), "12 denials in October, $3,600"),
        ((0, 0, 0, 3), "No complete month to compare yet"),
        ((7,), "No complete month to compare yet"),
    ],
)
def test_the_heading_names_a_change_only_from_ten_percent_and_five_denials_on(counts, heading):
    assert trend_heading(trend(*counts)) == heading


@given(st.lists(st.integers(0, 300), min_size=1, max_size=14))
def test_the_month_in_progress_never_changes_the_heading(counts):
    assert trend_heading(trend(*counts, 0)) == trend_heading(trend(*counts, 299))
