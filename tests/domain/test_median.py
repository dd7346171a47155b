"""The middle of counted values, beside the standard library's."""

from collections import Counter
from statistics import median_high, median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.median import middle


@given(st.lists(st.integers(-50, 400), min_size=1))
def test_the_middle_of_counts_is_that_of_the_values_one_by_one(values):
    assert middle(Counter(values)) == (median_low(values), median_high(values))


def test_a_value_that_is_never_there_is_not_in_the_middle():
    assert middle({1: 0, 7: 2, 9: 0}) == (7, 7)


@pytest.mark.parametrize("counts", [{}, {3: 0}])
def test_nothing_has_no_middle(counts):
    with pytest.raises(ValueError, match="nothing is counted"):
        middle(counts)
