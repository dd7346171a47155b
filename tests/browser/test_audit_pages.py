"""The audit log in a real browser: looking for entries, verifying, the report of a month."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.services.audit_sealing import seal


@pytest.fixture
def audrey(sessions, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
        return build.user(session, "audrey", cast.eastside, cast.lakeview, role=Role.AUDITOR)


@pytest.mark.parametrize("colored", ["page", "dark_page"])
def test_an_auditor_looks_for_what_somebody_did(request, open_page, cast, audrey, sign_in, check_axe, colored):
    page, worker = request.getfixturevalue(colored), open_page()
    sign_in(worker, cast.alice)
    worker.goto("/appeals")
    sign_in(page, audrey)
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
    check_axe(page)
    page.get_by_label("Who").select_option(cast.alice.name)
    page.get_by_label("What").select_option("Looked at a list")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("page appeals.index")
    check_axe(page)
    page.get_by_label("From", exact=True).fill("soon")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("alert")).to_contain_text("From must be a date like 11/29/2026")
    check_axe(page)
    page.get_by_role("link", name="Clear all").click()
    expect(page).to_have_url(re.compile(r"/audit$"))


@pytest.mark.parametrize("colored", ["page", "dark_page"])
def test_the_log_is_verified_and_the_month_reported(
    request, engine, settings, clock, cast, audrey, sign_in, check_axe, colored
):
    seal(engine, settings, clock.now)
    page = request.getfixturevalue(colored)
    sign_in(page, audrey)
    page.get_by_role("link", name="Verify").click()
    expect(page.get_by_role("heading", name="The audit log holds")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Activity of a month").click()
    expect(page.get_by_role("heading", name="Activity of Nov 2026")).to_be_visible()
    expect(page.get_by_role("heading", name="Newest checkpoints")).to_be_visible()
    check_axe(page)


def test_the_pages_fit_a_phone(open_page, engine, settings, clock, cast, audrey, sign_in, check_axe):
    seal(engine, settings, clock.now)
    page = open_page(viewport={"width": 320, "height": 700})
    sign_in(page, audrey)
    for path in ("/audit", "/audit/verify", "/audit/activity"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        check_axe(page)


def test_the_printed_report_keeps_every_figure(page, engine, settings, clock, cast, audrey, sign_in):
    seal(engine, settings, clock.now)
    sign_in(page, audrey)
    page.goto("/audit/activity")
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Failed sign-ins")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Mark (MAC and signature)")).to_be_visible()
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
