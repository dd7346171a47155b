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


def test_no_date_is_no_deadline():
    assert due("reply_due", None, TODAY) == ("No deadline", "none", "Reply due", None)
