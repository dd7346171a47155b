"""Medians that know what is still open."""

from collections import Counter
from datetime import date

from tracker.reports.courses import MonthCourse, StepSums
from tracker.reports.months import Month
from tracker.reports.speed import day_reached, speed, speed_heading

OCTOBER = Month(2026, 10)
TODAY = date(2026, 11, 23)


def test_with_nothing_open_it_is_the_plain_median_and_nine_in_ten():
    done = dict.fromkeys(range(1, 11), 1)  # 1 to 10 days
    assert day_reached(done, {}, 50) == 5
    assert day_reached(done, {}, 90) == 9


def test_what_waits_longer_counts_as_slower():
    # Five took 1 to 5 days, five wait since 40: half are through on day 5, nine in ten are not.
    done = dict.fromkeys(range(1, 6), 1)
    assert day_reached(done, {40: 5}, 50) == 5
    assert day_reached(done, {40: 5}, 90) is None
    assert day_reached(done, {40: 6}, 50) is None


def test_what_waits_for_a_shorter_time_says_nothing_of_later_days():
    # By hand: 4 at risk, 1 of 4 on day 2 (left 3/4); 2 leave on day 3 unanswered; 1 of 1 on day 9 (left 0).
    assert day_reached({2: 1, 9: 1}, {3: 2}, 50) == 9


def test_nothing_at_all_has_no_day():
    assert day_reached({}, {}, 50) is None


def a_month(days, denials):
    course = MonthCourse(OCTOBER)
    course.steps.update({"untouched": StepSums(denials=denials)})
    course.days.update({name: Counter(counts) for name, counts in days.items()})
    return course


def test_the_slow_ones_are_those_that_took_or_wait_longer_than_nine_in_ten():
    # 18 after 3 days, 1 after 30; one waits since 10/20, which is 34 days: 18 of 20 are 9 in 10.
    [month] = speed([a_month({"acted": {3: 18, 30: 1}, "acted_open": {20: 1}}, 20)], TODAY)
    acted = month.spans[0]
    assert (acted.median, acted.ninetieth, acted.slow, acted.still_open) == (3, 3, 2, 1)
    assert speed_heading([month], OCTOBER) == "Half of the denials of October were acted on within 3 days"


def test_under_ten_denials_have_no_median():
    [month] = speed([a_month({"acted": {3: 9}}, 9)], TODAY)
    assert (month.spans[0].median, month.spans[0].is_too_few) == (None, True)
    assert speed_heading([month], OCTOBER) == "Too few denials in October for a median"
