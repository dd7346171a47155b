"""The life of a denial: what the payer's answers, one after the other, make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.classification import LineClass
from tracker.domain.denial_life import Answer, AnswerKind, Standing, begins_anew, next_kind, standing_after


def life(*answers: tuple[LineClass, int]) -> Standing | None:
    """Feed answers to a line, as triage does, and return where its denial stands."""
    kept: list[Answer] = []
    standing = None
    for line_class, paid in answers:
        kind = next_kind(line_class, paid, standing)
        if kind is not None:
            kept.append(Answer(kind, paid))
            standing = standing_after(kept)
    return standing


DENIED, PAID, REVERSED = LineClass.DENIED, LineClass.PAID, LineClass.REVERSAL


def test_a_paid_line_has_no_denial():
    assert life((PAID, 5000)) is None


def test_a_line_denied_three_times_is_one_denial():
    standing = life((DENIED, 0), (DENIED, 0), (DENIED, 0))
    assert standing is not None
    assert (standing.is_open, standing.times_denied, standing.recovered_cents) == (True, 3, 0)


def test_a_later_payment_closes_the_denial_with_its_amount():
    standing = life((DENIED, 0), (PAID, 4210))
    assert standing is not None
    assert (standing.is_open, standing.close_reason, standing.recovered_cents) == (False, "recovered", 4210)


def test_what_a_partly_denied_line_was_paid_at_first_is_not_recovered_money():
    standing = life((LineClass.PARTLY_DENIED, 3000), (REVERSED, -3000), (PAID, 5000))
    assert standing is not None
    assert (standing.close_reason, standing.recovered_cents) == ("recovered", 2000)


def test_a_reversal_closes_a_denial_as_superseded_and_the_correction_decides():
    superseded = life((DENIED, 0), (REVERSED, 0))
    assert superseded is not None
    assert (superseded.is_open, superseded.close_reason) == (False, "superseded")
    again = life((DENIED, 0), (REVERSED, 0), (DENIED, 0))
    assert again is not None
    assert (again.is_open, again.reopened, again.times_denied) == (True, True, 2)


def test_a_take_back_reopens_a_recovered_denial():
    standing = life((DENIED, 0), (PAID, 4210), (REVERSED, -4210))
    assert standing is not None
    assert (standing.is_open, standing.reopened, standing.recovered_cents) == (True, True, 0)


def test_an_answer_that_leaves_the_amount_to_the_patient_settles_the_denial():
    standing = life((DENIED, 0), (LineClass.PATIENT_SHARE, 0))
    assert standing is not None
    assert (standing.is_open, standing.close_reason) == (False, "patient_share")


def test_a_predetermination_says_nothing_about_a_denial():
    standing = life((DENIED, 0), (LineClass.INFORMATION, 0))
    assert standing is not None
    assert standing.is_open


@pytest.mark.parametrize("line_class", [c for c in LineClass if c.opens_denial])
def test_every_class_that_needs_a_person_opens_a_denial(line_class):
    standing = life((line_class, 0))
    assert standing is not None
    assert standing.times_denied == 1


answers = st.lists(st.tuples(st.sampled_from(LineClass), st.integers(-10_000, 10_000)), max_size=12)


@given(answers)
def test_recovered_money_is_what_was_paid_after_the_first_denial(history):
    standing = life(*history)
    first = next((place for place, (line_class, _) in enumerate(history) if line_class.opens_denial), None)
    if first is None:
        assert standing is None
        return
    assert standing is not None
    later = [paid for line_class, paid in history[first + 1 :] if line_class is not LineClass.INFORMATION]
    assert standing.recovered_cents == sum(later)
    assert standing.times_denied == sum(line_class.opens_denial for line_class, _ in history)
    assert standing.is_open == (standing.close_reason == "")


@given(answers)
def test_a_denial_is_open_whenever_the_last_word_was_a_denial(history):
    if history and history[-1][0].opens_denial:
        standing = life(*history)
        assert standing is not None
        assert standing.is_open


def test_the_first_answer_has_its_own_kind():
    assert next_kind(DENIED, 0, None) is AnswerKind.FIRST


@pytest.mark.parametrize(
    ("kinds", "anew"),
    [
        ("first", False), ("first repeat", False), ("first reversal repeat", True), ("first payment take_back", True),
        ("first payment take_back repeat", True), ("first payment repeat", True), ("first repeat repeat", False),
        ("first payment", False), ("first reversal", False),
    ],
)  # fmt: skip
def test_the_time_to_appeal_counts_again_from_a_new_refusal_alone(kinds, anew):
    answers = [Answer(AnswerKind(kind), 0) for kind in kinds.split()]
    assert begins_anew(answers) is anew
