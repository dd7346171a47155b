"""Doses of two notes beside each other."""

from tracker.reports.dose_changes import dose_changes

BEFORE = "Ther ex 25 min: SLR 3x10 4#, bridges 2x10, plank 2x20 s\nGoal: leg press 60 lb 3x10 by 9/1"
AFTER = "Ther ex 25 min: Bridges 3x10, plank 2x20 s\nGoal: leg press 60 lb 3x10 by 9/1\nHEP: SLR 3x10"


def test_each_exercise_both_notes_name_is_shown_with_what_changed():
    assert dose_changes(BEFORE, AFTER) == (
        ("bridges 2x10", "Ther ex 25 min: Bridges 3x10", False),
        ("plank 2x20 s", "plank 2x20 s", True),
    )


def test_notes_without_doses_have_none():
    assert dose_changes("Massage 15 min", AFTER) == ()
