"""The letter page while a person types, in a real browser: saved by itself, its preview renewed, conflicts told."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.test_denial_and_letter import look_at, necessity, shot
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.models import Letter, Outcome, Practice

__all__ = ["necessity"]  # the fixture

COMMENT = "What the evidence shows together"


@pytest.fixture
def letter(page, cast, sign_in, necessity):
    """The letter page, open."""
    return open_letter(page, cast.alice, sign_in, necessity)


def open_letter(page, user, sign_in, denial):
    sign_in(page, user)
    page.goto(f"/denials/{denial.public_id}")
    page.get_by_role("button", name="Draft appeal").click()
    page.wait_for_url(re.compile(r"/letter"))
    return page


def paragraphs(sessions) -> dict[str, str]:
    with sessions.system() as session:
        return session.query(Letter).one().fields["paragraphs"]


def test_what_is_typed_is_saved_by_itself_and_stands_in_the_preview(letter, sessions):
    letter.get_by_label(COMMENT).press_sequentially("Typed and never sent. ")
    letter.get_by_text(re.compile(r"^Saved \d+:\d\d [AP]M")).wait_for()
    letter.frame_locator("iframe.paper").get_by_text("Typed and never sent.").wait_for()
    expect(letter.get_by_label(COMMENT)).to_have_value("Typed and never sent. ")
    assert paragraphs(sessions) == {"comment": "Typed and never sent."}
    assert letter.locator("#saved").get_attribute("aria-live") == "polite"
    letter.reload()
    expect(letter.get_by_label(COMMENT)).to_have_value("Typed and never sent.")


def test_a_gap_that_typing_filled_leaves_the_list(letter):
    expect(letter.locator("#gaps")).to_have_count(1)
    letter.get_by_label("Why a therapist was needed").fill("Each step was graded after the therapist's check.")
    letter.locator("#gaps").wait_for(state="detached")
    expect(letter.locator("#letter-state")).to_have_text("Ready to sign")


def test_a_text_typed_and_taken_out_again_is_not_kept(letter, sessions):
    letter.get_by_label(COMMENT).fill("Not so.")
    letter.get_by_text(re.compile(r"^Saved ")).wait_for()
    with letter.expect_response(re.compile("autosave")):
        letter.get_by_label(COMMENT).fill("")
    assert paragraphs(sessions) == {}


def test_a_button_pressed_while_typing_saves_what_is_typed(letter, sessions):
    letter.get_by_label(COMMENT).fill("Typed, then pressed.")
    letter.get_by_role("button", name="Save draft").click()
    letter.get_by_text("changed by you").wait_for()
    assert paragraphs(sessions) == {"comment": "Typed, then pressed."}


def test_two_writers_see_both_texts_and_none_is_lost(open_page, cast, sign_in, necessity, sessions):
    letter = open_letter(open_page(allow_errors=True), cast.alice, sign_in, necessity)  # 409 is written to the console
    other = open_page()
    sign_in(other, cast.bob)
    other.goto(letter.url)
    other.get_by_label(COMMENT).fill("What Bob wrote.")
    other.get_by_text(re.compile(r"^Saved ")).wait_for()
    letter.get_by_label(COMMENT).fill("What Alice wrote.")
    letter.get_by_text("Bob saved this letter at").wait_for()
    assert paragraphs(sessions) == {"comment": "What Bob wrote."}
    letter.get_by_role("button", name="See both versions").click()
    letter.get_by_text("What Bob wrote.").first.wait_for()
    expect(letter.get_by_label(COMMENT)).to_have_value("What Alice wrote.")


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


def test_earlier_texts_have_no_accessibility_violations(colored, cast, sign_in, necessity, check_axe):
    open_letter(colored, cast.alice, sign_in, necessity)
    colored.get_by_label(COMMENT).fill("Kept.")
    colored.get_by_text(re.compile(r"^Saved ")).wait_for()
    look_at(colored, "letter-saved", check_axe)
    colored.get_by_role("link", name="Earlier texts of this letter").click()
    colored.get_by_text("letter started").wait_for()
    look_at(colored, "letter-texts", check_axe)


def test_an_earlier_text_is_taken_back_without_javascript(plain_page, cast, sign_in, necessity, sessions):
    page = open_letter(plain_page, cast.alice, sign_in, necessity)
    for words in ("The good text.", "Overwritten."):
        page.get_by_label(COMMENT).fill(words)
        with page.expect_navigation():
            page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Earlier texts of this letter").click()
    page.locator("main summary").nth(1).click()
    page.get_by_role("button", name="Take this text back").first.click()
    page.get_by_text("The earlier text is back").wait_for()
    expect(page.get_by_label(COMMENT)).to_have_value("The good text.")


def test_the_earlier_texts_never_scroll_sideways(open_page, cast, sign_in, necessity):
    page = open_letter(open_page(viewport={"width": 320, "height": 800}), cast.alice, sign_in, necessity)
    page.get_by_role("link", name="Earlier texts of this letter").click()
    page.get_by_role("heading", name="Earlier texts").wait_for()
    shot(page, "letter-texts-320")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.fixture
def won(sessions, necessity):
    """A signed letter for the same payer and reason whose appeal was overturned."""
    with transaction(sessions.system()) as session:
        first = make_denial(session, session.get_one(Practice, necessity.practice_id), carc="50")
        first.payer_id = necessity.payer_id
        appeal = build.appeal(session, first, status="decided")
        session.add(
            Letter(
                practice_id=appeal.practice_id, appeal_id=appeal.id, template="L01", letter_date=build.TODAY,
                fields={"paragraphs": {"comment": "Grading took a therapist."}}, facts={"patient": {"name": "A. Nyberg"}},
                saved_at=build.NOW, signed_at=build.NOW, edition=2,
            )
        )  # fmt: skip
        session.add(
            Outcome(
                practice_id=appeal.practice_id, appeal_id=appeal.id, denial_id=first.id, result="overturned",
                decided_on=build.TODAY, recorded_at=build.NOW,
            )
        )  # fmt: skip


def test_a_paragraph_that_won_is_inserted_by_a_click(colored, cast, sign_in, necessity, won, check_axe):
    page = open_letter(colored, cast.alice, sign_in, necessity)
    page.get_by_role("heading", name="Paragraphs that won before").wait_for()
    look_at(page, "letter-won", check_axe)
    page.get_by_role("button", name="Insert paragraph").click()
    page.get_by_text("changed by you").wait_for()
    expect(page.get_by_label(COMMENT)).to_have_value("Grading took a therapist.")
