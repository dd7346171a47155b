"""Goals."""

import pytest

from tracker.reading.goals import read_goals


def read(text: str) -> list[str]:
    low = text.lower()
    return [low[goal.start : goal.end] for goal in read_goals(low)]


@pytest.mark.parametrize(
    "text",
    [
        "LTG 6 wk: lift 20 lb floor to waist x10",
        "STG: sit-to-stand x5 no hands",
        "Goal: walk 300 ft with cane by 6/30",
        "Long-term goals: dress upper body with set-up only by 3/20",
        "Gaol by 8/20: work 6 hr at desk",
        "Goals (12 wk): Berg 50",
        "LTG: Patient will be independent with stairs in 8 weeks",
        "Goal - order meal by phone, 4 of 4 steps",
    ],
)
def test_a_goal_with_a_figure_or_a_level_can_be_measured(text):
    goals = read_goals(text.lower())
    assert len(goals) == 1
    assert goals[0].measurable


@pytest.mark.parametrize(
    "text",
    [
        "Goals: decrease pain, increase strength, improve ROM.",
        "Goals for next quarter: improve articulation; increase confidence.",
        "LTG 8 wk: improve balance",
        "STG (2 weeks): increase strength, independent with HEP",
        "Goal 1: improved function by 6/30/26",
    ],
)
def test_a_wish_cannot_be_measured(text):
    goals = read_goals(text.lower())
    assert goals
    assert not any(goal.measurable for goal in goals)
    assert all(goal.is_wish for goal in goals)


def test_goals_listed_under_a_heading_are_one_each():
    text = "GOALS\n1 Lift 20 lb by 05/30 - now 12 lb\n2 ODI 20% by 06/16\n\nPLAN  Continue."
    assert read(text) == ["1 lift 20 lb by 05/30 - now 12 lb", "2 odi 20% by 06/16"]


def test_bulleted_goals_end_where_the_bullets_end():
    text = "Long Term Goals:\n- improve gait\n- reduce pain\nPlan: PT 2x/wk x 8 wk"
    assert read(text) == ["- improve gait", "- reduce pain"]


def test_a_plan_in_the_same_line_is_no_part_of_the_goal():
    assert read("Goals: improve strength. Plan PT 2x/wk x 8 wk.") == ["goals: improve strength."]


def test_a_goal_within_a_sentence_is_found():
    assert read("96 m today, goal: 120 m for the bus stop.") == ["goal: 120 m for the bus stop"]


def test_time_function_and_baseline_are_seen():
    goal = read_goals("goal: carry groceries 200 ft by 4/1, now 60 ft")[0]
    assert goal.timed
    assert goal.functional
    assert goal.baseline


@pytest.mark.parametrize(
    ("text", "timed"),
    [
        ("Goals: pain 0/10, strength 5/5", False),
        ("LTG 6/10: dress without help", True),
        ("Goal: pain 2/10 lifting by 6/1", True),
    ],
)
def test_a_score_is_no_date(text, timed):
    assert [goal.timed for goal in read_goals(text.lower())] == [timed]
