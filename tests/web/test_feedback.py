"""Feedback for therapists and the front desk: what was missing, an example of form, no names, small groups merged."""

import csv
import io
from datetime import date, timedelta

import pytest

from tests import build
from tests.letters.reading import accessibility_failures, text_of
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.knowledge import load
from tracker.letters.leftovers import leftovers_in_text

DOCUMENTATION = "/reports/feedback/documentation"
FRONT_DESK = "/reports/feedback/front-desk"


def visits(session, practice, count, modifiers, denied, cause, start=date(2026, 7, 6)):
    """Visits of a patient each with one line, the first ``denied`` of them denied for one cause."""
    patient = build.patient(session, practice, "Zanzibarova")
    for number in range(count):
        day = start + timedelta(days=number % 60)
        claim = build.claim(session, practice, patient, service_from=day)
        line = build.claim_line(session, claim, modifiers=modifiers, service_date=day, first_remit_on=day)
        if number < denied:
            build.denial(session, line, denied_on=day, service_date=day, root_cause=cause, amount_cents=77_700)


@pytest.fixture
def quarter(sessions, cast, become, signed_in):
    """July to September: PT 40 visits with 12 denied, OT 15 with 3, SLP 4 with 1; a reader looks at it."""
    with transaction(sessions.system()) as session:
        visits(session, cast.eastside, 40, "GP", 12, "mn_skill_not_shown")
        visits(session, cast.eastside, 15, "GO KX", 3, "doc_minutes_missing")
        visits(session, cast.eastside, 4, "GN", 1, "elig_not_active")
        visits(session, cast.lakeview, 30, "GP", 30, "mn_skill_not_shown")
    become(cast.alice, Role.READER)
    return signed_in(cast.alice)


def rates(client, address):
    rows = list(csv.reader(io.StringIO(client.get(f"{address}/tables.csv").text.lstrip("\ufeff"))))
    return rows[rows.index([]) + 2 :]


def test_it_says_what_was_not_shown_what_a_reviewer_looks_for_and_one_example(quarter):
    page = quarter.get(DOCUMENTATION).text
    assert "July to September 2026" in page
    assert "15 of 59 visits had a documentation denial (25.4 per 100 visits)." in page
    assert "1. Skilled need not shown" in page
    assert "12 visits." in page
    assert "What a reviewer looks for" in page
    assert "Example of form, invented:" in page
    assert "$" not in page.split("<main")[1]


def test_a_cause_with_few_visits_has_no_number_of_its_own(quarter):
    page = quarter.get(DOCUMENTATION).text
    assert "Fewer than 10 visits together: Minutes missing or contradictory." in page
    assert "3 visits" not in page


def test_disciplines_under_ten_visits_are_merged_with_the_smallest_other(quarter):
    assert rates(quarter, DOCUMENTATION) == [["PT", "40", "12", "30.0"], ["Smaller groups, merged", "19", "3", "15.8"]]


def test_the_front_desk_reads_its_own_causes(quarter):
    causes = [code for code, cause in load().root_causes.items() if cause.starts_at == "front desk"]
    assert causes
    page = quarter.get(FRONT_DESK).text
    assert "Skilled need" not in page
    assert "What to have before the visit" in page or "No visit of the quarter" in page


@pytest.mark.parametrize("address", [DOCUMENTATION, FRONT_DESK])
def test_the_pdf_is_tagged_and_names_nobody(quarter, address):
    pdf = quarter.get(f"{address}/feedback.pdf").data
    text = text_of(pdf)
    assert accessibility_failures(pdf) == []
    assert leftovers_in_text(text) == ()
    assert "Aggregate report: no patient names" in text
    assert "Page 1 of" in text
    for word in ("Zanzibarova", "Save PDF", "Lakeview"):
        assert word not in text


def test_a_quarter_without_visits_says_so(quarter):
    page = quarter.get(f"{DOCUMENTATION}?quarter=2025-Q1").text
    assert "No visit of the quarter had a documentation denial." in page
    assert "Fewer than 10 visits were answered in the quarter" in page
    assert quarter.get(f"{DOCUMENTATION}/tables.csv?quarter=2025-Q1").status_code == 404


def test_another_practice_is_not_there(quarter, cast):
    page = quarter.get(f"{DOCUMENTATION}?practice={cast.lakeview.public_id}").text
    assert "Lakeview" not in page
    assert "15 of 59 visits" in page
    assert quarter.get("/reports/feedback/owners").status_code == 404
