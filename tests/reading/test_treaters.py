"""Who gave which service and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.note import ReadNote


def shares(text: str) -> list[tuple[str, int | None, str]]:
    return [(each.rank, each.minutes, each.codes[0] if each.codes else "") for each in ReadNote(text).shares]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("97110 23 min: PTA 10 of 23 min", [("assistant", 10, "97110")]),
        ("97110 performed by R. Estes, PTA", [("assistant", None, "97110")]),
        ("Ther ex 23 min (by PTA)", [("assistant", 23, "97110")]),
        ("97110 x23 min (PTA 10 min, PT 13 min)", [("assistant", 10, "97110"), ("therapist", 13, "97110")]),
        ("97110: 10 min by R. Estes, PTA; 13 min by K. Cole, PT", [("assistant", 10, "97110"), ("therapist", 13, "97110")]),
        ("97535 OT 16 min, COTA 15 min", [("therapist", 16, "97535"), ("assistant", 15, "97535")]),
        ("co-treated by PT 12 min, PTA 11 min", [("therapist", 12, ""), ("assistant", 11, "")]),
        ("97530 PT and PTA together 30 min", [("together", 30, "97530")]),
        ("97110 (PTA 23'), 97140 (PT 15')", [("assistant", 23, "97110"), ("therapist", 15, "97140")]),
        ("PTA treated 97110 for 23 min. PT gave 97140 15 min.", [("assistant", None, "97110"), ("therapist", None, "97140")]),
        ("9:00-9:31 | D. Roth COTA, alone | ADL: tub transfer", [("assistant", None, "97535")]),
        ("PTA: 97110 23 min", [("assistant", None, "97110")]),
        ("Seen by C. Moreau, PTA", [("assistant", None, "")]),
    ],
)  # fmt: skip
def test_the_time_is_divided_as_the_note_says(text, found):
    assert shares(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "97110 30 min\nSigned: R. Estes, PTA",
        "Electronically signed by R. Estes, PTA 45 min total",
        "PTA supervised by K. Cole, PT on site",
        "Physical therapist assistant: R. Estes",
        "Plan: 97110 by PTA next visit",
        "Pt walked 12 min with cane",
        "Potassium 4.1, rotator cuff 15 min",
    ],
)
def test_signatures_supervision_and_plans_divide_nothing(text):
    assert shares(text) == []


@given(
    st.lists(
        st.sampled_from(["PTA ", "PT ", "97110 ", "10 min ", "of 23 ", "by ", "(", ")", "\n", ", ", "together "]),
        max_size=60,
    )
)
def test_every_share_stands_inside_its_text(words):
    text = "".join(words)

    assert all(0 <= each.start < each.end <= len(text) for each in ReadNote(text).shares)


@pytest.mark.parametrize(
    "piece", ["pta ", "10 min pta ", "pta 10 of ", "10 min a b c d pta ", "performed by a b pta ", "pt and pta "]
)
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.shares, ReadNote)
