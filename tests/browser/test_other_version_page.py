"""The page of who saves second, in a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.models import Patient


@pytest.fixture
def patient(sessions, cast) -> str:
    with transaction(sessions.system()) as session:
        return build.patient(session, cast.eastside, "Quill").public_id


def somebody_saves(sessions, patient: str) -> None:
    with transaction(sessions.system()) as session:
        session.scalar(select(Patient).where(Patient.public_id == patient)).first_name = "Maria"


@pytest.mark.parametrize(
    "looks",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"java_script_enabled": False}],
    ids=["light", "dark", "plain"],
)
def test_who_saves_second_sees_both_and_keeps_theirs(looks, patient, cast, sessions, sign_in, check_axe, open_page):
    page = open_page(allow_errors=True, **looks)  # Chromium writes the 409 to the console
    sign_in(page, cast.alice)
    page.goto(f"/patients/{patient}")
    field = page.locator("#patient-first_name")
    if not field.is_visible():
        page.locator("details:has(#patient-first_name) > summary").first.click()
    field.fill("Mariana")
    somebody_saves(sessions, patient)
    field.press("Enter")
    expect(page.get_by_role("heading", name="Someone else changed this")).to_be_visible()
    expect(page.get_by_text("Saved now: Maria", exact=True)).to_be_visible()
    expect(page.locator("#patient-first_name")).to_have_value("Mariana")
    if looks.get("java_script_enabled", True):
        check_axe(page)
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Keep mine").click()
    page.wait_for_url(f"**/patients/{patient}")
    with sessions.system() as session:
        assert session.scalar(select(Patient).where(Patient.public_id == patient)).first_name == "Mariana"
