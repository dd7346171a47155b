"""The arithmetic of the yearly thresholds, whatever the lines."""

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.threshold_ledger import POOLS, LedgerLine, pool_ledger

KX, REVIEW = 248_000, 300_000

lines_of_years = st.lists(
    st.builds(
        LedgerLine,
        day=st.dates(date(2025, 11, 1), date(2027, 2, 1)),
        claim=st.sampled_from("abc"),
        code=st.sampled_from(["97110", "97140", "92507"]),
        modifiers=st.sampled_from([("GP",), ("GP", "KX"), ()]),
        pool=st.sampled_from(["pt_slp", "ot", ""]),
        allowed_cents=st.integers(-5_000, 90_000),
    ),
    max_size=40,
)


def line(day: int, cents: int, *modifiers: str) -> LedgerLine:
    return LedgerLine(date(2026, 3, day), "c", "97110", modifiers or ("GP",), "pt_slp", cents)


def test_the_total_grows_in_the_order_of_the_days_and_kx_is_needed_above_the_threshold():
    ledger = pool_ledger([line(3, 1), line(1, 200_000), line(2, 48_000, "GP", "KX")], "pt_slp", 2026, KX, REVIEW)
    assert [(entry.line.day.day, entry.total_cents, entry.is_above_kx) for entry in ledger.entries] == [
        (1, 200_000, False),
        (2, 248_000, False),  # the threshold itself is not passed
        (3, 248_001, True),
    ]
    assert (ledger.crossed_on, ledger.kx_left_cents, len(ledger.without_kx)) == (date(2026, 3, 3), 0, 1)


def test_a_year_without_a_figure_says_nothing_of_kx():
    ledger = pool_ledger([line(1, 500_000)], "pt_slp", 2026, None, None)
    assert (ledger.total_cents, ledger.kx_left_cents, ledger.crossed_on) == (500_000, None, None)
    assert not ledger.is_above_review
    assert not ledger.without_kx


@given(lines_of_years, st.sampled_from(sorted(POOLS)), st.sampled_from([2025, 2026, 2027]))
def test_the_total_is_the_sum_of_what_was_allowed_in_the_pool_and_year(lines, pool, year):
    ledger = pool_ledger(lines, pool, year, KX, REVIEW)
    own = [each.allowed_cents for each in lines if each.pool == pool and each.day.year == year]
    assert ledger.total_cents == sum(cents for cents in own if cents > 0)


@given(lines_of_years, st.sampled_from(sorted(POOLS)))
def test_the_running_total_never_falls_and_days_are_in_order(lines, pool):
    entries = pool_ledger(lines, pool, 2026, KX, REVIEW).entries
    totals = [0, *(entry.total_cents for entry in entries)]
    assert [after - before for before, after in itertools.pairwise(totals)] == [
        entry.line.allowed_cents for entry in entries
    ]
    assert [entry.line.day for entry in entries] == sorted(entry.line.day for entry in entries)


@given(lines_of_years, st.randoms())
def test_the_order_of_the_lines_changes_no_amount(lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)
    one, other = (pool_ledger(each, "pt_slp", 2026, KX, REVIEW) for each in (lines, shuffled))
    assert (one.total_cents, one.crossed_on) == (other.total_cents, other.crossed_on)


@given(lines_of_years, st.integers(0, 400_000))
def test_what_is_left_and_what_is_used_make_the_threshold(lines, threshold):
    ledger = pool_ledger(lines, "ot", 2026, threshold, None)
    assert ledger.kx_left_cents == max(0, threshold - ledger.total_cents)
    assert (ledger.crossed_on is not None) is (ledger.total_cents > threshold)
    above = [entry.is_above_kx for entry in ledger.entries]
    assert above == sorted(above)  # once above, always above
