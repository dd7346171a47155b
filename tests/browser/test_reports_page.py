"""Reports in a real browser: made, worded and made final with clicks; nothing axe objects to."""

from datetime import date

from playwright.sync_api import expect

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role


def test_a_lead_makes_a_report_and_freezes_it(page, sign_in, cast, become, sessions, check_axe):
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside)
        for number in range(24):
            line = build.claim_line(session, claim, first_remit_on=date(2026, 10, 9))
            if number < 3:
                build.denial(session, line, denied_on=date(2026, 10, 9), root_cause="mn_skill_not_shown")
    become(cast.alice, Role.LEAD)
    sign_in(page, cast.alice)
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="No monthly report yet")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Make report").click()
    expect(page.get_by_role("heading", name="Denial report, October 2026")).to_be_visible()
    check_axe(page)
    page.get_by_label("What changed").fill("Checks of coverage began.")
    page.get_by_role("button", name="Save words").click()
    expect(page.get_by_text("Your words are saved.")).to_be_visible()
    page.get_by_role("button", name="Mark final").click()
    expect(page.get_by_text("The report is final.")).to_be_visible()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    page.get_by_role("link", name="Reports").first.click()
    page.get_by_role("link", name="Documentation feedback").click()
    expect(page.get_by_role("heading", name="Documentation feedback for therapists")).to_be_visible()
    check_axe(page)
