"""Files that a spreadsheet opens as text and numbers, never as formulas."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.csv_export import csv_lines, safe_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1 555", "'+1 555"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"), ("\t=1", "'\t=1"),
        ("  =1", "'  =1"), ("-12.50", "-12.50"), ("-3", "-3"), (-3, "-3"), (None, ""), ("Okafor, N.", "Okafor, N."),
        (date(2026, 11, 29), "2026-11-29"), ("＝1", "'＝1"),
    ],
)  # fmt: skip
def test_a_cell(value, cell):
    assert safe_cell(value) == cell


@given(st.text())
def test_no_text_starts_a_formula(text):
    cell = safe_cell(text)
    starts = cell.lstrip(" ")[:1]
    assert starts not in {"=", "+", "@", "\t", "\r"}
    assert starts != "-" or cell.lstrip("-").replace(".", "", 1).isdigit()


@given(st.lists(st.tuples(st.text(alphabet=st.characters(exclude_characters="\x00")), st.integers()), max_size=5))
def test_what_is_written_is_read_back(rows):
    text = "".join(csv_lines([("Work queue", "All open")], ("name", "cents"), rows))
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read[:3] == [["Work queue", "All open"], [], ["name", "cents"]]
    assert [row[0] for row in read[3:]] == [safe_cell(name) for name, _ in rows]
