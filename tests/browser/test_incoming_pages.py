"""What comes in, in a real browser: a scan beside its form, notes out of a document, payers merged."""

import pytest
from playwright.sync_api import expect

from tests import build
from tests.letters.drawing import drawn, words
from tests.web.test_document_notes import BORN, bundle, patient, reference
from tracker.db import transaction

NARROW = {"width": 320, "height": 700}
SCAN = {"name": "eob.pdf", "mimeType": "application/pdf", "buffer": drawn(words("CO-50"), words("more"))}
DOCUMENT = {
    "name": "notes.json", "mimeType": "application/json",
    "buffer": bundle(patient(), reference("S: better"), reference("A: x", patient="someone")),
}  # fmt: skip


def too_wide(page) -> list[str]:
    """What stands out of the page at its side."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.outerHTML.slice(0, 90))"""
    )


def show_scan(page):
    page.goto("/denials/new")
    page.get_by_label("Claim number").fill("EPT-900")
    page.get_by_label("EOB or denial letter").set_input_files(SCAN)
    page.get_by_role("button", name="Show it here").click()
    expect(page.get_by_role("heading", name="EOB or denial letter")).to_be_visible()


def test_a_scan_stands_beside_the_form_and_beneath_it_on_a_phone(page, sign_in, cast, check_axe):
    sign_in(page, cast.alice)
    show_scan(page)
    expect(page.get_by_label("Claim number")).to_have_value("EPT-900")
    picture = page.get_by_alt_text("Page 1 of 2")
    expect(picture).to_have_js_property("naturalWidth", 1100)
    form, scan = page.locator("form.card").bounding_box(), page.locator(".scan").bounding_box()
    assert scan["x"] >= form["x"] + form["width"]
    check_axe(page)
    page.set_viewport_size(NARROW)
    form, scan = page.locator("form.card").bounding_box(), page.locator(".scan").bounding_box()
    assert scan["y"] >= form["y"] + form["height"]
    assert too_wide(page) == []
    check_axe(page)


def test_a_scan_is_shown_without_scripts_too(plain_page, sign_in, cast):
    sign_in(plain_page, cast.alice)
    show_scan(plain_page)
    expect(plain_page.get_by_label("Claim number")).to_have_value("EPT-900")


@pytest.fixture
def nina(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.patient(session, cast.eastside, "Okafor", first_name="Nina", birth_date=BORN)


def test_notes_of_a_document_are_looked_over_and_saved(page, sign_in, cast, nina, check_axe):
    sign_in(page, cast.alice)
    page.goto("/import")
    page.get_by_role("link", name="Bring in notes out of a document").click()
    check_axe(page)
    page.get_by_label("Document").set_input_files(DOCUMENT)
    page.get_by_role("button", name="Read document").click()
    expect(page.get_by_role("heading", name="2 notes in the document")).to_be_visible()
    expect(page.get_by_text("The document names no patient. It cannot be saved from here.")).to_be_visible()
    check_axe(page)
    page.set_viewport_size(NARROW)
    assert too_wide(page) == []
    page.get_by_role("button", name="Save ticked notes").click()
    expect(page.get_by_text("1 note added.")).to_be_visible()


def test_payers_stored_twice_are_merged_and_parted(page, sign_in, cast, sessions, become, check_axe):
    with transaction(sessions.system()) as session:
        for name in ("Harbor Health, Inc.", "HARBOR HEALTH"):
            claim = build.claim(
                session, cast.eastside, build.patient(session, cast.eastside), build.payer(session, name)
            )
            build.denial(session, build.claim_line(session, claim))
    become(cast.alice, "lead")
    sign_in(page, cast.alice)
    page.goto("/payers")
    page.get_by_role("link", name="See payers stored twice").click()
    check_axe(page)
    page.get_by_role("link", name="Compare pair 1").click()
    expect(page.get_by_role("heading", name="The same payer?")).to_be_visible()
    check_axe(page)
    page.set_viewport_size(NARROW)
    assert too_wide(page) == []
    page.get_by_role("button", name="Keep Harbor Health, Inc.").click()
    expect(page.get_by_text("HARBOR HEALTH merged: 1 claim, 1 claim line, 1 denial moved.")).to_be_visible()
    assert too_wide(page) == []
    check_axe(page)
    page.get_by_role("button", name="Undo merge").click()
    expect(page.get_by_text("Merge undone.")).to_be_visible()
