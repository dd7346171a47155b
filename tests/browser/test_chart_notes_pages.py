"""Notes on the chart and submitted claims in a real browser."""

import pytest
from playwright.sync_api import expect

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Membership


@pytest.fixture
def owner(cast, sessions):
    """Alice owns the practice, which has a denial to draw."""
    with transaction(sessions.system()) as session:
        session.get_one(Membership, (cast.alice.id, cast.eastside.id)).role = Role.OWNER
        build.denied_line(session, cast.eastside)
    return cast.alice


@pytest.mark.parametrize("kind", ["page", "dark_page", "phone_page"])
def test_a_note_is_written_shown_removed_and_put_back(request, kind, sign_in, owner, check_axe):
    page = request.getfixturevalue(kind)
    sign_in(page, owner)
    page.goto("/insights/notes")
    page.get_by_label("What changed").fill("Started prior auth check")
    page.get_by_label("Date").fill("08/15/2026")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Note added to the chart.")).to_be_visible()
    check_axe(page)
    page.goto("/insights")
    expect(page.get_by_text("08/15/2026: Started prior auth check")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Notes on the chart").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("Note put back.")).to_be_visible()


def test_submitted_claims_give_the_hfma_basis(page, sign_in, owner, cast, check_axe):
    sign_in(page, owner)
    page.goto(f"/settings/practices/{cast.eastside.public_id}/submitted")
    page.get_by_label("Month and claims submitted").fill("nonsense")
    page.get_by_role("button", name="Save submitted claims").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_axe(page)
    page.get_by_label("Month and claims submitted").fill("7/2026, 90\n8/2026, 100\n9/2026, 110")
    page.get_by_role("button", name="Save submitted claims").click()
    expect(page.get_by_text("Submitted claims saved.")).to_be_visible()
    page.goto("/insights")
    page.get_by_label("Basis of the rate").select_option(label="Rate on HFMA basis")
    expect(page.get_by_text("100.0 submitted on average")).to_be_visible()
    check_axe(page)
