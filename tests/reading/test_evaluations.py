"""Parts of an evaluation and of a re-evaluation."""

import pytest

from tests.growth import assert_linear
from tracker.reading.evaluations import read_evaluation, read_reassessment


def signs(text: str) -> set[tuple[str, int]]:
    return {(sign.component, sign.level) for sign in read_evaluation(text.lower()).signs}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("PMH none, no meds", ("history", 0)),
        ("Hx: PMH neg.", ("history", 0)),
        ("Healthy, works full time", ("history", 0)),
        ("No comorbidities affecting POC", ("history", 0)),
        ("Presentation: stable, uncomplicated", ("presentation", 0)),
        ("Symptoms are evolving", ("presentation", 1)),
        ("clinical presentation is unstable", ("presentation", 2)),
        ("Decision making: low", ("decision", 0)),
        ("moderate complexity", ("decision", 1)),
        ("high complexity decision making", ("decision", 2)),
        ("Brief history", ("history", 0)),
        ("No modification of tasks needed", ("tasks", 0)),
    ],
)
def test_a_word_speaks_for_a_level(text, sign):
    assert sign in signs(text)


@pytest.mark.parametrize("text", ["medically stable", "unstable ankle", "not stable", "BP stable vital signs"])
def test_stable_is_not_always_the_presentation(text):
    assert ("presentation", 0) not in signs(text) or "vital" in text


def test_factors_and_findings_are_counted_once_each():
    shown = read_evaluation("diabetes, diabetic neuropathy, htn. rom 110, mmt 4/5, gait slow, tug 14 s, lefs 40")

    assert shown.factors == 3
    assert shown.elements >= 5


def test_deficits_are_counted_where_they_are_numbered():
    assert read_evaluation("deficits: (1) grip, (2) dressing, (3) bathing").deficits == 3
    assert read_evaluation("grip weak").deficits is None


def test_a_routine_report_and_a_new_finding():
    routine = read_reassessment("due for 10-visit update. no new problems. plan of care unchanged")
    needed = read_reassessment("new radicular pain since tuesday; plan revised, frequency increased")

    assert routine.routine
    assert not routine.triggers
    assert needed.triggers
    assert needed.revised


@pytest.mark.parametrize("piece", ["no comorbid", "stable ", "deficits: (1) ", "plan of care ", "add ", "pmh", "flex "])
def test_a_hostile_note_takes_linear_time(piece):
    assert_linear(piece, lambda low: (read_evaluation(low), read_reassessment(low)))
