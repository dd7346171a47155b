"""Where a visit took place, and whose name stands at the head of its note."""

import pytest

from tests.growth import assert_linear
from tracker.reading.identity import read_patient_name
from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Seen via secure video, mother present.", "remote"),
        ("Session by live two-way audio-video.", "remote"),
        ("Telehealth visit, pt at home.", "remote"),
        ("Treated over Zoom.", "remote"),
        ("Seen in patient's home.", "home"),
        ("Location: home", "home"),
        ("Exercise in clinic pool, chest deep.", "clinic"),
        ("Seen in the clinic today.", "clinic"),
    ],
)
def test_the_place_of_the_visit_is_read(text, kind):
    places = ReadNote(text).places

    assert kind in {each.kind for each in places}
    assert all(text[each.start : each.end] for each in places)


@pytest.mark.parametrize(
    "text",
    [
        "Offered a telehealth visit for next week.",
        "Declined telehealth session.",
        "Next visit via video.",
        "Reviewed video of gait with pt.",
        "Does exercises in her home daily.",
        "Lives in a two-story home.",
        "Had a video visit with Dr. Bose.",
    ],
)
def test_offers_other_visits_and_homes_are_no_place(text):
    assert ReadNote(text).places == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Patient: Ada Berg", "Patient: Berg, Ada", True),
        ("Patient: A. Berg", "Name: Ada Berg", True),
        ("Patient: Ada Berg", "Patient: Rosa Vale", False),
        ("PATIENT NAME: Ada Berg   DOB: 5/1/1960", "Pt: Rosa Vale, DOB 11/2/1987", False),
    ],
)
def test_names_at_the_head_are_compared(one, other, same):
    first, second = read_patient_name(one), read_patient_name(other)

    assert first is not None
    assert second is not None
    assert first.may_be(second) is same


@pytest.mark.parametrize(
    "text", ["Pt: Alert and oriented", "Patient: Reports pain 3/10", "Patient: reports no pain", "Patient walked"]
)
def test_what_the_patient_says_is_no_name(text):
    assert read_patient_name(text) is None


@pytest.mark.parametrize("piece", ["via secure video ", "Patient: A B\n", "telehealth ", "seen in patient's "])
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, lambda note: (note.places, note.patient_name), ReadNote)
