"""Late entries, additions and alterations."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.people_in_notes import DAYS, day_notations
from tracker.reading.note import ReadNote


@given(
    DAYS,
    st.sampled_from(["LATE ENTRY {} for 3/12:", "Addendum {}:", "Late entry written {},", "AMENDED {} -"]),
    st.data(),
)
def test_a_label_is_read_with_its_day(day, label, data):
    written = label.format(data.draw(st.sampled_from(day_notations(day))))
    read = ReadNote(f"97110 30 min\n{written} minutes from the schedule log")

    found = read.amendments.labels

    assert [each.day for each in found] == [day]
    assert found[0].passage.of(read.text).startswith(written[:8])


@pytest.mark.parametrize(
    "text",
    [
        "Total timed 38 (white-out under the figure)",
        "97110 minutes changed from 15 to 25 on 4/20/26",
        "Audit trail: total timed 15 -> 25 by ksmith",
        "Original entry overwritten.",
        "Note re-created from memory",
        "The prior version was not kept.",
    ],
)
def test_an_alteration_is_seen(text):
    read = ReadNote(text)

    assert [passage.of(text) for passage in read.amendments.altered]


@pytest.mark.parametrize(
    "text",
    [
        '"L" struck once and "R" written above, initialled CD 7/14',
        "Nothing was overwritten; original unchanged.",
        "Erased 3 letters while copying the word cat.",
        "Time on task increased from 5 to 12 min; hold changed from 20 to 30 s",
        "Removed the splint, strap replaced.",
        "Exercise time increased from 5 to 8 min.",
    ],
)
def test_a_proper_correction_and_clinical_changes_are_let_be(text):
    assert ReadNote(text).amendments.altered == ()


def test_the_day_a_note_says_it_was_written():
    read = ReadNote("Created: 05/18/2026 21:09\nPlan written 3/1/26\nSurgery completed 2/2/26")

    assert [day for day, _ in read.amendments.written] == [date(2026, 5, 18)]
