"""How an assistant was supervised."""

import pytest

from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Supervising PT: B. Lindqvist, by phone, did not see pt today", "by_phone"),
        ("PT off site this afternoon.", "by_phone"),
        ("General supervision, PT available by phone.", "by_phone"),
        ("Supervising OT on site.", "on_site"),
        ("Treated under the direct supervision of K. Smith, PT.", "on_site"),
        ("No covering therapist this week.", "nobody"),
        ("Treated unsupervised, PT on vacation, no cover.", "nobody"),
    ],
)
def test_supervision_is_read(text, where):
    read = ReadNote(text)

    assert getattr(read.supervision, where) is not None


@pytest.mark.parametrize(
    "text", ["Walks unsupervised at home.", "Supervision x1 for stairs.", "No supervision needed for transfers."]
)
def test_the_patients_own_supervision_is_something_else(text):
    supervision = ReadNote(text).supervision

    assert supervision == (None, None, None)
