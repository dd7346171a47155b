"""Which day it is at a practice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.zones import ZONES, day_at, zone_of

LATE = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)


def test_a_month_ends_later_in_the_west():
    assert day_at(LATE, zone_of(["Pacific/Honolulu"])) == date(2026, 11, 30)
    assert day_at(LATE, zone_of(["America/New_York"])) == date(2026, 11, 30)
    assert day_at(LATE, zone_of(["America/Puerto_Rico"])) == date(2026, 12, 1)


def test_practices_of_several_zones_and_those_without_one_take_the_installations():
    assert zone_of(["America/Chicago", "America/Denver"]) is None
    assert zone_of(["America/Chicago", None]) is None
    assert zone_of([None]) is zone_of([]) is zone_of(["Nowhere/Land"]) is None
    assert str(zone_of(["America/Chicago", "America/Chicago"])) == "America/Chicago"


def test_every_zone_to_choose_is_known():
    assert set(ZONES) <= available_timezones()


@given(st.integers(0, 20 * 366 * 24), st.sampled_from(list(ZONES)))
def test_the_day_is_never_more_than_one_from_that_of_greenwich(hours, name):
    now = LATE + timedelta(hours=hours)
    assert abs(day_at(now, zone_of([name])) - now.date()) <= timedelta(days=1)
