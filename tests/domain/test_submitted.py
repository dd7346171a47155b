"""Claims submitted by month, as they are typed or pasted."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.submitted import SubmittedError, read_submitted, written

COUNTS = st.dictionaries(
    st.builds("{:04d}-{:02d}".format, st.integers(1900, 2999), st.integers(1, 12)), st.integers(0, 9_999_999)
)


@given(COUNTS)
def test_what_is_written_is_read_again(counts):
    assert read_submitted(written(counts)) == counts


@given(st.text())
def test_any_text_is_read_or_refused(text):
    counts = {}
    with suppress(SubmittedError):
        counts = read_submitted(text)
    assert read_submitted(written(counts)) == counts


@pytest.mark.parametrize(
    "text",
    ["10/2026, 1412", "2026-10,1412", "10/2026\t1,412", 'Month,Claims\n10/2026,"1,412"\n', "\n10/2026; 1412\n\n"],
)
def test_lines_of_people_and_spreadsheets_are_read(text):
    assert read_submitted(text) == {"2026-10": 1412}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("9/2026, 4\n13/2026, 5", "Line 2: write a month and a number of claims"),
        ("9/2026, 4\n2026-09, 5", "Line 2: 2026-09 stands there twice"),
        ("9/2026, -4", "Line 1: write"),
        ("9/2026, 4.5", "Line 1: write"),
        ("9/2026, 99999999", "Line 1: 99,999,999 claims are more"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text, problem):
    with pytest.raises(SubmittedError, match=problem):
        read_submitted(text)
