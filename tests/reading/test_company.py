"""Who shared the time, and time that counts for no service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.note import ReadNote


def kinds(text: str) -> list[str]:
    return [each.kind for each in ReadNote(text).company]


def lengths(text: str) -> list[tuple[int | None, bool, bool]]:
    return [(each.minutes, each.is_unattended, each.is_excluded) for each in ReadNote(text).idle]


@pytest.mark.parametrize(
    "text",
    [
        "Group of 4, balance circuit",
        "balance class, pt + 2 others",
        "worked with two other shoulder patients together",
        "Seen with tablemate M.",
        "Aqua class (8 enrolled)",
        "with Leo, Sam and Jo",
        "Present: Mr. Dole plus three other members around the table",
        "Ana, Omar and this client share the table",
        "same half of the hour, I rotated round the four",
        "Handwriting club 3:30",
        "Other members gave her time to answer",
        "Treated with another patient in gym",
        "Did his squats while she and another client exercised at once: saw him and another client simultaneously",
        "Both of them on mats side by side",
        "3 pts in the pool, one therapist",
        "four clients together at the parallel bars",
    ],
)
def test_several_patients_at_once(text):
    assert "shared" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "goes to a support group",
        "muscle group tested",
        "group home staff trained",
        "not in a group",
        "no group of patients",
        "plays cards with three friends at church",
        "reads aloud in class",
        "Taught other members of the household the transfer",
        "left and right leg side by side for comparison",
        "cane and another device tried at the same time of day",
    ],
)
def test_no_company_in_treatment(text):
    assert "shared" not in kinds(text)


def test_the_therapist_elsewhere_is_no_second_patient_in_the_room():
    assert kinds("bike while I was with another patient") == ["away"]


@pytest.mark.parametrize(
    "text",
    [
        "Only one participant today",
        "1 client only, 30 min",
        "Nobody else showed",
        "the others cancelled",
        "class became individual",
    ],
)
def test_a_group_to_which_one_came(text):
    assert "single" in kinds(text)


def test_a_slot_that_was_booked_twice_is_time_away():
    assert kinds("Hour went to two people because of double booking") == ["away"]


@pytest.mark.parametrize("text", ["one-on-one", "1:1 throughout", "seen individually", "Pt alone with me in room 3"])
def test_alone_with_the_therapist(text):
    assert kinds(text) == ["alone"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hot pack 10 min to low back", (10, False, False)),
        ("9:10-9:18 warm-up alone on bike", (8, False, False)),
        ("seated recovery 3 x 4 min", (12, False, False)),
        ("rest breaks 5 min, not counted", (5, False, True)),
        ("15 min with timer set", (15, True, False)),
        ("documentation 6 min", (6, False, False)),
    ],
)
def test_time_that_does_not_count(text, found):
    assert lengths(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "Left in recliner with call light in reach",
        "pain 3/10 at rest",
        "resting hand splint",
        "no rest breaks needed",
        "ice massage",
    ],
)
def test_words_that_are_no_idle_time(text):
    assert lengths(text) == []


_PIECES = st.sampled_from(
    ["group of ", "4", " patients", "with two other knee clients", "1:1", "rest break", " 5 min", "while I charted", "\n", ". ", "; ", "İ", "no ", "9:00-9:10 ", "hot pack"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30))
def test_every_place_lies_in_the_text(pieces):
    text = "".join(pieces)
    read = ReadNote(text)

    assert all(0 <= each.start < each.end <= len(text) for each in (*read.company, *read.idle))


@pytest.mark.parametrize(
    "piece",
    ["with two ", "group ", "rest break ", "while i ", "hot pack 5 min; ", "3 x 4 min", "with Al, ", "1:1 ", "class "],
)
def test_a_hostile_note_takes_linear_time(piece):
    assert_linear(piece, lambda note: (note.company, note.idle, note.bouts), ReadNote)


@pytest.mark.parametrize(
    "text",
    [
        "Deck class of six this morning",
        "She and Mr. T. worked at once; I moved between both patients",
        "I split my time between the two",
        "another patient was on the plinth for the same hour",
        "saw two at a time today",
        "went back and forth between them",
    ],
)
def test_several_patients_told_in_a_sentence(text):
    assert "shared" in kinds(text)


@pytest.mark.parametrize(
    "text", ["rocked back and forth on the ball", "class of 2014 reunion", "alternated between legs"]
)
def test_no_other_patient(text):
    assert "shared" not in kinds(text)
