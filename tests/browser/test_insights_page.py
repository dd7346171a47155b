"""Insights in a real browser: links, the table under the chart, light and dark, narrow, without scripts."""

import random
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests import build
from tracker.db import transaction


@pytest.fixture
def filled(sessions, cast):
    """A year of denials and paid lines at Alice's practice."""
    rnd = random.Random(5)
    with transaction(sessions.system()) as session:
        payers = [build.payer(session, name) for name in ("Harbor Health", "Summit Advantage")]
        patient = build.patient(session, cast.eastside)
        for payer in payers:
            claim = build.claim(session, cast.eastside, patient, payer)
            for month in range(1, 12):
                for _ in range(24):
                    build.claim_line(session, claim, first_remit_on=date(2026, month, 9))
            for _ in range(60):
                on = build.TODAY - timedelta(days=rnd.randrange(320))
                line = build.claim_line(session, claim, first_remit_on=on)
                cause = rnd.choice(["", "mn_skill_not_shown", "auth_absent"])
                build.denial(session, line, denied_on=on, root_cause=cause, amount_cents=rnd.randrange(4000, 40_000))
    return payers


@pytest.fixture
def show(sign_in, cast, filled):
    def open_insights(page):
        sign_in(page, cast.alice)
        page.goto("/insights")
        expect(page.get_by_role("heading", name="Denial trends")).to_be_visible()
        return page

    return open_insights


def test_a_bar_leads_to_as_many_denials_as_it_says(page, show):
    show(page)
    bar = page.get_by_role("link", name=re.compile(r"^Oct 2026: \d+ denials"))
    count = re.match(r"Oct 2026: (\d+) denials", bar.get_attribute("aria-label"))[1]
    bar.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/queue\?.*month=2026-10"))
    expect(page.get_by_text(re.compile(rf"\b{count} denials, "))).to_be_visible()


def test_choosing_a_payer_shows_that_payer(page, show, filled):
    show(page)
    page.get_by_label("Payer", exact=True).select_option(label="Summit Advantage")
    expect(page).to_have_url(re.compile(f"payer={filled[1].public_id}"))
    expect(page.get_by_role("rowheader", name="Harbor Health")).to_have_count(0)


def test_the_controls_work_without_scripts(plain_page, show, filled):
    show(plain_page)
    plain_page.get_by_label("Period").select_option(label="Last 3 months")
    plain_page.get_by_role("button", name="Show", exact=True).click()
    expect(plain_page).to_have_url(re.compile("period=2026-09_2026-11"))
    plain_page.get_by_text("Show as a table").first.click()
    expect(plain_page.get_by_role("rowheader", name="Sep 2026")).to_be_visible()


def test_a_panel_is_saved_as_a_file(page, show):
    show(page)
    page.get_by_text("Export", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").first.click()
    assert download.value.suggested_filename == "insights-trend-2026-11-23.csv"


@pytest.mark.parametrize("kind", ["page", "dark_page", "phone_page"])
def test_the_page_has_no_accessibility_violation(request, kind, show, check_axe):
    page = show(request.getfixturevalue(kind))
    for table in page.get_by_text("Show as a table").all():
        table.click()
    page.get_by_text("How these numbers are counted").click()
    check_axe(page)


def test_the_empty_page_has_no_accessibility_violation(page, sign_in, cast, check_axe):
    sign_in(page, cast.alice)
    page.goto("/insights")
    expect(page.get_by_role("link", name="Import files")).to_be_visible()
    check_axe(page)


@pytest.mark.parametrize("width", [1440, 900, 390, 320])
def test_one_chart_is_shown_at_every_width_and_nothing_scrolls_sideways(open_page, show, width):
    page = show(open_page(viewport={"width": width, "height": 900}))
    shown = [chart for chart in page.locator("svg.trend").all() if chart.is_visible()]
    assert len(shown) == 1
    size = shown[0].evaluate("svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")
    assert size > 0.75  # else its words are too small to read
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
