"""Rules, thresholds and checks before billing in a real browser: light, dark, narrow, without scripts."""

from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests import build
from tests.services.test_diagnosing import denied_claim
from tests.web.test_thresholds import visit
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Membership, Practice
from tracker.services.diagnosing import diagnose_claims


@pytest.fixture
def filled(sessions, cast):
    """A denied claim, an unsent one and a patient above the KX threshold; Alice owns the practice."""
    with transaction(sessions.system()) as session:
        session.scalars(select(Membership).where(Membership.user_id == cast.alice.id)).one().role = "owner"
        practice = session.get_one(Practice, cast.eastside.id)
        claim = denied_claim(session, practice)
        diagnose_claims(session, practice.id, [claim.id], load(), build.TODAY)
        medicare = build.payer(session, "Medicare", "medicare_b")
        patient = build.patient(session, practice, "Abbott")
        visit(session, patient, medicare, date(2026, 3, 2), "GP", allowed=240_000, paid=200_000)
        visit(session, patient, medicare, date(2026, 3, 4), "GP", allowed=20_000, paid=16_000)
        unsent = build.claim(session, practice, patient, medicare)
        build.claim_line(session, unsent, "97140", modifiers="", line=1)
    return {"patient": patient, "unsent": unsent, "denied": claim}


def pages(filled) -> list[str]:
    return [
        "/rules",
        "/rules/CLM_KX",
        "/rules/CLM_DISCIPLINE_MODIFIER",
        f"/patients/{filled['patient'].public_id}/thresholds/2026",
        f"/patients/{filled['patient'].public_id}/thresholds/2027",
        "/check",
        f"/check/claims/{filled['unsent'].public_id}",
        f"/claims/{filled['denied'].public_id}",
    ]


def test_every_page_is_accessible_in_light_and_dark(page, dark_page, sign_in, cast, filled, check_axe):
    for each in (page, dark_page):
        sign_in(each, cast.alice)
        for address in pages(filled):
            each.goto(address)
            check_axe(each)


def test_no_page_scrolls_sideways_at_320_pixels(open_page, sign_in, cast, filled):
    narrow = open_page(viewport={"width": 320, "height": 800})
    sign_in(narrow, cast.alice)
    for address in pages(filled):
        narrow.goto(address)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_a_rule_is_switched_off_and_on_without_scripts(plain_page, sign_in, cast, filled):
    sign_in(plain_page, cast.alice)
    plain_page.goto("/rules")
    plain_page.get_by_role("link", name="KX missing above the yearly threshold").click()
    plain_page.get_by_role("button", name="Do without it for Eastside PT").click()
    plain_page.goto("/rules/CLM_KX")
    expect(plain_page.get_by_text("Eastside PT: not used")).to_be_visible()
    plain_page.get_by_role("button", name="Use it again for Eastside PT").click()
    plain_page.goto("/rules/CLM_KX")
    expect(plain_page.get_by_text("Eastside PT: used")).to_be_visible()


def test_the_work_after_a_switch_ends_by_itself(page, sign_in, cast, filled):
    sign_in(page, cast.alice)
    page.goto("/rules/CLM_KX")
    page.get_by_role("button", name="Do without it for Eastside PT").click()
    page.wait_for_url("**/queue*")  # the progress page leaves when the causes are looked for again
    page.goto("/rules/CLM_KX")
    expect(page.get_by_role("button", name="Use it again for Eastside PT")).to_be_visible()


def test_a_typed_claim_is_checked_without_scripts(plain_page, sign_in, cast, filled):
    sign_in(plain_page, cast.alice)
    plain_page.goto("/check")
    plain_page.get_by_label("Payer", exact=True).fill("Medicare")
    plain_page.get_by_label("Service date").fill("11/20/2026")
    plain_page.get_by_label("Lines").fill("97110 GP x4")
    plain_page.get_by_label("Note of the visit").fill("Ther ex 20 min. Timed 20, total 20.")
    plain_page.get_by_role("button", name="Check claim").click()
    finding = plain_page.get_by_role("link", name="More timed units than the total minutes make")
    expect(finding.first).to_be_visible()
    finding.first.click()
    expect(plain_page.get_by_role("heading", name="Examples")).to_be_visible()


def test_a_stored_claim_is_checked_from_the_menu(page, sign_in, cast, filled):
    sign_in(page, cast.alice)
    page.goto("/queue")
    page.locator("summary", has_text="Alice").click()
    page.get_by_role("link", name="Check a claim").click()
    page.get_by_role("link", name=filled["unsent"].control_number).click()
    expect(
        page.get_by_text("things that would likely be denied").or_(page.get_by_text("thing that would"))
    ).to_be_visible()


def test_an_error_takes_the_focus_and_leads_to_its_field(page, sign_in, cast, filled, check_axe):
    sign_in(page, cast.alice)
    page.goto("/check")
    page.get_by_role("button", name="Check claim").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Enter the payer").click()
    expect(page.get_by_label("Payer", exact=True)).to_be_focused()
    check_axe(page)
