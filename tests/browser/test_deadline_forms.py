"""Extension, receipt and request for records in a real browser: typed on the denial's page, told with their papers."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.test_denial_and_letter import colored, look_at
from tests.letters.drawing import picture
from tracker.db import transaction

__all__ = ["colored"]


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Medicare Part B", kind="medicare_b")
        line = build.claim_line(session, build.claim(session, cast.eastside, payer_row=payer))
        dates = {"file_by_safe": date(2027, 2, 2), "file_by_legal": date(2027, 2, 8)}
        return build.denial(session, line, clock_rule="MCR_B_L1", **dates)


def test_what_moves_a_deadline_is_typed_beside_it_and_told_with_its_paper(colored, cast, sign_in, denied, check_axe):
    sign_in(colored, cast.alice)
    colored.goto(f"/denials/{denied.public_id}")
    colored.get_by_text("Record an extension").click()
    colored.get_by_label("Days granted in all").fill("14")
    colored.get_by_label("Date granted").fill("11/12/2026")
    colored.get_by_label("Who granted it").fill("J. Moss, appeals unit")
    letter = {"name": "letter.png", "mimeType": "image/png", "buffer": picture("PNG", size=(300, 400))}
    colored.get_by_label("Letter of the payer").set_input_files(letter)
    look_at(colored, "extension-form", check_axe)
    assert colored.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    colored.get_by_role("button", name="Record extension").click()
    colored.get_by_text("File by 02/16/2027, last day 02/22/2027.").wait_for()
    colored.get_by_text("How we got this date").click()
    expect(colored.get_by_text("J. Moss, appeals unit granted 14 days more on 11/12/2026.").first).to_be_visible()
    expect(colored.get_by_role("img", name="First page: Letter that grants more time")).to_be_visible()
    look_at(colored, "extension", check_axe)

    colored.get_by_text("Payer asks for records").click()
    colored.get_by_label("Date of the letter").fill("11/02/2026")
    colored.get_by_label("What it asks for").fill("Evaluation and daily notes")
    colored.get_by_role("button", name="Log request").click()
    colored.get_by_text("Records due Thu, Dec 17, 2026.").wait_for()
    look_at(colored, "records-due", check_axe)
    colored.get_by_role("link", name="R-201, request for records of 11/02/2026").click()
    colored.get_by_role("heading", name="Request for records R-201").wait_for()
    look_at(colored, "records-request", check_axe)
    colored.get_by_role("button", name="Record records sent").click()
    colored.get_by_text("R-201: records sent.").wait_for()
    colored.get_by_role("link", name="All requests for records").click()
    look_at(colored, "records-requests", check_axe)


def test_requests_fit_a_phone(phone_page, cast, sign_in):
    sign_in(phone_page, cast.alice)
    for address in ("/records-requests", "/records-requests/new"):
        phone_page.goto(address)
        assert phone_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
