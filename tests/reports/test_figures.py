"""The arithmetic of the tiles, against figures worked out by hand."""

from datetime import UTC, date, datetime

import pytest

from tests.reports.ledger import Ledger
from tracker.month_counts import NOT_A_DENIAL
from tracker.reports.figures import (
    Rate,
    data_through,
    line_rate,
    missed_deadlines,
    overturn_rate,
    percent,
    recovered_share,
)
from tracker.reports.months import Month
from tracker.reports.tallies import (
    Asked,
    cohort,
    decided_appeals,
    denials_by_day,
    lines_by_day,
    pending_appeals,
)
from tracker.reports.trends import monthly_trend

OCTOBER = Asked(Month(2026, 10), Month(2026, 10))
TODAY = date(2026, 11, 22)


def october(session):
    return monthly_trend(
        OCTOBER.months, denials_by_day(session, OCTOBER), lines_by_day(session, OCTOBER), TODAY
    ).months[0]


def test_the_rate_is_denied_lines_over_lines_first_adjudicated_in_the_month(session, eastside, harbor):
    eastside.lines(harbor, date(2026, 10, 5), 18)
    eastside.lines(harbor, date(2026, 9, 30), 40)
    eastside.denied_line(harbor, date(2026, 10, 5), 12_000)
    eastside.denied_line(harbor, date(2026, 10, 31), 8_000)
    figures = october(session)
    assert (figures.denials, figures.cents, figures.denied_lines, figures.lines) == (2, 20_000, 2, 20)
    assert figures.rate.share == 0.1


def test_a_line_denied_three_times_counts_once_with_its_dollars_once(session, eastside, harbor):
    eastside.denied_line(harbor, date(2026, 10, 5), 12_000, times_denied=3)
    assert (october(session).denials, october(session).cents) == (1, 12_000)


def test_a_denial_logged_by_hand_counts_in_dollars_but_not_in_the_rate(session, eastside, harbor):
    eastside.lines(harbor, date(2026, 10, 5), 20)
    eastside.denial(harbor, date(2026, 10, 8), 5_000, source="hand")
    figures = october(session)
    assert (figures.denials, figures.denied_lines, figures.rate.share) == (1, 0, 0.0)


def test_a_line_paid_first_and_denied_later_is_not_an_initial_denial(session, eastside, harbor):
    line = eastside.line(harbor, date(2026, 8, 3))
    eastside.denial(harbor, date(2026, 10, 8), line=line)
    figures = october(session)
    assert (figures.denials, figures.denied_lines, figures.lines) == (1, 0, 0)


@pytest.mark.parametrize("values", [{"root_cause": NOT_A_DENIAL}, {"close_reason": "not_a_denial", "is_open": False}])
def test_a_line_that_turned_out_to_be_no_denial_is_never_counted(session, eastside, harbor, values):
    eastside.denied_line(harbor, date(2026, 10, 5), **values)
    assert (october(session).denials, october(session).lines) == (0, 1)


def test_a_line_without_an_answer_is_in_no_denominator(session, eastside, harbor):
    eastside.line(harbor, None)
    assert october(session).lines == 0


def test_the_payer_filter_narrows_numerator_and_denominator(session, eastside, harbor, summit):
    eastside.denied_line(harbor, date(2026, 10, 5), 7_000)
    eastside.denied_line(summit, date(2026, 10, 5), 9_000)
    asked = Asked(Month(2026, 10), Month(2026, 10), (summit.id,))
    assert sum(tally.cents for tally in denials_by_day(session, asked)) == 9_000
    assert sum(tally.lines for tally in lines_by_day(session, asked)) == 1


def test_there_is_no_rate_under_twenty_lines():
    assert line_rate(2, 19).share is None
    assert line_rate(2, 19).text() == "n/a"
    assert line_rate(2, 20).text() == "10.0%"


def test_only_decided_appeals_are_in_the_overturn_rate_and_partial_wins_count(session, eastside, harbor):
    denials = [eastside.denied_line(harbor, date(2026, 7, 1)) for _ in range(14)]
    for place in range(10):
        result = "overturned" if place < 4 else "partly" if place < 6 else "upheld"
        eastside.appeal([denials[place]], date(2026, 8, 1), (result, date(2026, 10, 1 + place)))
    eastside.appeal([denials[10]], date(2026, 8, 1))
    eastside.appeal([denials[11]], date(2026, 8, 1), ("overturned", date(2026, 9, 30)))
    decided = decided_appeals(session, OCTOBER)
    rate = overturn_rate(decided)
    assert (rate.part, rate.whole, rate.text(0)) == (6, 10, "60%")
    assert pending_appeals(session, ()) == 1
    assert min(appeal.days for appeal in decided) == 61


