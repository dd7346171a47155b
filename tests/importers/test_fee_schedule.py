"""A fee schedule as people write it: read whole, or every cell that hinders named by its row."""

from datetime import date

import pytest

from tracker.domain.expected_amounts import Rate
from tracker.importers.errors import ImportProblem
from tracker.importers.fee_schedule import read_fee_schedule
from tracker.importers.table import csv_rows

PAYERS = ("Harbor Health HMO", "Summit Medicare")
HEAD = "payer,code,modifier,rate,from,to"


def read(*rows: str, head: str = HEAD):
    return read_fee_schedule(csv_rows("\n".join([head, *rows]).encode()), PAYERS)


def test_a_row_is_a_rate():
    found = read("harbor  health hmo,97110,cq,$26.69,01/01/2026,2026-12-31")
    assert found.problems == ()
    [one] = found.rates
    assert (one.row, one.payer, one.code) == (2, "Harbor Health HMO", "97110")
    assert one.rate == Rate("CQ", date(2026, 1, 1), date(2026, 12, 31), 2669)


def test_modifier_and_last_day_may_be_left_out_of_the_file():
    [one] = read("Summit Medicare,97140,28.50,1/1/2026", head="Payer Name,CPT,Allowed amount,Effective date").rates
    assert one.rate == Rate("", date(2026, 1, 1), None, 2850)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("Nobody,97110,,31.40,1/1/2026,", "payer", "No payer has this name"),
        (",97110,,31.40,1/1/2026,", "payer", "Enter the payer"),
        ("Summit Medicare,9711,,31.40,1/1/2026,", "code", "like 97110"),
        ("Summit Medicare,97110,CQ GP,31.40,1/1/2026,", "modifier", "one modifier"),
        ("Summit Medicare,97110,,31.40x,1/1/2026,", "rate", "dollars of one unit"),
        ("Summit Medicare,97110,,=31+1,1/1/2026,", "rate", "dollars of one unit"),
        ("Summit Medicare,97110,,-3,1/1/2026,", "rate", "dollars of one unit"),
        ("Summit Medicare,97110,,31.40,13/45/2026,", "from", "like 01/01/2026"),
        ("Summit Medicare,97110,,31.40,,", "from", "like 01/01/2026"),
        ("Summit Medicare,97110,,31.40,1/1/2026,12/31/2025", "to", "must not be before"),
    ],
)
def test_what_hinders_is_named_by_row_and_column(row, column, words):
    [problem] = read("Summit Medicare,97112,,30,1/1/2026,", row).problems
    assert (problem.row, problem.column) == (3, column)
    assert words in problem.why


def test_an_unknown_column_is_named_and_nothing_may_be_loaded():
    [problem] = read("Summit Medicare,97110,,31.40,1/1/2026,,x", head=f"{HEAD},facility").problems
    assert (problem.row, problem.column) == (1, "column G (facility)")


def test_the_same_rate_twice_is_named_with_the_row_of_the_first():
    same = "Summit Medicare,97110,,31.40,1/1/2026,"
    [problem] = read(same, same.replace("31.40", "30")).problems
    assert problem.row == 3
    assert "Row 2 has the same payer" in problem.why


@pytest.mark.parametrize("text", ["", "payer,code\nSummit Medicare,97110", HEAD])
def test_a_file_without_heads_or_rates_says_what_to_do(text):
    with pytest.raises(ImportProblem):
        read_fee_schedule(csv_rows(text.encode()), PAYERS)
