"""How a clock is shown."""

from datetime import date, timedelta

import pytest

from tracker.domain.due import due

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (-3, "3 days overdue", "over"), (-1, "1 day overdue", "over"), (0, "Due today", "over"),
        (1, "1 day left", "soon"), (7, "7 days left", "soon"), (8, "8 days left", "near"), (14, "14 days left", "near"),
        (15, "15 days left", "none"), (400, "400 days left", "none"),
    ],
)  # fmt: skip
def test_days_left_have_words_and_a_tone(left, words, tone):
    shown = due("file_by", TODAY + timedelta(days=left), TODAY)
    assert (shown.words, shown.tone, shown.name) == (words, tone, "File by")


@pytest.mark.parametrize(
    ("safe", "legal", "words"),
    [
        (-1, 0, "Last day 11/23"), (-1, 5, "Last day 11/28"), (-6, -1, "1 day overdue"), (-9, -4, "4 days overdue"),
        (0, 5, "Due today"), (3, 8, "3 days left"),
    ],
)  # fmt: skip
def test_nothing_is_overdue_between_the_safe_and_the_legal_date(safe, legal, words):
    shown = due("file_by", TODAY + timedelta(days=safe), TODAY, TODAY + timedelta(days=legal))
    assert shown.words == words
    assert shown.tone == ("soon" if safe == 3 else "over")


@pytest.mark.parametrize(
    ("clock", "left", "whose"),
    [
        ("file_by", 5, "Your turn"), ("next_level", 5, "Your turn"), ("records_due", 5, "Your turn"),
        ("reply_due", 5, "Payer's turn"), ("reply_due", -1, "Your turn"),
    ],
)  # fmt: skip
def test_it_is_the_payers_turn_until_its_reply_is_due(clock, left, whose):
    assert due(clock, TODAY + timedelta(days=left), TODAY).whose == whose


def test_no_date_is_no_deadline():
    assert due("reply_due", None, TODAY) == ("No deadline", "none", "Reply due", None)
