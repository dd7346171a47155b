"""Visits above all that the plan on file tells, after its weeks; and who was not enrolled on the day."""

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis import diagnose
from tracker.knowledge import load

PLAN = {"kind": "plan_of_care", "on": "2026-06-01", "text": "Plan: PT 2x/wk x 6 wk. LTG climb a ladder 12 ft by 7/13."}


def causes(**facts: object) -> list[str]:
    (line,) = diagnose(
        short_case({"payer": "workers_comp", "lines": ["97110-GP x2"], "on": "2026-08-14", **facts}), load()
    )
    return [each.root_cause for each in line.suggestions]


def note(number: int) -> str:
    return f"Visit {number}. Exercise 27 min: leg press 180 lb 4x8, cue knee over toes. Timed 27"


@pytest.mark.parametrize(("number", "is_beyond"), [(31, True), (12, False)])
def test_a_visit_beyond_the_plan_is_told(number, is_beyond):
    found = causes(said="CO-151 N640", note=note(number), notes=[PLAN])

    assert ("mn_excess_or_passive" in found) is is_beyond


def test_a_later_plan_on_file_holds_further_visits():
    later = {**PLAN, "on": "2026-07-14"}

    assert "mn_excess_or_passive" not in causes(said="CO-151 N640", note=note(31), notes=[PLAN, later])


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Payer enrolment still pending per office manager.", "prov_enrolment_or_npi"),
        ("", "prov_personnel_unqualified"),
    ],
)
def test_an_enrolment_that_was_open_explains_a_doubt_about_the_person(words, cause):
    assert causes(said="CO-170 N95", note=f"{words} {note(3)}")[0] == cause
