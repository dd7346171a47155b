"""Panel 3: payers by reasons add up to the month, in every mode."""

import random
from datetime import date

import pytest

from tests.reports.ledger import Ledger, payer
from tracker.reports.heatmap import SHADES, HeatMode, heatmap, heatmap_heading, shade
from tracker.reports.months import Month
from tracker.reports.tallies import Asked, LineTally, ReasonTally, denials_by_reason

OCTOBER = Month(2026, 10)
DAY = date(2026, 10, 5)


def of(session, tallies, lines=(), mode=HeatMode.COUNT):
    return heatmap(session, OCTOBER, mode, [ReasonTally(*tally) for tally in tallies], lines)


def texts(found):
    return [[cell.text for cell in cells] for _, cells in found.rows]


def test_zero_is_a_zero_and_the_most_has_the_last_shade(session, harbor, summit):
    found = of(session, [(harbor.id, "CO-50", 9, 900, 9), (summit.id, "CO-97", 3, 90_000, 3)])
    assert [column.name for column in found.columns] == ["CO-50", "CO-97"]
    assert texts(found) == [["9", "0"], ["0", "3"]]
    assert [[cell.shade for cell in cells] for _, cells in found.rows] == [[SHADES, 0], [0, 2]]


def test_dollars_put_the_largest_sum_first(session, harbor, summit):
    found = of(session, [(harbor.id, "CO-50", 9, 900, 9), (summit.id, "CO-97", 3, 90_000, 3)], mode=HeatMode.DOLLARS)
    assert [row.name for row, _ in found.rows] == ["Summit Medicare Advantage", "Harbor Health HMO"]
    assert texts(found) == [["$900", "$0"], ["$0", "$9"]]


def test_a_rate_needs_twenty_lines_and_a_color_five_denials(session, harbor, summit):
    lines = [LineTally(DAY, harbor.id, 20), LineTally(DAY, summit.id, 19), LineTally(date(2026, 9, 5), summit.id, 90)]
    tallies = [(harbor.id, "CO-50", 6, 600, 5), (harbor.id, "CO-97", 4, 400, 4), (summit.id, "CO-50", 9, 900, 9)]
    found = of(session, tallies, lines, HeatMode.RATE)
    cells = {(row.name, column.name): cell for row, column, cell in found.cells}
    assert cells["Harbor Health HMO", "CO-50"].text == "25.0%"
    assert cells["Harbor Health HMO", "CO-50"].denials == 5
    assert cells["Harbor Health HMO", "CO-50"].shade == SHADES
    assert (cells["Harbor Health HMO", "CO-97"].text, cells["Harbor Health HMO", "CO-97"].shade) == ("20.0%", 0)
    assert cells["Summit Medicare Advantage", "CO-50"].is_too_small
    assert cells["Summit Medicare Advantage", "CO-50"].text == "n/a"


def test_the_eleventh_payer_and_the_ninth_reason_are_other(session):
    payers = [payer(session, f"Payer {number:02}") for number in range(12)]
    tallies = [
        (each.id, f"CO-{reason}", 20 - place, 100, 0) for place, each in enumerate(payers) for reason in range(10, 20)
    ]
    found = of(session, tallies)
    assert [len(row.parts) for row, _ in found.rows] == [1] * 10 + [2]
    assert [len(column.parts) for column in found.columns] == [1] * 8 + [2]
    assert found.rows[-1][0].name == found.columns[-1].name == "Other"
    assert sum(cell.denials for _, _, cell in found.cells) == sum(tally[2] for tally in tallies)


def test_a_shade_is_a_step_between_one_and_the_most():
    assert [shade(value, 100) for value in (0, 1, 30, 49, 51, 90, 100)] == [0, 1, 2, 2, 3, 5, 5]


@pytest.mark.parametrize(
    ("tallies", "heading"),
    [
        ([], "No denials in October"),
        ([("CO-50", 4)], "No payer and reason stand out in October"),
        ([("CO-50", 9), ("CO-97", 9)], "No payer and reason stand out in October"),
        ([("CO-50", 9), ("CO-97", 8)], "Most common pair in October: Harbor Health HMO with CO-50, 9 denials"),
    ],
)
def test_a_heading_names_a_pair_only_when_it_stands_out(session, harbor, tallies, heading):
    assert heatmap_heading(of(session, [(harbor.id, code, count, 100, 0) for code, count in tallies])) == heading


@pytest.mark.parametrize("seed", range(3))
def test_reasons_equal_a_count_by_hand(session, harbor, summit, seed):
    rnd = random.Random(seed)
    ledger, other = Ledger(session, "Eastside PT"), Ledger(session, "Lakeview Rehab")
    hand = {}
    for _ in range(60):
        place, payer_row = rnd.choice([ledger, other]), rnd.choice([harbor, summit])
        group, carc = rnd.choice([("CO", "50"), ("CO", "97"), ("PR", "96"), ("OA", ""), ("CO", "")])
        day = date(2026, rnd.choice([9, 10]), rnd.randrange(1, 29))
        answered, cents = rnd.choice([day, None]), rnd.randrange(1, 9_000)
        line = place.line(payer_row, answered)
        place.denial(payer_row, day, cents, line=line, group_code=group, carc=carc)
        if place is ledger and day.month == 10:
            cell = hand.setdefault((payer_row.id, f"{group}-{carc}" if carc else "none"), [0, 0, 0])
            for at, more in enumerate((1, cents, answered == day)):
                cell[at] += more
    session.info["scope"] = frozenset({ledger.practice.id})
    found = denials_by_reason(session, Asked(OCTOBER, OCTOBER))
    assert {(tally.payer_id, tally.reason): list(tally[2:]) for tally in found} == hand
