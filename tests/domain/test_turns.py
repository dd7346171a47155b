"""Whose turn it is with a denial."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.asking import Asked
from tracker.domain.turns import Holder, Standing, turn

TODAY = date(2026, 11, 23)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
maybe = st.none() | days
standings = st.builds(
    Standing,
    moved_on=days, is_sent=st.booleans(), sent_on=maybe, reply_due=maybe, signature_due=maybe,
    asked=st.none() | st.builds(Asked, st.just("Ann Lee"), days, days),
    cause_at=st.sampled_from(["", *Holder]), has_letter=st.booleans(), wants_records=st.booleans(),
)  # fmt: skip


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


@pytest.mark.parametrize(
    ("standing", "holder", "for_days"),
    [
        (Standing(day(-4)), Holder.BILLER, 4),
        (Standing(day(-4), is_sent=True, sent_on=day(-9), reply_due=TODAY), Holder.PAYER, 9),
        (Standing(day(-4), is_sent=True, sent_on=day(-9), reply_due=day(-1)), Holder.BILLER, 0),
        (Standing(day(-4), is_sent=True), Holder.PAYER, 4),
        (Standing(day(-4), asked=Asked("Ann", day(-6), day(1))), Holder.THERAPIST, 6),
        (Standing(day(-4), asked=Asked("Ann", day(-6), day(-3))), Holder.BILLER, 2),
        (Standing(day(-4), signature_due=day(2)), Holder.THERAPIST, 4),
        (Standing(day(-4), cause_at="front desk"), Holder.FRONT_DESK, 4),
        (Standing(day(-4), cause_at="patient"), Holder.PATIENT, 4),
        (Standing(day(-4), cause_at="payer"), Holder.BILLER, 4),
        (Standing(day(-4), cause_at="front desk", has_letter=True), Holder.BILLER, 4),
        (Standing(day(-4), cause_at="front desk", wants_records=True), Holder.BILLER, 4),
    ],
)
def test_who_has_the_next_move_and_for_how_many_days(standing, holder, for_days):
    found = turn(standing, TODAY)
    assert (found.holder, found.days(TODAY)) == (holder, for_days)


@given(standings, days)
def test_somebody_always_has_it_for_a_number_of_days_that_is_not_negative(standing, today):
    found = turn(standing, today)
    assert found.holder in Holder
    assert found.days(today) >= 0


@given(standings, days)
def test_while_nothing_happens_one_more_day_is_counted_or_it_comes_back_to_the_biller(standing, today):
    before, after = turn(standing, today), turn(standing, today + timedelta(days=1))
    if after.holder is before.holder and before.since <= today:
        assert after.days(today + timedelta(days=1)) == before.days(today) + 1
    else:
        assert after.holder in {Holder.BILLER, before.holder}


@given(standings, days)
def test_nobody_has_it_after_the_day_they_had_until(standing, today):
    found = turn(standing, today)
    if found.holder is Holder.PAYER:
        assert standing.is_sent
        assert standing.reply_due is None or today <= standing.reply_due
    if found.holder is Holder.THERAPIST:
        until = standing.signature_due or standing.asked.answer_by
        assert today <= until


def test_in_a_row_the_owner_is_the_biller():
    assert turn(Standing(day(-3)), TODAY).in_row("Dana R.", TODAY) == "Dana R., 3 days"
    assert turn(Standing(day(-3), is_sent=True), TODAY).in_row("Dana R.", TODAY) == "Payer, 3 days · Dana R."


@pytest.mark.parametrize(("ago", "words"), [(0, "Payer, since today"), (1, "Payer, 1 day"), (12, "Payer, 12 days")])
def test_a_turn_in_words(ago, words):
    assert turn(Standing(TODAY, is_sent=True, sent_on=day(-ago)), TODAY).words(TODAY) == words
