"""API tokens in a real browser: made, shown once, revoked; the guide."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role


@pytest.mark.parametrize("colored", ["page", "dark_page"])
def test_a_token_is_made_shown_once_and_revoked(request, cast, sign_in, check_axe, colored):
    page = request.getfixturevalue(colored)
    sign_in(page, cast.alice)
    page.goto("/account/tokens")
    check_axe(page)
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_axe(page)
    page.get_by_label("What it is for").fill("Nightly export")
    page.get_by_label("Read the figures of Insights").check()
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_role("heading", name="Token made")).to_be_visible()
    expect(page.locator("#token")).to_have_text(re.compile(r"rdt_[\w-]{43}"))
    check_axe(page)
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_text("Nightly export").first).to_be_visible()
    page.get_by_role("button", name="Revoke Nightly export").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    check_axe(page)


def test_the_guide_and_the_tokens_of_people_fit_a_phone(page, sessions, cast, sign_in, check_axe):
    with transaction(sessions.system()) as session:
        olga = build.user(session, "olga", cast.eastside, role=Role.OWNER)
    sign_in(page, olga)
    page.set_viewport_size({"width": 320, "height": 800})
    for address in ("/help/api", "/settings/tokens", "/account/tokens"):
        page.goto(address)
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
