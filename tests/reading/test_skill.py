"""What a note shows of a clinician's skill."""

import pytest

from tracker.reading.services import lowered
from tracker.reading.skill import read_skill


def kinds(text: str) -> set[str]:
    return {sign.kind for sign in read_skill(lowered(text)).shown}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("VC's and tactile input, verbal cueing to keep heel down", "cue"),
        ("faded from phonemic to gestural cue", "grade"),
        ("CGA to SBA on stairs", "assist"),
        ("Gr III-IV PA mobs L4", "hands"),
        ("dropped to 3 lb when the trap took over", "grade"),
        ("HR 112, SpO2 95 after set", "watch"),
        ("Trendelenburg after 200 ft", "analysis"),
        ("wife taught to time the tuck, returned demo", "teach"),
        ("Model + placement with depressor", "cue"),
        ("pt reqd max assist to don sock", "assist"),
    ],
)
def test_signs_of_skill_are_found_by_kind(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pt tolerated tx well. Continue POC.",
        "There ex per flow sheet, no new c/o. Cont. w/ current plan.",
        "Tol. Rx well, good effort. Will benefit from continued PT.",
        "ASSESSMENT: Doing well.\nPLAN: Continue per plan of care.",
    ],
)
def test_routine_shows_no_skill(text):
    skill = read_skill(lowered(text))
    assert not skill.shown
    assert skill.routine


@pytest.mark.parametrize(
    "text",
    [
        "Knows the routine and sets up her own weights",
        "Completed all without cues",
        "Did the sheet on his own",
        "PT present in the gym, patient led",
        "No skilled need remains",
    ],
)
def test_doing_it_alone_is_no_skill(text):
    skill = read_skill(lowered(text))
    assert skill.alone
    assert not skill.shown


def test_the_same_at_home_is_found():
    assert read_skill("has the same list at home, does it daily; independent with hep").at_home


def test_skilled_need_that_is_only_claimed_shows_nothing():
    skill = read_skill("pt seen for skilled pt")
    assert skill.claimed
    assert not skill.shown
