"""Which provider-level adjustments are takebacks."""

from datetime import date

import pytest

from tracker.domain.remittance import ProviderAdjustment
from tracker.domain.takebacks import takebacks


def pair(reason, cents, reference="ICN1"):
    return ProviderAdjustment(reason, reference, cents, "1000000004", date(2026, 12, 31))


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([pair("WO", 2500)], [True]),
        ([pair("CS", 2500)], [True]),
        ([pair("WO", -2500)], [False]),  # recovery put off: money is given now and taken later (rule 36)
        ([pair("L6", -30), pair("WO", 2500)], [False, True]),
        ([pair("FB", 2500)], [False]),  # a balance carried from an earlier remittance (rule 38)
        ([pair("72", -2500), pair("WO", 2500)], [False, False]),  # our own refund check (rule 37)
        ([pair("72", -2500), pair("WO", 2500), pair("WO", 2500)], [False, False, True]),
    ],
)
def test_money_taken_for_an_overpayment_is_a_takeback(pairs, found):
    assert takebacks(pairs) == found