def test_an_appeal_of_two_denials_is_one_appeal_decided_on_its_last_day(session, eastside, harbor):
    denials = [eastside.denied_line(harbor, date(2026, 7, 1)) for _ in range(2)]
    eastside.appeal(denials, date(2026, 9, 1), ("upheld", date(2026, 9, 30)), ("overturned", date(2026, 10, 2)))
    [decided] = decided_appeals(session, OCTOBER)
    assert (decided.days, decided.appeals, decided.won) == (31, 1, 1)


def test_a_request_for_more_information_is_no_decision(session, eastside, harbor):
    denial = eastside.denied_line(harbor, date(2026, 7, 1))
    eastside.appeal([denial], date(2026, 9, 1), ("more_information", date(2026, 10, 2)))
    assert decided_appeals(session, OCTOBER) == []


def test_there_is_no_overturn_rate_under_ten_decisions(session):
    assert Rate(9, 9, 10).share is None


def test_recovered_is_what_was_paid_on_the_cohort_after_the_denial(session, eastside, harbor):
    eastside.denied_line(harbor, date(2026, 10, 5), 20_000, recovered_cents=15_000)
    eastside.denied_line(harbor, date(2026, 10, 6), 30_000)
    eastside.denied_line(harbor, date(2026, 9, 6), 30_000, recovered_cents=30_000)
    result = cohort(session, OCTOBER)
    assert (result.denials, result.cents, result.paid_denials, result.recovered_cents) == (2, 50_000, 1, 15_000)
    assert recovered_share(result) == "30%"


@pytest.mark.parametrize(
    ("values", "missed"),
    [
        ({"file_by_legal": date(2026, 11, 21)}, 1),
        ({"file_by_legal": date(2026, 11, 22)}, 0),
        ({"file_by_legal": None}, 0),
        ({"file_by_legal": date(2026, 11, 21), "is_open": False}, 0),
        ({"file_by_legal": date(2026, 11, 21), "status": "waiting_on_payer"}, 0),
        ({"file_by_legal": date(2026, 11, 21), "status": "corrected_claim_sent"}, 0),
        ({"file_by_legal": date(2026, 11, 21), "file_by_safe": date(2026, 11, 19)}, 1),
        ({"file_by_legal": date(2026, 11, 24), "file_by_safe": date(2026, 11, 19)}, 0),
    ],
)
def test_a_deadline_is_missed_the_day_after_the_legal_date_when_nothing_was_sent(
    session, eastside, harbor, values, missed
):
    eastside.denied_line(harbor, date(2026, 10, 5), 6_500, **values)
    result = missed_deadlines(session, (), TODAY)
    assert (result.denials, result.cents) == (missed, 6_500 * missed)


def test_data_through_is_the_last_stored_835(session, eastside):
    assert data_through(session) is None
    eastside.imported(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    eastside.imported(datetime(2026, 11, 21, 9, 0, tzinfo=UTC), file_format="837P")
    eastside.imported(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), state="undone")
    assert data_through(session) == date(2026, 11, 20)


def test_figures_of_another_practice_are_not_seen(session, eastside, harbor):
    lakeview = Ledger(session, "Lakeview Rehab")
    lakeview.denied_line(harbor, date(2026, 10, 5), 99_000)
    eastside.denied_line(harbor, date(2026, 10, 5), 1_000)
    session.info["scope"] = frozenset({eastside.practice.id})
    figures = october(session)
    assert (figures.denials, figures.cents, figures.lines) == (1, 1_000, 1)


@pytest.mark.parametrize(
    ("part", "whole", "digits", "text"),
    [
        (79, 921, 1, "8.6%"),
        (1, 3, 0, "33%"),
        (1, 8, 1, "12.5%"),
        (1, 200, 0, "1%"),
        (0, 5, 1, "0.0%"),
        (5, 5, 0, "100%"),
    ],
)
def test_percentages_are_rounded_half_up(part, whole, digits, text):
    assert percent(part, whole, digits) == text


def test_the_range_of_a_rate_is_wilsons():
    # 79 of 921: p = 0.08578, z = 1.95996; center (p + z*z/2n) / (1 + z*z/n) = 0.08750, half 0.01814 by hand.
    low, high = Rate(79, 921, 20).range
    assert (round(low, 4), round(high, 4)) == (0.0694, 0.1056)
    assert Rate(79, 921, 20).range_text() == "95%: 6.9% to 10.6%"
    assert Rate(0, 20, 20).range[0] == 0.0
    assert Rate(20, 20, 20).range[1] == 1.0
    assert Rate(19, 19, 20).range is None
    assert Rate(19, 19, 20).range_text() == ""
