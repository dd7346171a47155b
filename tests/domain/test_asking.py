"""How long a therapist has to answer, and whose turn it is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.asking import Asked, usual_answer_day

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("due", "wanted"),
    [
        (None, date(2026, 11, 23)),
        (date(2027, 1, 4), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 20)),
        (date(2026, 11, 24), date(2026, 11, 20)),  # three days before is a Saturday
        (date(2026, 11, 17), MONDAY),
        (date(2026, 10, 1), date(2026, 11, 17)),  # nothing left to count from: the next business day
    ],
)
def test_an_answer_is_wanted_in_a_week_or_before_the_denials_date(due, wanted):
    assert usual_answer_day(MONDAY, due) == wanted


@pytest.mark.parametrize(
    ("last", "wanted"),
    [(date(2026, 11, 24), date(2026, 11, 20)), (date(2026, 11, 1), date(2026, 11, 17)), (None, date(2026, 11, 17))],
)
def test_after_the_safe_date_the_answer_is_wanted_before_the_last_day(last, wanted):
    assert usual_answer_day(MONDAY, date(2026, 11, 13), last) == wanted


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.none() | st.integers(-100, 400))
def test_it_is_never_past_and_never_later_than_a_week(today, left):
    wanted = usual_answer_day(today, None if left is None else today + timedelta(days=left))
    assert today <= wanted <= today + timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "words", "whose"),
    [
        (MONDAY, "Asked today, answer by 11/20/2026", "Therapist's turn"),
        (date(2026, 11, 17), "Asked yesterday, answer by 11/20/2026", "Therapist's turn"),
        (date(2026, 11, 20), "Asked 4 days ago, answer by 11/20/2026", "Therapist's turn"),
        (date(2026, 11, 25), "Asked 9 days ago, no answer", "Your turn"),
    ],
)
def test_an_ask_in_words(day, words, whose):
    asked = Asked("J. Cole, PT", MONDAY, date(2026, 11, 20))
    assert (asked.words(day), asked.whose(day)) == (words, whose)
