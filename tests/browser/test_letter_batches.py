"""From ticked denials of the queue to signed packets, in a real browser."""

import zipfile

import pytest

from tests.browser.test_denial_and_letter import look_at, shot
from tests.proofs.letters_killed import make_ready_denial
from tracker.db import transaction
from tracker.models import Practice


@pytest.fixture
def denials(sessions, cast):
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        practice.address = "410 Alder Street, Springfield, IL 62701"
        return [make_ready_denial(session, practice) for _ in range(2)]


def draft_all(page, user, sign_in, denials):
    sign_in(page, user)
    page.goto("/queue")
    for denial in denials:
        page.get_by_label(f"Select D-{denial.number}", exact=True).check()
    page.get_by_role("button", name="Draft appeals").click()
    page.get_by_role("heading", name="2 letters drafted").wait_for(timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_letters_are_drafted_and_signed_together(open_page, scheme, cast, sign_in, denials, check_axe):
    page = open_page(color_scheme=scheme)
    draft_all(page, cast.alice, sign_in, denials)
    look_at(page, "batch", check_axe)
    page.get_by_role("button", name="Sign the ticked letters and make PDFs").click()
    page.get_by_role("heading", name="2 of 2 letters signed").wait_for(timeout=60_000)
    look_at(page, "batch-signed", check_axe)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download packet").first.click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download all packets").click()
    with zipfile.ZipFile(waiting.value.path()) as opened:
        assert len(opened.namelist()) == len(denials) + 1  # and the list


def test_without_javascript_at_320_pixels(open_page, cast, sign_in, denials):
    page = open_page(java_script_enabled=False, viewport={"width": 320, "height": 800})
    draft_all(page, cast.alice, sign_in, denials)
    shot(page, "batch-320")
    box = page.locator("main").bounding_box()
    assert box["width"] <= 320
