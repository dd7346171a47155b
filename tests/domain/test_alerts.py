"""Who hears of a deadline, and when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.alerts import LADDER, concerns_lead, is_alert, rung

TODAY = date(2026, 11, 23)


def ahead(days):
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("left", "step"),
    [(31, None), (30, 30), (15, 30), (14, 14), (8, 14), (7, 7), (4, 7), (3, 3), (2, 3), (1, 1), (0, 0), (-5, 0)],
)
def test_a_deadline_stands_on_the_nearest_rung_that_holds_it(left, step):
    assert rung(ahead(left), TODAY) == step


@pytest.mark.parametrize("left", [*LADDER, 0])
def test_somebody_told_every_day_hears_on_each_rung_once(left):
    safe = ahead(left)
    assert is_alert(safe, TODAY, TODAY - timedelta(days=1))
    assert not is_alert(safe, TODAY, TODAY)


def test_a_rung_passed_while_nothing_was_sent_is_told_later():
    assert is_alert(ahead(12), TODAY, TODAY - timedelta(days=4))
    assert not is_alert(ahead(12), TODAY, TODAY - timedelta(days=2))


def test_who_was_never_told_hears_all_that_is_near():
    assert is_alert(ahead(-90), TODAY, None)
    assert not is_alert(ahead(31), TODAY, None)


@pytest.mark.parametrize(("left", "lead"), [(8, False), (7, True), (1, True), (-3, True), (40, False)])
def test_the_lead_hears_from_a_week_before(left, lead):
    assert concerns_lead(ahead(left), TODAY) == lead


@given(st.integers(-40, 400))
def test_told_daily_from_far_away_a_deadline_is_told_once_for_each_rung_reached(left):
    start = TODAY - timedelta(days=100)
    days = [start + timedelta(days=step) for step in range(101)]
    told = [day for day in days[1:] if is_alert(ahead(left), day, day - timedelta(days=1))]
    reached = {rung(ahead(left), day) for day in days[1:]} - {rung(ahead(left), start), None}
    assert len(told) == len(reached)
