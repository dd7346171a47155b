"""Changes of the plan of care told in notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("POC amended to add manual therapy.", "97140"),
        ("Plan of care revised 8/1/26 to include gait training 2x/wk.", "97116"),
        ("Updated POC to include iontophoresis per Dr. Osei.", "97033"),
        ("Addendum to plan of care: manual therapy for capsular restriction.", "97140"),
        ("Added iontophoresis to the plan of care 8/1/26.", "97033"),
        ("Manual therapy added to POC today.", "97140"),
        ("97140 was added to the current POC, sent to Dr. Osei.", "97140"),
        ("A/P: tolerated well. POC updated with addition of NMR for balance.", "97112"),
        ("Amendment to POC to add aquatic therapy.", "97113"),
    ],
)
def test_a_service_taken_into_the_plan_is_read_with_its_sentence(text, code):
    note = ReadNote(text)

    assert [code in change.codes for change in note.plan_changes] == [True]
    (change,) = note.plan_changes
    assert "plan" in text[change.start : change.end].lower() or "poc" in text[change.start : change.end].lower()


@pytest.mark.parametrize(
    "text",
    [
        "Will amend POC to add manual therapy if no better.",
        "POC not amended; manual therapy is outside it.",
        "Consider adding manual therapy to POC.",
        "Manual therapy needs to be added to POC.",
        "Plan to add gait training to the plan of care next visit.",
        "POC amended to discontinue manual therapy.",
        "POC updated 8/1/26. Manual therapy 15 min.",
        "Continue POC: manual therapy, gait training.",
        "Requested that manual therapy be added to POC, awaiting signature.",
    ],
)
def test_what_is_intended_taken_out_or_only_done_is_no_change(text):
    assert ReadNote(text).plan_changes == ()


def test_a_service_that_replaces_another_is_the_one_that_was_added():
    (change,) = ReadNote("POC revised to include gait training in place of manual therapy.").plan_changes

    assert change.codes == ("97116",)


@given(st.text(alphabet="poc plan of care amended to add manual therapy.\n", max_size=300))
def test_places_lie_within_the_text(text):
    assert all(0 <= change.start < change.end <= len(text) for change in ReadNote(text).plan_changes)


@pytest.mark.parametrize("piece", ["poc amended ", "added manual to ", "plan of care revised to add gait training "])
def test_a_long_note_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.plan_changes, ReadNote)
