"""States of an appeal and what a decision means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.appeal_life import (
    STATUSES,
    AppealMoveError,
    DecisionError,
    Result,
    consequence,
    require_amount,
    require_move,
)

ALLOWED = {
    ("draft", "ready"), ("draft", "withdrawn"), ("ready", "draft"), ("ready", "sent"), ("ready", "withdrawn"),
    ("sent", "decided"), ("sent", "withdrawn"), ("sent", "ready"), ("decided", "sent"),
}  # fmt: skip


@pytest.mark.parametrize("now", STATUSES)
@pytest.mark.parametrize("then", STATUSES)
def test_only_the_listed_moves_are_allowed(now, then):
    if (now, then) in ALLOWED:
        require_move(now, then)
        return
    with pytest.raises(AppealMoveError, match=f"is {STATUSES[now].lower()}, so it cannot become"):
        require_move(now, then)


@pytest.mark.parametrize(
    ("result", "awarded", "words"),
    [
        (Result.OVERTURNED, 10_001, "Amount must be from \\$0.00 to \\$100.00"),
        (Result.OVERTURNED, 0, "Enter the amount the payer allows"),
        (Result.PARTLY, 0, "or choose Upheld"),
        (Result.UPHELD, 1, "Upheld leaves no amount"),
        (Result.DISMISSED, 1, "Dismissed leaves no amount"),
        (Result.MORE_INFORMATION, 1, "leaves no amount"),
        (Result.PARTLY, -1, "Amount must be from"),
    ],
)
def test_a_result_and_its_amount_go_together(result, awarded, words):
    with pytest.raises(DecisionError, match=words):
        require_amount(result, awarded, 10_000)


@given(st.sampled_from(Result), st.booleans())
def test_a_line_closes_only_when_the_payer_gave_in(result, has_next_level):
    after = consequence(result, has_next_level=has_next_level)
    assert after.is_open == (after.close_reason == "")
    if not after.is_open:
        assert result in {Result.OVERTURNED, Result.PARTLY}


def test_a_refusal_starts_the_clock_of_the_next_level():
    assert consequence(Result.UPHELD, has_next_level=True).clock == "next_level"
    assert consequence(Result.PARTLY, has_next_level=True).is_open
    assert not consequence(Result.PARTLY, has_next_level=False).is_open
    assert consequence(Result.MORE_INFORMATION, has_next_level=True).clock == "records_due"
