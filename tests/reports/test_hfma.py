"""The HFMA basis, against a month counted by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tracker.reports.hfma import HfmaMonth, has_submitted, hfma_months
from tracker.reports.months import Month

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


@pytest.fixture
def counted(session, eastside, harbor):
    """October: two claims first denied, one of them on two lines and again in November."""
    eastside.practice.submitted_claims = {"2026-07": 90, "2026-08": 100, "2026-09": 110, "2026-10": 60}
    claim = eastside.claim(harbor)
    for on in (date(2026, 10, 5), date(2026, 10, 9), date(2026, 11, 3)):
        eastside.denial(harbor, on, line=eastside.line(harbor, on, claim))
    eastside.denied_line(harbor, date(2026, 10, 20))
    eastside.denied_line(harbor, date(2026, 10, 20), close_reason="not_a_denial")
    eastside.denied_line(harbor, date(2026, 11, 20))
    session.info["scope"] = frozenset({eastside.practice.id})
    return eastside


def test_a_claim_counts_once_in_the_month_of_its_first_denial(session, counted):
    months = hfma_months(session, [counted.practice], [OCTOBER, NOVEMBER])
    assert (months[OCTOBER].denied_claims, months[OCTOBER].average) == (2, Decimal("100.0"))
    assert months[OCTOBER].rate.text() == "2.0%"
    assert (months[NOVEMBER].denied_claims, months[NOVEMBER].average) == (1, Decimal("90.0"))
    assert months[NOVEMBER].rate.text() == "1.1%"


def test_a_month_without_a_count_before_it_has_no_rate(session, counted):
    counted.practice.submitted_claims = {"2026-08": 100, "2026-09": 110}
    months = hfma_months(session, [counted.practice], [OCTOBER])
    assert (months[OCTOBER].rate.text(), months[OCTOBER].average) == ("n/a", None)


def test_there_is_no_rate_under_an_average_of_twenty_claims():
    assert HfmaMonth(OCTOBER, 3, 59).rate.share is None
    assert HfmaMonth(OCTOBER, 3, 60).rate.text() == "15.0%"


def test_the_basis_is_offered_once_there_are_counts(eastside):
    assert not has_submitted([eastside.practice])
    eastside.practice.submitted_claims = {"2026-08": 1}
    assert has_submitted([eastside.practice])
