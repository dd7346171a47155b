"""Two notes side by side in a real browser."""

from datetime import timedelta

import pytest

from tests import build
from tests.browser.test_denial_and_letter import look_at
from tests.reports.test_note_likeness import COPIED, FIRST
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.models import Patient


@pytest.fixture
def copied(sessions, cast):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note=f"{COPIED}\nSLR 3x10 4#, bridges 2x10")
        patient = session.get_one(Patient, (denial.practice_id, denial.patient_id))
        build.note(session, patient, f"{FIRST}\nSLR 3x10 4#, bridges 2x10", service_date=build.VISIT - timedelta(4))
        return denial


@pytest.mark.parametrize("kind", ["page", "dark_page"])
def test_the_comparison_has_no_accessibility_violations(request, kind, cast, sign_in, copied, check_axe):
    page = request.getfixturevalue(kind)
    sign_in(page, cast.alice)
    page.goto(f"/denials/{copied.public_id}")
    check_axe(page)
    page.get_by_role("link", name="What changed").click()
    page.get_by_role("heading", name="Doses of exercises both notes name").wait_for()
    look_at(page, "compare", check_axe)


def test_without_javascript_another_earlier_note_is_chosen_on_a_narrow_screen(open_page, cast, sign_in, copied):
    page = open_page(java_script_enabled=False, viewport={"width": 320, "height": 800})
    sign_in(page, cast.alice)
    page.goto(f"/denials/{copied.public_id}/compare")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("columnheader", name="Daily note of 09/10/2026").first.wait_for()
