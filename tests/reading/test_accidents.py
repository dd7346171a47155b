"""Accidents another payer answers for, and visits that treat no limitation."""

import pytest

from tracker.reading.note import ReadNote


def told(text: str) -> list[str]:
    return [text[place.start : place.end].strip() for place in ReadNote(text).accidents]


@pytest.mark.parametrize(
    "text",
    [
        "Slipped on the dock while working 3/4. Foreman filled in the incident report.",
        "Injured on the job; WC claim pending.",
        "Neck pain since MVA 2/2.\nNo-fault adjuster calls weekly.",
        "R wrist: fell on her shift. Workers' comp opened.",
    ],
)
def test_an_accident_with_a_claim(text):
    assert told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Stands 6 h at work, sore by noon. Wears an incident-free smile.",
        "Not work related. Adjuster of the splint at noon.",
        "Denies MVA. Has med pay on her policy.",
        "Hurt on the job in 2009, comp case settled.",
        "Back at work full duty, lifts 40 lb.",
    ],
)
def test_no_accident_of_another_payer(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Preseason speed and agility, athlete has no injury", {"program", "no limit"}),
        ("Gym program reviewed; reach limited to 110 deg", {"program"}),
        ("Cannot reach the shelf, pain 4/10", set()),
    ],
)
def test_signs_of_fitness_without_a_limitation(text, kinds):
    assert {sign.kind for sign in ReadNote(text).fitness} == kinds
