"""What the notes say of causes that lie outside of them."""

from typing import Any

import pytest

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis import diagnose
from tracker.knowledge import load
from tracker.reading.mentions import SUBJECTS, mentions
from tracker.reading.note import ReadNote


def quotes(**facts: Any) -> list[str]:
    suggestion = diagnose(short_case({"lines": ["97110-GP x2"], **facts}), load())[0].suggestions[0]
    return [each.quote for each in suggestion.evidence]


def test_an_injury_at_work_is_quoted_beside_another_payers_duty():
    note = "Ther ex 25 min: curls 3x12.\nStrained the forearm on the job, foreman filed an incident report.\nTimed 25"

    assert quotes(said="CO-22", note=note) == ["Strained the forearm on the job, foreman filed an incident report."]


def test_a_missing_referral_is_shown_by_how_the_patient_came():
    assert quotes(said="CO-288", note="Came on her own, no referral.\nTher ex 25 min", referring=None) == [
        "Came on her own, no referral."
    ]


def test_a_service_that_is_never_paid_is_quoted_where_the_note_names_it():
    note = "Hot pack lumbar 10 min, skin clear.\nTher ex 25 min: bridges 3x10."

    assert quotes(lines=["97010-GP x1", "97110-GP x2"], said="CO-97 M15", note=note) == [
        "Hot pack lumbar 10 min, skin clear."
    ]


def test_notes_that_do_not_speak_of_it_are_not_quoted():
    assert quotes(said="CO-22", note="Ther ex 25 min: curls 3x12.\nTimed 25") == []


def test_the_passage_with_most_words_of_a_subject_comes_first():
    note = ReadNote("Accident questionnaire open. Rear-ended in a collision at work. Pain 4/10.")

    found = [passage.of(note.text) for passage in mentions(note.low, note.passages, "accident")]

    assert found == ["Rear-ended in a collision at work.", "Accident questionnaire open."]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_empty_note_mentions_nothing(subject: str):
    assert mentions("", (), subject) == []
