"""Deciding on causes in a real browser: by keys, by mouse, without JavaScript, on a narrow screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_denial_and_letter import NOTE
from tests.web.test_denial_page import make_denial
from tracker.db import transaction


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside, note=NOTE)


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


def open_denial(page, sign_in, cast, denied) -> None:
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")


def test_a_cause_is_ruled_out_by_keys_with_a_reason_and_put_back(page, cast, sign_in, denied):
    open_denial(page, sign_in, cast, denied)
    first = page.locator("#cause1").inner_text()
    page.keyboard.press("r")
    page.keyboard.type("1 more r in the flowsheet")
    page.keyboard.press("Enter")
    page.get_by_text("cause ruled out by you").wait_for()
    page.get_by_text("Ruled out (").click()
    page.get_by_text("“1 more r in the flowsheet”").first.wait_for()
    page.get_by_role("button", name="Undo", exact=True).first.click()
    page.get_by_text("Undone: 1 denial put back").wait_for()
    expect(page.locator("#cause1")).to_have_text(first)


def test_a_cause_is_found_by_typing_and_picked_by_keys(page, cast, sign_in, denied):
    open_denial(page, sign_in, cast, denied)
    page.keyboard.press("c")
    page.keyboard.type("kx")
    options = page.locator("#cause-cause option")
    options.nth(1).wait_for(state="detached")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    page.get_by_text("cause picked").wait_for()
    expect(page.locator("#cause1")).to_contain_text("KX")


def test_a_cause_is_found_by_the_words_of_its_meaning_and_the_list_comes_back(page, cast, sign_in, denied):
    open_denial(page, sign_in, cast, denied)
    page.keyboard.press("c")
    everything = page.locator("#cause-cause option").count()
    page.get_by_label("Find a cause").fill("timed/total")
    assert page.locator("#cause-cause option").all_inner_texts() == ["Minutes missing or contradictory"]
    page.get_by_label("Find a cause").fill("")
    assert page.locator("#cause-cause option").count() == everything == 41


def test_keys_are_named_in_the_help(page, cast, sign_in, denied):
    open_denial(page, sign_in, cast, denied)
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Rule out the first cause").wait_for()


def test_opened_parts_have_no_accessibility_violations(colored, cast, sign_in, denied, check_axe):
    open_denial(colored, sign_in, cast, denied)
    colored.keyboard.press("r")
    colored.keyboard.press("Enter")
    colored.get_by_text("cause ruled out by you").wait_for()
    for details in colored.locator("#causes details").all():
        details.evaluate("each => { each.open = true }")
    check_axe(colored)


def test_without_javascript_a_cause_is_ruled_out_and_another_picked(plain_page, cast, sign_in, denied):
    open_denial(plain_page, sign_in, cast, denied)
    plain_page.locator("summary", has_text="Not this").first.click()
    plain_page.get_by_label("Why not (optional)").first.fill("Checked with the front desk")
    plain_page.get_by_role("button", name="Rule out").first.click()
    plain_page.get_by_text("cause ruled out by you").wait_for()
    if not plain_page.get_by_label("Cause", exact=True).is_visible():
        plain_page.get_by_text("Pick another cause").click()
    plain_page.get_by_label("Cause", exact=True).select_option("mod_kx")
    plain_page.get_by_role("button", name="Pick cause").click()
    plain_page.get_by_text("Picked by Alice").wait_for()
    expect(plain_page.get_by_label("Find a cause")).to_be_hidden()


def test_without_javascript_a_quote_leads_to_its_mark(plain_page, cast, sign_in, denied):
    open_denial(plain_page, sign_in, cast, denied)
    link = plain_page.locator("#causes .ev a").first
    target = link.get_attribute("href")
    link.click()
    mark = plain_page.locator(f"mark{target}")
    assert mark.evaluate("each => each.matches(':target')")
    assert mark.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_a_screen_of_320_pixels_never_scrolls_sideways(open_page, cast, sign_in, denied):
    narrow = open_page(viewport={"width": 320, "height": 800})
    open_denial(narrow, sign_in, cast, denied)
    for details in narrow.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
