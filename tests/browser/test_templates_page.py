"""Letter templates in a browser: changed beside a preview that follows, hostile texts that stop nobody else."""

import re
import threading
import time
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.letters.hostile import ENDLESS, body_of
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Practice

PREVIEW = "#preview"


@pytest.fixture
def denied(cast, sessions):
    """A denial to try a letter on."""
    with transaction(sessions.system()) as session:
        return make_denial(session, session.get_one(Practice, cast.eastside.id), carc="50", remarks=("N115",))


@pytest.fixture
def place(cast, become):
    """The address of the letter on medical necessity; Alice is a lead."""
    become(cast.alice, Role.LEAD)
    return f"/templates/{cast.eastside.public_id}/L01"


def test_a_text_is_changed_beside_its_preview_and_taken_back(page, sign_in, cast, place, denied, check_axe):
    sign_in(page, cast.alice)
    page.locator("summary", has_text="Alice").click()
    page.get_by_role("link", name="Letter templates").click()
    check_axe(page, "Letter templates")
    page.get_by_role("link", name="Medical necessity: skilled need").click()
    letter = page.frame_locator(PREVIEW)
    expect(letter.get_by_role("heading", level=1)).to_contain_text("denied as not medically necessary")
    page.locator("summary", has_text="What we ask").click()
    asks = page.get_by_label("What we ask")
    asks.fill("Please pay {{ payer_name }}.")
    # The first preview waits for a child to start.
    expect(letter.get_by_text('There is no "payer_name". Use payer.name')).to_be_visible(timeout=15_000)
    check_axe(page)
    asks.fill("Please pay {{ denied_cents | dollars }} soon.")
    expect(letter.get_by_text("Please pay $148.20 soon.")).to_be_visible()
    page.get_by_label("Denial to try it on").fill(f"D-{denied.number}")
    expect(letter.get_by_text("Nkechi Okafor").first).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 1 saved.")).to_be_visible()
    page.get_by_role("link", name="Compare with the shipped text").click()
    expect(page.locator("ins")).to_contain_text("Please pay {{ denied_cents | dollars }} soon.")
    check_axe(page)
    page.get_by_role("link", name="Back to").click()
    page.get_by_role("link", name="Versions").click()
    check_axe(page, "Versions of Medical necessity: skilled need")
    page.get_by_role("link", name="Back to").click()
    page.get_by_role("button", name="Restore the shipped text").click()
    expect(page.get_by_text("The shipped text is used again.")).to_be_visible()


def test_a_refused_text_takes_the_focus_to_its_line_and_stays(page, sign_in, cast, place, check_axe):
    sign_in(page, cast.alice)
    page.goto(place)
    body = page.get_by_label("Body of the letter")
    body.fill(body_of('<p style="color: red">x</p>'))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Body of the letter, line 4: <p> cannot have style").click()
    expect(body).to_be_focused()
    expect(body).to_have_value(re.compile("color: red"))
    check_axe(page)


def test_without_scripts_the_button_shows_the_preview(plain_page, sign_in, cast, place):
    sign_in(plain_page, cast.alice)
    plain_page.goto(place)
    plain_page.locator("summary", has_text="What we ask").click()
    plain_page.get_by_label("What we ask").fill("Please pay soon.")
    plain_page.get_by_role("button", name="Preview", exact=True).click()
    expect(plain_page.frame_locator(PREVIEW).get_by_text("Please pay soon.")).to_be_visible()
    expect(plain_page.get_by_label("What we ask")).to_have_value("Please pay soon.")


def test_on_a_phone_in_the_dark_the_page_is_whole(open_page, sign_in, cast, place, check_axe):
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    sign_in(page, cast.alice)
    page.goto(place)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_axe(page)
    page.goto("/templates")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_axe(page)


def test_hostile_texts_are_stopped_while_other_pages_answer(page, sign_in, cast, place, live_server):
    sign_in(page, cast.alice)
    page.goto(place)
    token = page.locator("#template input[name=csrf_token]").get_attribute("value")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    said: list[int] = []
    threads = [
        threading.Thread(target=_try, args=(f"{live_server}{place}/preview.pdf", cookies, token, text, said))
        for text in [*ENDLESS.values(), *ENDLESS.values()]
    ]
    for thread in threads:
        thread.start()
    page.wait_for_timeout(500)
    for path in ("/queue", "/templates", "/settings"):
        started = time.monotonic()
        assert page.request.get(live_server + path).status == 200
        assert time.monotonic() - started < 30
    for thread in threads:
        thread.join()
    assert said == [422] * len(threads)


def _try(address: str, cookies: str, token: str, text: str, said: list[int]) -> None:
    from urllib.error import HTTPError
    from urllib.parse import urlencode

    form = urlencode({"csrf_token": token, "version": "0", "body": body_of(text)}).encode()
    try:
        with urlopen(Request(address, form, {"Cookie": cookies}), timeout=90) as answer:
            status = answer.status
    except HTTPError as error:
        status = error.code
    said.append(status)
