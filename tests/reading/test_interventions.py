"""Lists of services in plans of care, and progress reports that notes tell of."""

from datetime import date

import pytest

from tracker.reading.interventions import read_interventions
from tracker.reading.note import ReadNote
from tracker.reading.reports import read_written_reports
from tracker.reading.visits import read_visit_number


def listed(text: str) -> set[str] | None:
    read = ReadNote(text)
    found = read_interventions(read.low, read.services)
    return set(found.codes) if found else None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Interventions: therapeutic exercise, manual therapy", {"97110", "97140"}),
        ("Treatment to include ther ex, gait training and NMR.", {"97110", "97116", "97112"}),
        ("Planned procedures: 97110, 97530", {"97110", "97530"}),
    ],
)
def test_a_closed_list_of_services_is_read(text, codes):
    assert listed(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Interventions: ther ex, manual, modalities as needed",
        "Plan to include ther ex and manual but not limited to these",
        "Interventions: education",
        "Continue ther ex and manual.",
    ],
)
def test_lists_that_leave_room_are_none(text):
    assert listed(text) is None


@pytest.mark.parametrize(
    ("text", "by_assistant"),
    [
        ("Progress report completed 7/24/26", False),
        ("Progress note written by K. Smith, PT on 7/24/26", False),
        ("PN done 7/24/26 by J. Doe, PTA", True),
        ("Progress report dated 7/24/26. Seen by J. Doe, PTA", False),
    ],
)
def test_written_reports_are_read_with_day_and_writer(text, by_assistant):
    (report,) = read_written_reports(text.lower())

    assert (report.told.day, report.by_assistant) == (date(2026, 7, 24), by_assistant)


@pytest.mark.parametrize(
    "text", ["Progress report due 7/24/26", "progress report not done 7/24/26", "Progress report to be written 7/24/26"]
)
def test_reports_that_are_due_are_not_written(text):
    assert read_written_reports(text.lower()) == ()


def test_the_number_of_a_visit_may_end_a_sentence():
    sign = read_visit_number("visit 14. ther ex 30 min")

    assert sign is not None
    assert sign.visit == 14
