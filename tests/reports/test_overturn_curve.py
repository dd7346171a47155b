"""The overturn curve counts a day only when the whole month has reached it, and keeps open months apart."""

import re
from collections import Counter
from datetime import date

import pytest

from tracker.domain.denial_course import Step
from tracker.reports.courses import MonthCourse, StepSums
from tracker.reports.curve_chart import CURVE_FRAMES, draw_curve
from tracker.reports.months import Month
from tracker.reports.overturn_curve import curve_heading, overturn_curve

TODAY = date(2026, 11, 23)


def a_month(month, denials, waiting, overturned):
    course = MonthCourse(month)
    won = sum(overturned.values())
    course.steps[Step.OVERTURNED] = StepSums(won)
    course.steps[Step.WAITING] = StepSums(waiting)
    course.steps[Step.UNTOUCHED] = StepSums(denials - won - waiting)
    course.days["overturned"] = Counter(overturned)
    return course


def test_each_age_counts_what_was_overturned_within_it():
    # January: 4 of 40 by day 30, 10 by 60, 10 by 90, 12 by 120; the one of day 121 is in none.
    curve = overturn_curve([a_month(Month(2026, 1), 40, 0, {30: 4, 31: 6, 91: 2, 121: 1})], TODAY)
    [row] = curve.months
    assert row.won == (4, 10, 10, 12)
    assert [rate.text() for rate in row.rates] == ["10.0%", "25.0%", "25.0%", "30.0%"]
    assert curve_heading(curve) == "30% of denials in finished months were overturned within 120 days"


def test_an_age_that_the_last_denial_of_the_month_has_not_reached_is_not_told():
    # October ended 23 days ago, August 84.
    curve = overturn_curve([a_month(Month(2026, 8), 40, 9, {10: 4}), a_month(Month(2026, 10), 40, 9, {10: 4})], TODAY)
    assert [row.won for row in curve.months] == [(4, 4, None, None), (None, None, None, None)]
    assert curve.finished is None


@pytest.mark.parametrize(
    ("month", "waiting", "won", "is_open"),
    [
        (Month(2026, 7), 1, 9, False),  # 9 of 10 filed are decided: 90 %
        (Month(2026, 7), 2, 9, True),
        (Month(2026, 7), 0, 0, True),  # nothing filed yet says nothing of what is to come
        (Month(2026, 5), 9, 1, True),  # 05/31 is 176 days ago
        (Month(2026, 4), 9, 1, False),
    ],
)
def test_a_month_is_open_until_nine_in_ten_are_decided_or_180_days_have_passed(month, waiting, won, is_open):
    [row] = overturn_curve([a_month(month, 40, waiting, {5: won})], TODAY).months
    assert row.is_open is is_open


def test_the_drawing_dots_open_months_and_leaves_small_ones_out():
    small = a_month(Month(2026, 6), 19, 0, {5: 10})
    courses = [a_month(Month(2026, 1), 40, 0, {5: 10}), small, a_month(Month(2026, 8), 40, 9, {5: 8})]
    for frame in CURVE_FRAMES:
        drawing = str(draw_curve(overturn_curve(courses, TODAY), frame))
        assert sorted(re.findall(r">(Finished|Jun|Aug)<", drawing)) == ["Aug", "Finished"]
        assert drawing.count("stroke-dasharray") == 1
