"""The work queue in a real browser: keys, selection, history, small screens, no JavaScript, accessibility."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from tests import build
from tracker.db import transaction
from tracker.models import Denial, User

TODAY = build.TODAY
STATUSES = ("new", "in_review", "needs_note", "ready_to_send", "waiting_on_payer", "reopened")
CAUSES = ("mn_skill_not_shown", "", "auth_absent")


@pytest.fixture
def dana(sessions, cast):
    """Dana sees two practices with 43 open denials of every kind."""
    with transaction(sessions.system()) as session:
        hand = build.practice(session, "Hand & Upper Limb OT")
        dana = build.user(session, "dana", cast.eastside, hand, name="Dana R.", role="lead")
        payers = [build.payer(session, name) for name in ("Medicare Part B", "Summit Medicare Advantage")]
        for number in range(43):
            place = (cast.eastside, hand)[number % 2]
            person = build.patient(session, place, ("Okafor", "Ekholm", "Haddad")[number % 3])
            line = build.claim_line(session, build.claim(session, place, person, payers[number % 2]))
            due = None if number % 9 == 8 else TODAY + timedelta(days=number * 2 - 6)
            build.denial(
                session, line, number=1001 + number, amount_cents=8_640 + 1_010 * number, file_by_safe=due,
                status=STATUSES[number % 6], carc=("50", "16", "197")[number % 3], remarks="N115 M127 MA01",
                root_cause=CAUSES[number % 3], strength="likely", owner_id=(dana.id, None)[number % 2], path="appeal",
            )  # fmt: skip
    return dana


@pytest.fixture
def queue(page, dana, sign_in):
    sign_in(page, dana)
    page.goto("/queue")
    return page


def names(page):
    return page.locator("a.open").all_inner_texts()


def test_check_01_the_queue_opens_first_with_the_nearest_clock_on_top(page, dana, sign_in):
    sign_in(page, dana)
    expect(page).to_have_url(re.compile("/queue$"))
    expect(page).to_have_title("Work queue, 43 open (page 1 of 2) | Rehab Denials")
    assert names(page)[:4] == ["D-1001", "D-1002", "D-1003", "D-1004"]


def test_check_07_rows_are_chosen_with_keys_alone(queue):
    for key in "jjxjx":
        queue.keyboard.press(key)
    bar = queue.get_by_role("region", name="Change the selected denials")
    expect(bar).to_contain_text("2 selected, $203.10")
    queue.wait_for_function("document.getElementById('live').textContent === '2 denials selected'")
    queue.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(queue.locator("tr[data-row] input:checked")).to_have_count(0)


def test_shift_and_x_choose_a_range(queue):
    for key in ("j", "x", "j", "j", "j", "Shift+X"):
        queue.keyboard.press(key)
    expect(queue.locator("tr[data-row] input:checked")).to_have_count(4)


def test_enter_opens_the_denial_and_back_returns(queue):
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    queue.keyboard.press("Enter")
    queue.wait_for_url(re.compile(r"/denials/[\w-]{22}"))
    assert queue.get_by_role("heading", level=1).inner_text().startswith("D-1002")
    queue.go_back()
    assert names(queue)[1] == "D-1002"


@pytest.mark.parametrize(
    ("keys", "address"), [("n", "/denials/new"), ("i", "/import"), ("gd", "/insights"), ("ga", "/appeals")]
)
def test_a_key_leads_to_its_page(queue, keys, address):
    for key in keys:
        queue.keyboard.press(key)
    queue.wait_for_url(re.compile(re.escape(address)))


def test_slash_goes_to_the_search_and_typing_there_is_no_shortcut(queue):
    queue.keyboard.press("/")
    queue.keyboard.type("jxn?")
    expect(queue.get_by_role("searchbox", name="Find a denial")).to_have_value("jxn?")
    expect(queue.locator("tr[data-row] input:checked")).to_have_count(0)
    assert queue.url.endswith("/queue")


def test_the_question_mark_lists_the_keys(queue, check_axe):
    queue.keyboard.press("?")
    expect(queue.get_by_role("dialog", name="Keys")).to_be_visible()
    check_axe(queue)
    queue.keyboard.press("Escape")
    expect(queue.get_by_role("dialog")).to_be_hidden()


def test_check_08_single_keys_can_be_switched_off(page, dana, sign_in, sessions):
    with transaction(sessions.system()) as session:
        session.execute(update(User).where(User.id == dana.id).values(single_keys=False))
    sign_in(page, dana)
    for key in ("j", "x", "n", "/", "?"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("/queue$"))
    expect(page.locator("tr[data-row] input:checked, tr.cur, dialog[open]")).to_have_count(0)
    page.locator("a.open").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/denials/"))


def test_check_20_assigning_from_the_bar_and_undoing(queue, sessions, dana):
    queue.get_by_label("Select D-1002").check()
    queue.get_by_label("Select D-1004").check()
    queue.get_by_label("Assign to").select_option("Dana R.")
    queue.get_by_role("button", name="Assign", exact=True).click()
    expect(queue.get_by_text("2 denials assigned to Dana R.")).to_be_visible()
    queue.get_by_role("button", name="Undo").click()
    expect(queue.get_by_text("Undone: 2 denials put back.")).to_be_visible()
    with sessions.system() as session:
        owners = session.scalars(select(Denial.owner_id).where(Denial.number.in_([1002, 1004]))).all()
    assert owners == [None, None]


def test_all_of_the_page_can_be_chosen_and_then_all_of_the_view(queue):
    queue.get_by_label("Select all 25 on this page").check()
    everything = queue.get_by_label("All 43 in this view")
    expect(everything).to_be_visible()
    queue.get_by_label("Select D-1001").uncheck()
    expect(everything).to_be_hidden()


def test_check_04_filtering_changes_the_address_and_back_undoes_it(queue):
    queue.get_by_label("Reason code", exact=True).select_option("CO-16")
    queue.wait_for_url(re.compile("code=CO-16"))
    queue.get_by_text("Reason code: CO-16").first.wait_for()
    filtered = names(queue)
    assert filtered
    assert set(queue.locator("td .code").all_inner_texts()) == {"CO-16"}
    queue.locator("#live", has_text=re.compile(r"denials, \$")).wait_for(state="attached")
    queue.go_back()
    queue.wait_for_url(re.compile("/queue$"))
    queue.get_by_text("All 43 denials in this view").wait_for()
    assert len(names(queue)) == 25


def test_check_04_a_filtered_address_shows_the_same_in_another_browser(queue, open_page, dana, sign_in):
    queue.goto("/queue?code=CO-50&sort=-amount&view=mine")
    other = open_page()
    sign_in(other, dana)
    other.goto(queue.url)
    assert names(other) == names(queue) != []
    assert other.locator(".chip").all_inner_texts() == queue.locator(".chip").all_inner_texts()


def test_check_03_each_tile_equals_its_rows(queue):
    for tile in queue.locator(".strip a").all():
        due = tile.get_attribute("data-due")
        count, cents = tile.locator("b").inner_text(), tile.get_attribute("data-cents")
        queue.goto(tile.get_attribute("href"))
        total = queue.locator("tfoot tr")
        assert (due, total.get_attribute("data-count"), total.get_attribute("data-total")) == (due, count, cents)
        queue.goto("/queue")


def test_the_practice_switcher_sends_itself(queue):
    queue.get_by_label("Practice", exact=True).select_option("Eastside PT")
    queue.get_by_text("All 22 denials in this view").wait_for()


# ---- privacy ----


def test_check_05_a_searched_name_is_in_no_address_title_or_storage(queue):
    seen = []
    queue.on("request", lambda request: seen.append(request.url))
    queue.get_by_role("searchbox", name="Find a denial").fill("Okafor")
    queue.keyboard.press("Enter")
    queue.get_by_text("Search: Okafor").wait_for()
    queue.get_by_role("link", name="Denied", exact=False).first.click()
    queue.wait_for_url(re.compile("sort=-amount"))
    stored = queue.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.title])")
    assert not [url for url in [*seen, stored, queue.url] if "okafor" in url.lower()]
    assert "html" not in stored.lower()


# ---- looks ----


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/queue", "/queue?view=all&due=0-7&code=CO-50", "/queue?view=new-week&due=none&code=CO-16"]
)
def test_the_queue_breaks_no_rule_of_accessibility(open_page, dana, sign_in, check_axe, scheme, path):
    page = open_page(color_scheme=scheme)
    sign_in(page, dana)
    page.goto(path)
    check_axe(page)
    if page.locator("tr[data-row]").count():
        page.locator("tr[data-row] input").first.check()
        check_axe(page)


def test_check_02_on_a_laptop_eight_rows_are_whole_and_the_last_column_is_not_cut(open_page, dana, sign_in):
    page = open_page(viewport={"width": 1366, "height": 768})
    sign_in(page, dana)
    whole = [
        box
        for box in (row.bounding_box() for row in page.locator("tr[data-row]").all())
        if box["y"] + box["height"] <= 768
    ]
    assert len(whole) >= 8
    table = page.locator(".tw").bounding_box()
    for button in page.locator("tr[data-row] td:last-child > *").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= table["x"] + table["width"]


def test_check_02_compact_rows_show_more(open_page, dana, sign_in):
    page = open_page(viewport={"width": 1366, "height": 768})
    sign_in(page, dana)
    page.get_by_role("button", name="Compact rows").click()
    page.get_by_role("button", name="Comfortable rows").wait_for()
    whole = [
        box
        for box in (row.bounding_box() for row in page.locator("tr[data-row]").all())
        if box["y"] + box["height"] <= 768
    ]
    assert len(whole) >= 11


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_screen_is_too_narrow(open_page, dana, sign_in, width):
    page = open_page(viewport={"width": width, "height": 800})
    sign_in(page, dana)
    for path in ("/queue", "/queue?code=CO-16&due=8-14", "/denials/new", "/settings"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_what_has_the_focus_is_never_covered(queue):
    queue.get_by_label("Select D-1001").check()
    covered = queue.evaluate(
        """() => {
            const wrong = [];
            for (const one of document.querySelectorAll("main a, main button, main select, main input:not([type=hidden])")) {
                if (!one.checkVisibility()) continue;
                one.focus();
                const box = one.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                if (top && top !== one && !one.contains(top) && !top.contains(one)) wrong.push(one.outerHTML.slice(0, 80));
            }
            return wrong;
        }"""
    )
    assert covered == []


def test_targets_are_large_enough(queue):
    small = queue.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main select, main .sel label")]
            .filter((one) => one.checkVisibility())
            .filter((one) => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
            .map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert small == []


# ---- without JavaScript ----


def test_check_15_filtering_choosing_and_undoing_work_without_javascript(plain_page, dana, sign_in):
    sign_in(plain_page, dana)
    plain_page.goto("/queue")
    plain_page.get_by_label("Reason code", exact=True).select_option("CO-16")
    plain_page.get_by_role("button", name="Filter").click()
    expect(plain_page).to_have_url(re.compile("code=CO-16"))
    first = plain_page.locator("a.open").first.inner_text()
    plain_page.get_by_label(f"Select {first}").check()
    plain_page.get_by_label("New status").select_option("Needs note")
    plain_page.get_by_role("button", name="Change status").click()
    expect(plain_page.get_by_text(f"Status of {first} changed.")).to_be_visible()
    expect(plain_page).to_have_url(re.compile("code=CO-16"))
    plain_page.get_by_role("button", name="Undo").click()
    expect(plain_page.get_by_text("Undone: 1 denial put back.")).to_be_visible()


def test_check_15_the_file_is_offered_without_javascript(plain_page, dana, sign_in):
    sign_in(plain_page, dana)
    plain_page.get_by_text("Export", exact=True).first.click()
    with plain_page.expect_download() as download:
        plain_page.get_by_role("button", name="Export CSV").first.click()
    assert download.value.suggested_filename == "queue-2026-11-23.csv"


def test_a_view_is_saved_beside_the_filters(queue, check_axe):
    queue.get_by_label("Reason code", exact=True).select_option("CO-16")
    queue.get_by_text("Reason code: CO-16").first.wait_for()
    queue.get_by_text("Save view").first.click()
    check_axe(queue)
    queue.get_by_label("Name of the view").fill("Missing information")
    queue.get_by_role("button", name="Save view").click()
    tab = queue.get_by_role("link", name="Missing information")
    expect(tab).to_have_attribute("aria-current", "page")
    queue.get_by_role("link", name="Edit views").click()
    expect(queue.get_by_role("heading", name="Saved views")).to_be_visible()
    check_axe(queue)
    queue.get_by_label("View shown after you sign in").select_option("Missing information")
    queue.get_by_role("button", name="Save start page").click()
    queue.get_by_text("Start page saved.").wait_for()
    queue.get_by_role("link", name="Rehab Denials").click()
    expect(queue).to_have_url(re.compile("code=CO-16"))


def test_one_row_is_changed_where_it_stands(queue, check_axe):
    queue.get_by_role("button", name="Change D-1002").click()
    dialog = queue.get_by_role("dialog", name="Change D-1002")
    expect(dialog).to_be_visible()
    check_axe(queue)
    dialog.get_by_label("Status of the denial").select_option("Needs note")
    dialog.get_by_role("button", name="Change status").click()
    queue.get_by_text("Status of D-1002 changed.").wait_for()
    queue.locator("a.open", has_text="D-1004").focus()
    queue.keyboard.press("z")
    dialog = queue.get_by_role("dialog", name="Change D-1004")
    expect(dialog.get_by_label("Snoozed to")).to_be_focused()
    queue.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
