from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import build
from tracker.reports.note_likeness import earlier_notes, likeness, most_alike, side_by_side

FIRST = """S: Left knee pain 4/10 after gardening, stairs still with rail.
O: LEFS 38/80. Manual therapy to the patellofemoral joint, grade III glides.
A: Tolerated well, quad lag smaller than last week.
P: Continue twice a week.
Home program reviewed.
Timed: 15 min."""
COPIED = FIRST.replace("LEFS 38/80", "LEFS 41/80").replace("15 min", "16 min")
OTHER = (
    "S: New complaint of shoulder stiffness since Monday.\nO: Flexion 95 degrees, empty end feel.\nP: Imaging first."
)


@pytest.fixture
def patient(session):
    return build.patient(session, build.practice(session))


def test_a_copied_note_is_most_like_the_note_it_was_copied_from(session, patient):
    build.note(session, patient, OTHER, service_date=build.VISIT - timedelta(7))
    source = build.note(session, patient, FIRST, service_date=build.VISIT - timedelta(3))
    note = build.note(session, patient, COPIED)
    like = most_alike(note, earlier_notes(session, note))
    assert like.note.id == source.id
    assert 70 <= like.percent < 100


def test_notes_of_their_own_are_like_no_other(session, patient):
    build.note(session, patient, OTHER, service_date=build.VISIT - timedelta(7))
    note = build.note(session, patient, FIRST)
    assert most_alike(note, earlier_notes(session, note)) is None


def test_only_notes_before_it_of_its_patient_and_discipline_are_read(session, patient):
    note = build.note(session, patient, FIRST)
    build.note(session, patient, COPIED, service_date=build.VISIT + timedelta(2))
    build.note(session, patient, COPIED, service_date=build.VISIT - timedelta(2), discipline="OT")
    someone = build.patient(session, session.get_one(build.Practice, patient.practice_id), "Marsh")
    build.note(session, someone, COPIED, service_date=build.VISIT - timedelta(2))
    mine = build.note(session, patient, OTHER, service_date=date(2026, 8, 1), discipline="")
    assert [each.id for each in earlier_notes(session, note)] == [mine.id]


def test_a_note_without_a_date_has_no_earlier_ones(session, patient):
    build.note(session, patient, FIRST, service_date=date(2026, 8, 1))
    assert earlier_notes(session, build.note(session, patient, COPIED, service_date=None)) == ()


def test_only_the_same_words_are_said_to_be_all_the_same(session, patient):
    one = build.note(session, patient, FIRST, service_date=date(2026, 8, 1))
    assert likeness(build.note(session, patient, FIRST), one).percent == 100
    assert likeness(build.note(session, patient, COPIED), one).percent < 100


def test_rows_say_what_changed_and_what_only_passes():
    rows = side_by_side(FIRST, COPIED)
    changed = [row for row in rows if row.kind == "changed"]
    assert [("38/80" in row.before, "41/80" in row.after) for row in changed] == [(True, True)]
    assert {row.kind for row in rows} == {"same", "changed", "passing"}


_LINES = st.lists(
    st.sampled_from(["Pain 4/10.", "Gait 20 min.", "Stairs with rail.", "", "  HEP reviewed. Goals met."])
)


@given(before=_LINES.map("\n".join), after=_LINES.map("\n".join))
def test_no_character_of_either_note_is_lost(before, after):
    rows = side_by_side(before, after)
    assert "".join(row.before for row in rows) == before
    assert "".join(row.after for row in rows) == after
