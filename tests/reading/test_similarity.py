"""How alike two notes are, and what differs between them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.similarity import changes, similarity

COPIED = """OT note  06/09/2026  visit 5
S: Woke twice, shoulder 5/10 at rest. Reached the second shelf.
O: Activities 30 min: shelf reach with 2 lb 2x10, verbal cue to drop the shoulder blade. L flexion 121.
A: Better than last visit.
P: Continue, 2x/wk.
Signed 06/09/2026 12:15"""
NEXT_DAY = COPIED.replace("06/09/2026", "06/11/2026").replace("visit 5", "visit 6").replace("12:15", "12:40")
WORDS = st.lists(
    st.sampled_from(["walked", "stairs", "cue", "3x10", "pain", "4/10", "knee", "\n", ". ", "S:"]), max_size=60
)


def test_a_note_with_another_date_time_and_visit_number_is_the_same_note():
    assert similarity(COPIED, NEXT_DAY) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Date of service: March 4, 2026. Seen 9:05-9:40 am, 35 minutes, visit 4 of 12, Wed", "Date of service: March 11, 2026. Seen 1:00-1:40 pm, 40 minutes, visit 6 of 12, Fri"),
        ("4 Mar 2026 #7 gait with cane, cue for heel strike on the left, 15 min", "06 Mar 2026 #8 gait with cane, cue for heel strike on the left, 20 min"),
    ],
)  # fmt: skip
def test_dates_minutes_and_visit_numbers_do_not_count(old, new):
    assert similarity(old, new) == 1


def test_the_same_template_filled_in_otherwise_is_no_copy():
    new = NEXT_DAY.replace(
        "Woke twice, shoulder 5/10 at rest. Reached the second shelf", "Slept well, 3/10. Hung a coat"
    )
    new = new.replace("shelf reach with 2 lb 2x10", "coat rail with 3 lb 2x12").replace("121", "134")
    assert similarity(COPIED, new) < 0.5


def test_a_changed_score_counts():
    assert similarity(COPIED, NEXT_DAY.replace("flexion 121", "flexion 133")) < 1


@given(WORDS, WORDS)
def test_likeness_is_the_same_from_both_sides_and_whole_with_itself(one, other):
    one, other = " ".join(one), " ".join(other)
    assert 0 <= similarity(one, other) == similarity(other, one) <= 1
    assert similarity(one, one) in {0, 1}


def test_what_changed_stands_at_its_places_in_both_texts():
    new = NEXT_DAY.replace("Reached the second shelf.", "Reached the third shelf.")
    told = [(COPIED[slice(*each.before)], new[slice(*each.after)]) for each in changes(COPIED, new) if each.counts]
    assert told == [("Reached the second shelf.", "Reached the third shelf.")]


def test_a_change_of_dates_alone_is_marked_as_one_that_does_not_count():
    assert [each.counts for each in changes(COPIED, NEXT_DAY)] == [False, False]


def test_what_was_added_and_left_out_has_an_empty_other_side():
    assert changes("One line.\nTwo lines.", "One line.\nNew line.\nTwo lines.") == (((9, 9), (10, 19), True),)
    assert changes("One line.\nOld line.\nTwo lines.", "One line.\nTwo lines.") == (((10, 19), (9, 9), True),)


@given(WORDS, WORDS)
def test_changes_turn_one_text_into_the_other(one, other):
    one, other = " ".join(one), " ".join(other)
    rest, at = [], 0
    for change in changes(one, other):
        rest += [one[at : change.before[0]], other[slice(*change.after)]]
        at = change.before[1]
    assert " ".join("".join([*rest, one[at:]]).split()).replace(" ", "") == "".join(other.split())


@pytest.mark.parametrize("piece", ["a. b. ", "walked. ", "S: x\n", "1/2/26 visit 3 15 min\n", "A" * 50, "12:00-"])
def test_a_megabyte_is_compared_in_linear_time(piece):
    chance = random.Random(7)

    def with_another(one):
        return one, "".join(chance.choice((piece, "knee. ", "x\n")) for _ in range(len(one) // len(piece)))

    assert_linear(piece, lambda both: (similarity(*both), changes(*both)), with_another)
