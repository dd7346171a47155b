"""What a contract lets expect for a line: units times the rate of its day, never more than charged or denied."""

from datetime import date

import pytest

from tracker.domain.expected_amounts import PricedLine, Rate, expected_cents

DAY = date(2026, 9, 14)
PLAIN = Rate("", date(2026, 1, 1), None, 3140)


def expected(*rates: Rate, modifiers=(), units=2.0, charge=9000, denied=9000, day=DAY) -> int | None:
    return expected_cents(rates, PricedLine(modifiers, units, charge, denied, day))


def test_two_units_are_worth_two_rates():
    assert expected(PLAIN) == 6280


@pytest.mark.parametrize(("charge", "denied", "cents"), [(5000, 5000, 5000), (9000, 3000, 3000), (9000, 9000, 6280)])
def test_it_is_the_lesser_of_rate_and_charge_and_never_more_than_was_denied(charge, denied, cents):
    assert expected(PLAIN, charge=charge, denied=denied) == cents


def test_half_a_cent_is_rounded_up():
    assert expected(Rate("", DAY, None, 3333), units=1.5) == 5000  # 49.995


@pytest.mark.parametrize(
    ("day", "cents"),
    [(date(2025, 12, 31), None), (date(2026, 1, 1), 6280), (date(2026, 6, 30), 6280), (date(2026, 7, 1), 6000)],
)
def test_the_rate_is_the_one_of_the_date_of_service(day, cents):
    assert expected(PLAIN, Rate("", date(2026, 7, 1), None, 3000), day=day) == cents


def test_after_its_last_day_a_rate_leaves_the_one_before_it():
    ended = Rate("", date(2026, 8, 1), date(2026, 8, 31), 9900)
    assert expected(PLAIN, ended, day=date(2026, 8, 31)) == 9000
    assert expected(PLAIN, ended) == 6280


@pytest.mark.parametrize(
    ("modifiers", "cents"), [(("GP",), 6280), (("GP", "CQ"), 5338), (("CQ", "59"), 4000), ((), 6280)]
)
def test_a_modifiers_rate_goes_before_the_plain_one_and_the_lowest_of_several_counts(modifiers, cents):
    reduced, other = Rate("CQ", date(2026, 1, 1), None, 2669), Rate("59", date(2026, 1, 1), None, 2000)
    assert expected(PLAIN, reduced, other, modifiers=modifiers) == cents


def test_without_a_rate_or_units_nothing_is_said():
    assert expected() is None
    assert expected(Rate("CQ", date(2026, 1, 1), None, 2669)) is None
    assert expected(PLAIN, units=0) is None
