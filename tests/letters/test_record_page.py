"""The printed page of a record that has no paper of its own."""

from datetime import date

from tests.letters.reading import accessibility_failures, text_of
from tracker.letters.record_page import RecordPage, RecordTable, make_record_page


def test_the_page_prints_what_is_known_and_nothing_else():
    table = RecordTable(
        "Each sending", ("Sent", "Receipt"), (("June 30, 2026", "277CA"), ("July 6, 2026", "999 & <b>"))
    )
    page = RecordPage(
        "Proof of timely filing", "Lakeview Rehab", "Łukasz Nguyễn", date(1957, 2, 3),
        [("Claim number", "12345"), ("Received", "")], "From the files received.", table,
    )  # fmt: skip
    pdf = make_record_page(page)
    text = " ".join(text_of(pdf).split())
    assert "Patient Łukasz Nguyễn, born February 3, 1957 Claim number 12345" in text
    assert "Received" not in text
    assert "July 6, 2026 999 & <b>" in text
    assert "From the files received." in text
    assert accessibility_failures(pdf) == []
