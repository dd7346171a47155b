"""Letterhead, signing, what waits for a signature and for approval, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.test_denial_and_letter import colored, look_at
from tests.letters.drawing import picture
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.db import transaction
from tracker.models import Membership, Practice

__all__ = ["colored"]


@pytest.fixture
def office(sessions, cast, become):
    """Eastside: Alice leads, Dana is a therapist who signs, write-offs above $50 wait."""
    become(cast.alice, "lead")
    with transaction(sessions.system()) as session:
        dana = build.user(session, "dana", cast.eastside, role="therapist", name="Dana Whitfield")
        member = session.get_one(Membership, (dana.id, cast.eastside.id))
        member.signs_as, member.credentials, member.title = "therapist", "PT, DPT", "Director of rehabilitation"
        place = session.get_one(Practice, cast.eastside.id)
        place.address, place.write_off_limit_cents = "410 Alder Street\nSpringfield, IL 62701", 5_000
        denied = make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)
    return dana, denied


@pytest.fixture
def logo(tmp_path) -> Path:
    path = tmp_path / "logo.png"
    path.write_bytes(picture("PNG", size=(480, 160)))
    return path


def fits(page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_logo_is_chosen_and_seen_at_once_in_the_preview(colored, cast, sign_in, become, office, logo, check_axe):
    become(cast.alice, "owner")
    sign_in(colored, cast.alice)
    colored.goto("/settings")
    check_axe(colored)
    colored.get_by_role("link", name="Letterhead and signing of Eastside PT").click()
    colored.locator("input[type=file]").set_input_files(logo)
    colored.get_by_label("What the logo shows").fill("Logo of Eastside PT: a heron")
    colored.get_by_role("button", name="Save logo").click()
    frame = colored.frame_locator("iframe.paper")
    shown = frame.get_by_alt_text("Logo of Eastside PT: a heron")
    shown.wait_for()
    assert shown.evaluate("each => each.naturalWidth") == 480
    look_at(colored, "letterhead", check_axe)


def test_how_one_signs_and_who_may_sign_for_one(colored, cast, sign_in, office, logo, check_axe):
    dana, _ = office
    sign_in(colored, dana)
    assert colored.url.endswith("/to-sign")
    look_at(colored, "to-sign-nothing", check_axe)
    colored.goto("/settings")
    colored.get_by_role("link", name="How you sign").click()
    colored.locator("input[type=file]").set_input_files(logo)
    colored.get_by_role("button", name="Save picture").click()
    colored.get_by_alt_text("Your signature as letters show it").wait_for()
    colored.get_by_label("Colleague").select_option("Alice")
    colored.get_by_label("Until").fill("12/31/2026")
    colored.get_by_role("button", name="Give leave").click()
    colored.get_by_role("heading", name="Leave you gave").wait_for()
    look_at(colored, "how-you-sign", check_axe)


def test_a_letter_goes_to_the_therapist_and_back_signed(page, open_page, cast, sign_in, office, check_axe):
    dana, denied = office
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")
    page.locator("form[action$='/appeal'] button").first.click()
    page.get_by_text("Quote lines of a note").click()
    page.get_by_label("From line").fill("2")
    page.get_by_label("What the words show").select_option("skill")
    page.get_by_role("button", name="Insert quote").last.click()
    page.get_by_text("Send for signature").first.click()
    page.get_by_label("Who signs").select_option("Dana Whitfield")
    look_at(page, "letter-to-send-for-signature", check_axe)
    page.get_by_role("button", name="Send for signature").click()
    page.get_by_text("Waiting for Dana Whitfield to sign by 11/27/2026").wait_for()
    page.goto("/queue")
    page.get_by_text("Signature needed 11/27/2026").wait_for()

    therapist = open_page()
    sign_in(therapist, dana)
    look_at(therapist, "to-sign", check_axe)
    therapist.get_by_role("link", name="A-301").click()
    therapist.frame_locator("iframe.paper").get_by_text("Sincerely").wait_for()
    look_at(therapist, "sign-as-therapist", check_axe)
    therapist.get_by_role("button", name="Sign", exact=True).click()
    therapist.get_by_text("Nothing to sign").wait_for()
    page.reload()
    expect(page.get_by_text("Signature needed")).to_have_count(0)


def test_a_write_off_waits_and_is_approved_by_somebody_else(colored, open_page, cast, sign_in, office, check_axe):
    _, denied = office
    biller = open_page()
    sign_in(biller, cast.bob)
    biller.goto(f"/denials/{denied.public_id}")
    biller.get_by_text("Write off or close").click()
    biller.get_by_label("Why it is closed").select_option("Written off")
    biller.get_by_label("Why it is written off").fill("Not worth a second level")
    biller.get_by_role("button", name="Close denial").click()
    biller.get_by_text("Waiting for approval").wait_for()
    look_at(biller, "write-off-asked", check_axe)
    biller.goto("/queue")
    biller.get_by_text("Waiting for approval").wait_for()
    look_at(biller, "queue-write-off-asked", check_axe)

    sign_in(colored, cast.alice)
    colored.get_by_role("link", name="Write-offs to approve").click()
    colored.get_by_role("link", name=f"D-{denied.number}").click()
    look_at(colored, "write-off-to-approve", check_axe)
    colored.get_by_role("button", name="Approve write-off").click()
    colored.get_by_text(f"D-{denied.number} is written off.").wait_for()


def test_a_refusal_says_whom_to_ask(open_page, cast, sign_in, become, check_axe):
    become(cast.alice, "reader")
    page = open_page(allow_errors=True)  # Chromium writes a 403 down
    sign_in(page, cast.alice)
    expect(page).to_have_url(re.compile("/insights"))
    page.goto("/settings/signing")
    page.get_by_text("Ask an admin of Eastside PT").wait_for()
    look_at(page, "refused", check_axe)


def test_the_pages_fit_a_phone(phone_page, cast, sign_in, become, office):
    become(cast.alice, "owner")
    sign_in(phone_page, cast.alice)
    for path in ("/settings/signing", f"/settings/practices/{cast.eastside.public_id}/letters", "/to-sign"):
        phone_page.goto(path)
        assert fits(phone_page), path
