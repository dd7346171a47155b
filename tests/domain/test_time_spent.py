from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.time_spent import median_minutes, minutes_spent

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(*minutes: float, person: int = 1) -> list[tuple[int, datetime]]:
    return [(person, START + timedelta(minutes=each)) for each in minutes]


def test_the_time_between_saves_is_added():
    assert minutes_spent(at(0, 2, 5)) == 5


def test_a_long_pause_counts_five_minutes():
    assert minutes_spent(at(0, 2, 600)) == 7


def test_a_single_save_measures_nothing():
    assert minutes_spent(at(0)) == 0


def test_people_are_measured_apart_and_added():
    assert minutes_spent(at(0, 4) + at(1, 4, person=2)) == 7


def test_the_median_leaves_out_what_was_not_measured():
    assert median_minutes({0: 1, 4: 1, 9: 1, 30: 1}) == 9
    assert median_minutes({0: 1}) is None


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 10_000)), min_size=1))
def test_never_more_than_five_minutes_for_each_save_and_never_more_than_the_time_that_passed(saves):
    moments = [(person, START + timedelta(seconds=second)) for person, second in saves]
    minutes = minutes_spent(moments)
    assert 0 <= minutes <= 5 * (len(moments) - 1)
    people = {person for person, _ in moments}
    assert minutes <= len(people) * (max(second for _, second in saves) / 60) + 1
