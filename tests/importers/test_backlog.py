"""A list of denials: columns by their headers, cells as people and programs write them, what cannot be read named."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.importers.backlog import (
    column_letter,
    guess_columns,
    header_row,
    missing_columns,
    read_backlog,
    read_day,
)
from tracker.importers.errors import ImportProblem
from tracker.importers.table import csv_rows, table_of
from tracker.importers.typed import DateError
from tracker.knowledge import load

TODAY = date(2026, 11, 23)
HEADERS = "Insurance,Pt Name,Acct #,DOS,Denied On,Denial Code,RARC,CPT,Mod,Units,Balance"
ROW = 'Harbor Health,"Quill, Nora",A100,9/14/26,10/05/2026,CO-50,N115,97110,GP,2,"$1,248.20"'


def read(*rows: str, headers: str = HEADERS, data: bytes | None = None):
    lines = csv_rows(data if data is not None else "\n".join([headers, *rows]).encode())
    table = table_of(lines, header_row(lines))
    columns = guess_columns(table.headers)
    assert missing_columns(columns) == []
    return read_backlog(table, columns, load(), TODAY)


def test_a_row_is_read_as_a_biller_would_type_it():
    [found], problems = read(ROW)
    assert problems == []
    assert (found.payer, found.patient[:2], found.claim_number) == ("Harbor Health", ("Quill", "Nora"), "A100")
    assert (found.service_date, found.denied_on) == (date(2026, 9, 14), date(2026, 10, 5))
    assert found.reason == ("CO", "50", ("N115",))
    assert found.line == ("97110", ("GP",), 2)
    assert found.amount_cents == 124_820


@pytest.mark.parametrize(
    ("headers", "facts"),
    [
        ("Payor Name;Last Name;First Name;Invoice #;Date of Service;EOB Date;CARC;Group;Charges",
         {"payer", "last_name", "first_name", "claim_number", "service_date", "denied_on", "reason", "group", "amount"}),
        ("Carrier;Patient Name;Claim ID;From Date;Check Date;Adj Reason;Remark Codes;Procedure Code;Qty;Ins Balance;Deadline",
         {"payer", "patient", "claim_number", "service_date", "denied_on", "reason", "remarks", "code", "units", "amount",
          "file_by"}),
    ],
)  # fmt: skip
def test_columns_are_found_by_the_names_that_programs_use(headers, facts):
    found = guess_columns(headers.split(";"))
    assert set(found) == facts
    assert len(set(found.values())) == len(found)


def test_titles_above_the_headers_and_sums_below_the_rows_are_left_out():
    found, problems = read(ROW, ",,,,,,,,,,1248.20", headers=f"Eastside PT\nOpen denials 11/2026\n\n{HEADERS}")
    assert ([one.row for one in found], problems) == ([5], [])


def test_what_cannot_be_read_is_named_by_row_and_column():
    bad = "Harbor,Nora Quill,A1,9/14/27,9/1/26,50,N115,97110,GP,2,90"
    found, problems = read(bad, ROW)
    assert [one.row for one in found] == [3]
    assert [(one.row, one.column, one.why) for one in problems] == [
        (2, "column B (Pt Name)", "Patient must be last name and first name with a comma between, like Okafor, Nina"),
        (2, "column D (DOS)", "Service date must be in the past"),
        (2, "column F (Denial Code)", "Add the group in front of the number, like CO-50"),
        (2, "column E (Denied On)", "Denial date must not be before the service date"),
    ]


@pytest.mark.parametrize("code", ["CO50", "CO 50", "co-50", "CO: 50", "CO-50; N115", "CO50/N115"])
def test_reason_codes_come_in_many_forms(code):
    [found], _ = read(ROW.replace("CO-50,N115", f'"{code}",'))
    assert (found.reason.group, found.reason.carc) == ("CO", "50")


def test_a_group_may_have_a_column_of_its_own():
    headers = HEADERS.replace("RARC", "Group")
    [found], problems = read(ROW.replace("CO-50,N115", "50,CO"), headers=headers)
    assert (found.reason[:2], problems) == (("CO", "50"), [])


@pytest.mark.parametrize("cell", ["=HYPERLINK(A1)", "#REF!", '"=1+1"'])
def test_a_formula_in_place_of_a_value_is_not_taken_for_one(cell):
    found, [problem] = read(ROW.replace("A100", cell))
    assert found == []
    assert problem.why == "Claim number must be a value, not a formula or its error"


def test_zeros_in_front_of_a_claim_number_stay():
    [found], _ = read(ROW.replace("A100", '"=""00123"""'))
    assert found.claim_number == "00123"


@pytest.mark.parametrize("codec", ["utf-8-sig", "cp1252", "utf-16"])
def test_names_with_accents_come_through_in_every_encoding_that_excel_writes(codec):
    data = f"{HEADERS}\n{ROW.replace('Quill, Nora', 'Muñoz, Zoë')}".encode(codec)
    [found], _ = read(data=data)
    assert found.patient[:2] == ("Muñoz", "Zoë")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_seen(delimiter):
    row = delimiter.join(["Harbor", "Quill, Nora", "A1", "9/14/26", "10/5/26", "CO-50", "", "97110", "", "", "90"])
    [found], problems = read(row, headers=HEADERS.replace(",", delimiter))
    assert (found.amount_cents, problems) == (9000, [])


@pytest.mark.parametrize(
    ("data", "why"), [(b"a\x00b", "neither CSV nor XLSX"), (b'a,"' + b"x" * 200_000, "never closed")]
)
def test_what_is_no_list_is_refused_in_words(data, why):
    with pytest.raises(ImportProblem, match=why):
        csv_rows(data)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.sampled_from(
    ["%m/%d/%Y", "%Y-%m-%d", "%m-%d-%Y", "%m%d%Y", "%Y-%m-%d 00:00:00", "%m/%d/%Y 12:00 AM", "%d-%b-%Y", "%B %d, %Y", "%Y-%m-%dT00:00:00"]
))  # fmt: skip
def test_a_day_is_read_in_every_form_that_programs_write(day, form):
    assert read_day(day.strftime(form)) == day


@given(st.dates(date(1983, 1, 1), date(2090, 12, 31)))
def test_a_day_is_read_as_excel_counts_days(day):
    assert read_day(str((day - date(1899, 12, 30)) // timedelta(days=1))) == day


@given(st.text(max_size=30))
def test_any_other_text_is_no_day_and_never_an_error_of_ours(text):
    with contextlib.suppress(DateError):
        assert isinstance(read_day(text), date)


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_characters='"\x00', exclude_categories=["Cs"]), max_size=12),
        min_size=11,
        max_size=11,
    )
)
def test_any_cells_are_read_or_named_and_nothing_else(cells):
    quoted = ",".join(f'"{cell}"' for cell in cells)
    found, problems = read(quoted, ROW)
    assert 3 in [one.row for one in found]
    assert all(one.why and one.column.startswith("column ") for one in problems)


@given(st.integers(0, 20_000))
def test_columns_are_named_as_spreadsheets_name_them(place):
    letters = column_letter(place)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    assert number == place + 1
