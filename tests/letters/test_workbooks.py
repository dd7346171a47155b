"""Excel workbooks from outside: values come out as texts, hostile files end in words."""

import pytest

from tests.letters.test_archives import zipped
from tests.xlsx import number, packed, text, workbook
from tracker.letters.workbooks import WorkbookProblem, rows_of


def cells(*row: str, **more) -> list[str]:
    [(_, found)] = rows_of(workbook([row], **more))
    return found


def test_the_first_sheet_that_shows_is_read_with_the_numbers_of_its_rows():
    rows = rows_of(workbook([[text("Payer"), text("Claim")], [], [text("Harbor"), number(1042)]]))
    assert rows == [(1, ["Payer", "Claim"]), (3, ["Harbor", "1042"])]


def test_days_are_told_by_their_style_and_other_numbers_stay_numbers():
    assert cells(number(46279, 1), number(46279.75, 2), number(46279), number(46279, 3)) == [
        "2026-09-14", "2026-09-14", "46279", "46279",
    ]  # fmt: skip


def test_money_of_binary_fractions_is_what_the_person_typed():
    assert cells(number("148.19999999999999"), number("90"), number("1234567890123")) == [
        "148.2",
        "90",
        "1234567890123",
    ]


def test_a_formula_is_never_read_only_its_last_value():
    assert cells(number(90, formula='WEBSERVICE("http://example.org")')) == ["90"]


def test_a_formula_without_a_value_is_an_empty_cell():
    assert rows_of(workbook([[text("Payer"), "<c><f>A1&amp;A2</f></c>"]])) == [(1, ["Payer"])]


def test_shared_texts_of_several_runs_are_one_and_phonetic_hints_are_none():
    texts = ["<r><t>Har</t></r><r><t>bor</t></r><rPh><t>ha</t></rPh>"]
    assert cells('<c t="s"><v>0</v></c>', texts=texts) == ["Harbor"]


def test_a_merged_cell_stands_in_each_of_its_rows():
    rows = [[text("Harbor"), number(1)], [f'<c r="B2">{"<v>2</v>"}</c>'], [f'<c r="B3">{"<v>3</v>"}</c>']]
    merged = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="A3:A900000"/></mergeCells>'
    assert rows_of(workbook(rows, after=merged)) == [(1, ["Harbor", "1"]), (2, ["Harbor", "2"]), (3, ["", "3"])]


def test_a_million_empty_rows_below_the_list_are_left_alone():
    sheet = f"<worksheet><sheetData><row>{text('Payer')}</row>{'<row/>' * 1_000_000}</sheetData></worksheet>"
    assert rows_of(packed(sheet)) == [(1, ["Payer"])]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (workbook([[text("&x;")]], head='<!DOCTYPE a [<!ENTITY x "boo">]>'), "holds a document type"),
        (workbook([[number(n)] for n in range(6000)]), "more than 5,100 rows"),
        (packed("<worksheet><sheetData><row>"), "cannot be read"),
        (packed("<worksheet>" + "<a>" * 300), "nested too deep"),
        (zipped(("a.835", b"ISA")), "no Excel workbook"),
        (b"PK\x03\x04nothing", "no Excel workbook"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(content, why):
    with pytest.raises(WorkbookProblem, match=why):
        rows_of(content)
