from datetime import date

from tracker.reports.months import Month, months_between
from tracker.reports.payers import payer_figures, payers_heading
from tracker.reports.tallies import DecidedTally, DenialTally, LineTally

OCTOBER = Month(2026, 10)
MONTHS = months_between(Month(2026, 9), Month(2026, 11))
DAY, BEFORE = date(2026, 10, 5), date(2026, 9, 5)


def figures(session, denials=(), lines=(), decided=()):
    return payer_figures(session, OCTOBER, MONTHS, denials, lines, decided)


def test_a_payer_row_holds_one_month_and_the_line_of_all_months(session, harbor):
    denials = [DenialTally(DAY, harbor.id, 3, 30_000, 2), DenialTally(BEFORE, harbor.id, 7, 70_000, 7)]
    lines = [LineTally(DAY, harbor.id, 40), LineTally(BEFORE, harbor.id, 10)]
    [row] = figures(session, denials, lines)
    assert (row.name, row.denials, row.cents, row.by_month) == ("Harbor Health HMO", 3, 30_000, (7, 3, 0))
    assert row.rate.text() == "5.0%"


def test_payers_stand_by_dollars_denied(session, harbor, summit):
    rows = figures(session, [DenialTally(DAY, harbor.id, 9, 100, 9), DenialTally(DAY, summit.id, 1, 900, 1)])
    assert [row.name for row in rows] == ["Summit Medicare Advantage", "Harbor Health HMO"]


def test_a_payer_without_835_lines_has_no_rate(session, harbor):
    [row] = figures(session, [DenialTally(DAY, harbor.id, 30, 100, 0)])
    assert (row.rate.whole, row.rate.text()) == (0, "n/a")


def test_overturned_and_median_days_need_ten_decisions(session, harbor):
    decided = [DecidedTally(harbor.id, 10 + place, 1, int(place < 4)) for place in range(9)]
    [row] = figures(session, decided=decided)
    assert (row.overturned.text(0), row.median_days) == ("n/a", None)
    [row] = figures(session, decided=[*decided, DecidedTally(harbor.id, 99, 1, 1)])
    assert (row.overturned.text(0), row.median_days) == ("50%", 14)


def test_the_heading_names_the_two_highest_rates(session, harbor, summit):
    denials = [DenialTally(DAY, harbor.id, 2, 100, 2), DenialTally(DAY, summit.id, 6, 900, 6)]
    lines = [LineTally(DAY, harbor.id, 20), LineTally(DAY, summit.id, 40)]
    heading = payers_heading(OCTOBER, figures(session, denials, lines))
    assert heading == "Highest denial rates in October: Summit Medicare Advantage 15.0%, Harbor Health HMO 10.0%"


def test_the_heading_makes_no_rate_of_few_lines(session, harbor):
    rows = figures(session, [DenialTally(DAY, harbor.id, 9, 100, 9)], [LineTally(DAY, harbor.id, 19)])
    assert payers_heading(OCTOBER, rows) == "No payer has 20 lines in October, so no rate yet"
    assert payers_heading(OCTOBER, ()) == "No payer answered in October"


def test_no_denials_make_no_highest_rate(session, harbor):
    rows = figures(session, lines=[LineTally(DAY, harbor.id, 30)])
    assert payers_heading(OCTOBER, rows) == "No lines denied at their first answer in October"
