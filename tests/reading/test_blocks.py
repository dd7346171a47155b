"""Which stretch of a note describes which service."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.note import ReadNote


def stretches(text: str) -> list[tuple[str, str]]:
    return [(block.codes[0], " ".join(text[block.body : block.end].split())) for block in ReadNote(text).blocks]


def test_each_service_has_the_words_up_to_the_next_one():
    text = "Ther ex 20 min: SLR 3x10, bridges. Manual 10 min: gr III PA L4."

    assert stretches(text) == [("97110", ": SLR 3x10, bridges."), ("97140", ": gr III PA L4.")]


def test_lines_set_in_belong_to_the_service_above():
    text = "97530 25 min\n   box lifts 10 lb\n   car transfer x4\n97116 12 min\n   hall 3x80 ft\n"

    assert stretches(text) == [("97530", "box lifts 10 lb car transfer x4"), ("97116", "hall 3x80 ft")]


def test_a_table_of_minutes_takes_no_words_that_follow_it():
    text = "Therapeutic exercise   25\nManual therapy   15\nBridges 3x10, STM to lumbar paraspinals."

    assert [words for _, words in stretches(text)] == ["", ""]


def test_a_plan_is_not_what_was_done():
    text = "O: Gait 12 min: cane, 3x80 ft.\nP: continue. Gait training and manual therapy next."

    assert stretches(text) == [("97116", ": cane, 3x80 ft.")]


def test_a_service_with_minutes_ends_the_lines_about_the_visit():
    text = "Vitals: BP 132/78\nTher Ex x16: knee to chest 5x20 s\nAssessment: better"

    assert stretches(text) == [("97110", ": knee to chest 5x20 s")]


def test_a_date_behind_a_service_is_no_length_of_time():
    assert ReadNote("AROM 20% at eval 7/22. Better.").minutes.services == ()


_PIECES = st.sampled_from(
    ["97110", "Ther ex", "Manual", "Gait training", " 15 min", ": ", "SLR 3x10", "gr III", "\n", "\n\n", "Plan: ", "S: ", "  ", "|", "-- ", "İ", "TOTAL TIMED 30"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40))
def test_stretches_lie_in_the_text_one_after_another(pieces):
    text = "".join(pieces)
    read = ReadNote(text)

    assert all(0 <= block.start <= block.body <= block.end <= len(text) for block in read.blocks)
    assert all(first.start <= second.start for first, second in pairwise(read.blocks))
    assert not read.sections or (read.sections[0].start, read.sections[-1].end) == (0, len(text))


@pytest.mark.parametrize(
    "piece", ["97110 15 min: SLR\n", "Plan: \n", "manual: ", "97110 ", "ther ex\n\n", "a: ", "- | "]
)
def test_a_hostile_note_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.blocks, ReadNote)
