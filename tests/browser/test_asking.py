"""The sheet of questions to a therapist in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_denial_and_letter import look_at
from tests.web.test_asking import late, not_shown
from tests.web.test_denial_page import make_denial
from tracker.db import transaction


@pytest.fixture
def asked(sessions, cast):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside)
        not_shown(session, denial)
        return denial


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


def test_the_sheet_has_no_accessibility_violations(colored, cast, sign_in, asked, check_axe):
    sign_in(colored, cast.alice)
    colored.goto(f"/denials/{asked.public_id}")
    colored.get_by_role("link", name="Ask the therapist").click()
    look_at(colored, "ask", check_axe)


def test_a_printed_sheet_shows_the_questions_and_no_buttons(page, cast, sign_in, asked):
    sign_in(page, cast.alice)
    page.goto(f"/denials/{asked.public_id}/ask")
    page.emulate_media(media="print")
    expect(page.get_by_text("Not shown in the note:")).to_be_visible()
    expect(page.get_by_text("Name, credential and signature")).to_be_visible()
    expect(page.get_by_role("button", name="Record as asked", exact=True)).to_be_hidden()


@pytest.mark.parametrize("kind", ["page", "plain_page"])
def test_asking_is_recorded_with_and_without_javascript(request, kind, cast, sign_in, asked):
    page = request.getfixturevalue(kind)
    sign_in(page, cast.alice)
    page.goto(f"/denials/{asked.public_id}/ask")
    page.get_by_label("Asked of").fill("J. Cole, PT")
    page.get_by_role("button", name="Record as asked, status Needs note").click()
    page.get_by_text("recorded that the therapist was asked, answer by").wait_for()
    page.get_by_text("Asked J. Cole, PT about 1 point").wait_for()


def test_a_screen_of_320_pixels_never_scrolls_sideways(open_page, cast, sign_in, asked):
    narrow = open_page(viewport={"width": 320, "height": 800})
    sign_in(narrow, cast.alice)
    narrow.goto(f"/denials/{asked.public_id}/ask")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_late_answer_stands_on_the_denials_page_and_can_be_recorded(
    colored, cast, sign_in, asked, sessions, check_axe
):
    sign_in(colored, cast.alice)
    colored.goto(f"/denials/{asked.public_id}/ask")
    colored.get_by_label("Asked of").fill("J. Cole, PT")
    colored.get_by_role("button", name="Record as asked", exact=True).click()
    late(sessions, asked)
    colored.goto("/queue?only=no-answer")
    colored.get_by_role("link", name=f"Ask again, D-{asked.number}").wait_for()
    look_at(colored, "no-answer-queue", check_axe)
    colored.goto(f"/denials/{asked.public_id}")
    colored.get_by_text("Asked 9 days ago, no answer.").wait_for()
    look_at(colored, "no-answer", check_axe)
    colored.get_by_role("button", name="Record the answer").click()
    colored.get_by_text("recorded that the therapist answered").wait_for()
