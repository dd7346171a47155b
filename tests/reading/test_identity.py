"""Whose note it is, of which day, and whether it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.people_in_notes import DAYS, day_notations
from tracker.reading.note import ReadNote


@given(DAYS, st.sampled_from(["DOB: {}", "D.O.B. {}", "Date of birth {}", "Birthdate: {}", "dob {}"]), st.data())
def test_a_birth_date_is_read_with_its_label(day, label, data):
    written = label.format(data.draw(st.sampled_from(day_notations(day))))
    read = ReadNote(f"Pt: R. Vale   {written}\n97110 30 min 3/12/2026")

    found = read.identity.births

    assert [(each.day, read.text[each.start : each.end]) for each in found] == [(day, written)]


@given(DAYS, st.sampled_from(["DOS: {}", "Date of service: {}", "Visit date {}", "Treatment date: {}"]), st.data())
def test_a_day_of_service_is_read_with_its_label(day, label, data):
    written = label.format(data.draw(st.sampled_from(day_notations(day))))
    read = ReadNote(f"{written}\n97110 30 min")

    assert [each.day for each in read.identity.services] == [day]


@pytest.mark.parametrize(
    "text", ["97110 [illegible] min", "page dark, cut off at the bottom", "(unreadable) 3x10", "Fax page 2 illegible"]
)
def test_what_cannot_be_read_is_seen(text):
    assert ReadNote(text).identity.unreadable


@pytest.mark.parametrize(
    "text",
    [
        "Writes her name, illegible at start",
        "Signature illegible",
        "Handwriting illegible to teacher",
        "Cut off the cast",
    ],
)
def test_other_things_unreadable_are_let_be(text):
    assert ReadNote(text).identity.unreadable == ()
