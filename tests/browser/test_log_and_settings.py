"""Logging a denial and the settings in a real browser."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests import build
from tracker.db import transaction
from tracker.knowledge import load


@pytest.fixture
def owner(sessions, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
        return build.user(session, "olga", cast.eastside, cast.lakeview, role="owner", name="Olga P.")


def fill(page, **changed):
    typed = {
        "Payer": "Medicare Part B", "Patient": "Okafor, Nina", "Claim number": "EPT-900", "Service date": "09/14/2026",
        "Denial date": "10/05/2026", "Line code and modifiers": "97110 GP x2", "Denied amount": "148.20",
        "Reason code": "CO-50 N115",
    } | changed  # fmt: skip
    for label, words in typed.items():
        page.get_by_label(label, exact=True).fill(words)


def test_the_meaning_and_the_deadline_appear_while_typing(page, owner, sign_in):
    sign_in(page, owner)
    page.goto("/denials/new")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    fill(page)
    page.get_by_label("Claim number", exact=True).focus()
    page.get_by_text(load().carc["50"].meaning).wait_for()
    page.get_by_text(re.compile("File by [A-Z][a-z]{2}, [A-Z][a-z]{2} ")).wait_for()
    assert any("/denials/new/facts" in url for url in asked)
    assert not [url for url in asked if "Okafor" in url or "EPT-900" in url]
    page.get_by_role("button", name="Log denial").click()
    page.wait_for_url(re.compile(r"/denials/[\w-]{22}$"))
    expect(page.get_by_text(re.compile(r"D-100\d logged\. File by"))).to_be_visible()


def test_check_21_an_empty_form_says_what_to_enter_and_leads_there(page, owner, sign_in, check_axe):
    sign_in(page, owner)
    page.goto("/denials/new")
    page.get_by_role("button", name="Log denial").click()
    summary = page.get_by_role("alert", name="There is a problem")
    expect(page).to_have_title(re.compile("^Error: Log a denial"))
    expect(page.locator("#error-summary")).to_be_focused()
    for link in summary.get_by_role("link").all():
        link.click()
        focused = page.evaluate("document.activeElement.id")
        assert page.locator(f"#{focused}-error").inner_text().endswith(link.inner_text())
    expect(summary.get_by_role("link")).to_have_count(7)
    check_axe(page)


def test_check_15_a_denial_is_logged_without_javascript(plain_page, owner, sign_in):
    sign_in(plain_page, owner)
    plain_page.goto("/denials/new")
    fill(plain_page, **{"Reason code": "50"})
    plain_page.get_by_role("button", name="Log denial").click()
    expect(plain_page.get_by_role("link", name="Add the group in front of the number, like CO-50")).to_be_visible()
    plain_page.get_by_label("Reason code", exact=True).fill("CO-50")
    plain_page.get_by_role("button", name="Log and add another").click()
    expect(plain_page.get_by_text(re.compile(r"D-100\d logged\."))).to_be_visible()
    expect(plain_page.get_by_label("Payer", exact=True)).to_have_value("Medicare Part B")
    expect(plain_page.get_by_label("Patient", exact=True)).to_have_value("")


def test_an_appeal_is_two_clicks_from_a_blank_form(page, owner, sign_in):
    sign_in(page, owner)
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/denials/new"))
    fill(page)
    page.get_by_role("button", name="Log and draft appeal").click()
    page.wait_for_url(re.compile(r"/appeals/[\w-]{22}/letter"))


def test_a_row_of_the_queue_drafts_its_appeal_in_one_click(page, sessions, cast, sign_in):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, status="in_review", path="appeal", number=1042)
    sign_in(page, cast.alice)
    page.get_by_role("button", name="Draft appeal, D-1042").click()
    page.wait_for_url(re.compile(r"/appeals/[\w-]{22}/letter"))


def test_enter_on_a_row_drafts_nothing(page, sessions, cast, sign_in):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, status="in_review", path="appeal", number=1042)
    sign_in(page, cast.alice)
    page.get_by_label("Select D-1042").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "/queue" in page.url


def test_dark_colors_are_chosen_and_stay(page, owner, sign_in):
    sign_in(page, owner)
    page.goto("/settings")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save looks and keys").click()
    page.get_by_text("Settings saved.").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto("/queue")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/denials/new?code=CO-16", "/settings", "/settings/practices/new", "/nothing-here"])
def test_every_page_is_accessible(open_page, owner, sign_in, check_axe, scheme, path):
    page = open_page(color_scheme=scheme, allow_errors=path == "/nothing-here")
    sign_in(page, owner)
    page.goto(path)
    check_axe(page)


def test_the_account_page_says_what_is_wrong_where_it_is(page, owner, sign_in, check_axe):
    sign_in(page, owner)
    page.goto("/account")
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("link", name="Enter the present password").click()
    assert page.evaluate("document.activeElement.id") == "old"
    check_axe(page)


@pytest.mark.parametrize("kind", ["page", "dark_page", "plain_page", "phone_page"])
def test_a_typed_line_is_put_right_on_the_claims_page(request, kind, sign_in, cast, check_axe):
    page = request.getfixturevalue(kind)
    sign_in(page, cast.alice)
    page.goto("/denials/new")
    fill(page)
    page.get_by_role("button", name="Log denial").click()
    page.get_by_role("link", name="claim EPT-900").click()
    page.get_by_text("Change line 1").click()
    page.get_by_label("Line code, modifiers and units").fill("97530 GP KX x3")
    if kind != "plain_page":
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        if folder := os.environ.get("TRACKER_SHOTS"):
            page.screenshot(path=f"{folder}/claim-line-{kind}.png", full_page=True)
    page.get_by_role("button", name="Save line 1").click()
    page.get_by_text("Line saved.").wait_for()
    expect(page.get_by_role("row", name="97530")).to_have_count(1)
