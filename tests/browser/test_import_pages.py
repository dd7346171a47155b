"""Importing in a real browser: drop, check, log, undo; long files; with and without scripts; light, dark, narrow."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from tests import build
from tests.browser.dropping import drop
from tests.edi import claim, line, remit
from tracker.db import transaction
from tracker.demo.volume import make_835
from tracker.models import Denial, Practice

DENIED = claim("A1", line("97110", 90, 0, "CO-50:90", remarks=["N115"]), line("97140", 60, 30, "CO-45:30"))
OTHER = claim("A2", line("97112", 80, 0, "CO-97:80"), line("97530", 40, 0, "CO-97:40"))
GOOD = ("good.835", remit(DENIED, OTHER))
CUT = ("cut.835", remit(OTHER)[:450])
LONG = make_835(2_000, 3)


def as_upload(name, data):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@pytest.fixture
def to_check(sign_in, cast):
    """Sign Alice in on a page and bring files as far as the check page."""

    def bring(page, *files):
        sign_in(page, cast.alice)
        page.goto("/import")
        page.set_input_files("input[type=file]", [as_upload(*file) for file in files])
        page.get_by_role("button", name="Check files").click()
        expect(page.get_by_role("heading", name="Check what we found")).to_be_visible()

    return bring


def count_denials(sessions):
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(Denial))


def test_the_button_counts_the_ticked_denials(page, to_check, sessions):
    to_check(page, GOOD, CUT)
    expect(page.get_by_text("1 file could not be used.")).to_be_visible()
    button = page.locator("#log-button")
    expect(button).to_have_text("Log 3 denials")
    boxes = page.get_by_role("checkbox", name=re.compile("^Log claim"))
    boxes.nth(0).uncheck()
    expect(button).to_have_text("Log 2 denials")
    page.get_by_role("checkbox", name="Log all shown").check()
    expect(button).to_have_text("Log 3 denials")
    boxes.nth(2).uncheck()
    boxes.nth(1).uncheck()
    expect(button).to_have_text("Log 1 denial")
    button.click()
    expect(page.get_by_role("heading", name="1 denial logged")).to_be_visible()
    assert count_denials(sessions) == 1


def test_undo_takes_the_import_back(page, to_check, sessions):
    to_check(page, GOOD)
    page.locator("#log-button").click()
    expect(page.get_by_role("heading", name="3 denials logged")).to_be_visible()
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_text("Import undone. 3 denials removed.")).to_be_visible()
    assert count_denials(sessions) == 0


def test_a_file_dropped_anywhere_on_the_page_is_chosen(page, sign_in, cast):
    sign_in(page, cast.alice)
    page.goto("/import")
    drop(page, *GOOD)
    expect(page.get_by_text("1 file chosen: good.835")).to_be_visible()
    page.get_by_role("button", name="Check files").click()
    expect(page.get_by_role("heading", name="3 new denials to log")).to_be_visible()


def test_check_15_everything_works_without_scripts(plain_page, to_check, sessions):
    to_check(plain_page, GOOD, CUT)
    plain_page.get_by_role("checkbox", name=re.compile("^Log claim")).nth(0).uncheck()
    plain_page.locator("#log-button").click()
    expect(plain_page.get_by_role("heading", name="2 denials logged")).to_be_visible()
    plain_page.get_by_role("button", name="Undo import").click()
    expect(plain_page.get_by_text("Import undone. 2 denials removed.")).to_be_visible()
    assert count_denials(sessions) == 0


@pytest.mark.parametrize("kind", ["page", "plain_page"])
def test_a_long_file_shows_progress_and_then_its_check_page(request, kind, sign_in, cast, sessions):
    """With scripts by htmx, without them by the page's own renewal."""
    page = request.getfixturevalue(kind)
    payee = re.search(rb"N1\*PE\*[^*]*\*XX\*(\d{10})", LONG)[1].decode()
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).npi = payee
    sign_in(page, cast.alice)
    page.goto("/import")
    page.set_input_files("input[type=file]", [as_upload("long.835", LONG)])
    page.get_by_role("button", name="Check files").click()
    expect(page.get_by_role("heading", name="Check what we found")).to_be_visible(timeout=60_000)
    label = page.locator("#log-button").inner_text()
    page.locator("#log-button").click()
    expect(page.get_by_role("heading", name=re.compile(r"denials logged$"))).to_be_visible(timeout=60_000)
    assert label == f"Log {count_denials(sessions):,} denials"


@pytest.mark.parametrize("kind", ["page", "dark_page"])
def test_no_step_has_an_accessibility_violation(request, kind, to_check, check_axe):
    page = request.getfixturevalue(kind)
    to_check(page, GOOD, CUT)
    check_axe(page)
    page.locator("#log-button").click()
    expect(page.get_by_role("heading", name="3 denials logged")).to_be_visible()
    check_axe(page)
    page.goto("/import")
    check_axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refusal_has_the_focus_and_no_accessibility_violation(open_page, scheme, sign_in, cast, check_axe):
    page = open_page(color_scheme=scheme, allow_errors=True)
    sign_in(page, cast.alice)
    page.goto("/import")
    page.set_input_files("input[type=file]", [as_upload("scan.pdf", b"%PDF-1.7 scan")])
    page.get_by_role("button", name="Check files").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    check_axe(page)


def test_the_progress_page_has_no_accessibility_violation(page, sign_in, cast, sessions, check_axe):
    with transaction(sessions.system()) as session:
        session.add(job := build_job(cast.eastside.id))
    sign_in(page, cast.alice)
    page.goto(f"/jobs/{job.public_id}")
    expect(page.get_by_text("You can leave this page.")).to_be_visible()
    check_axe(page)


def build_job(practice_id):
    from tracker.models import Job

    return Job(
        kind="import.later",
        key="import.later:1",
        practice_id=practice_id,
        run_at=build.NOW,
        asked_at=build.NOW,
        done=40,
        total=100,
    )


@pytest.mark.parametrize("width", [390, 320])
def test_no_step_scrolls_sideways_on_a_phone(open_page, width, to_check):
    page = open_page(viewport={"width": width, "height": 800})
    to_check(page, GOOD, CUT)
    assert overflow(page) <= 0
    page.locator("#log-button").click()
    expect(page.get_by_role("heading", name="3 denials logged")).to_be_visible()
    assert overflow(page) <= 0
    page.goto("/import")
    assert overflow(page) <= 0


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_reading_starts_on_its_own_once_files_are_chosen(page, sign_in, cast):
    sign_in(page, cast.alice)
    page.goto("/import")
    page.set_input_files("input[type=file]", [as_upload(*GOOD)])
    expect(page.get_by_role("heading", name="3 new denials to log")).to_be_visible()
