"""A payer's page, one of its limits and the deadlines a change moves, in a real browser."""

import re

import pytest

from tests import build
from tests.browser.test_denial_and_letter import colored, look_at
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.models import Payer

__all__ = ["colored"]


@pytest.fixture
def payer(sessions, cast, become):
    """Medicare under a name that a large payer has, with one open denial."""
    become(cast.alice, "lead")
    with transaction(sessions.system()) as session:
        denied = make_denial(session, cast.eastside)
        row = session.get_one(Payer, denied.payer_id)
        row.name = "UHC Medicare of Dakota"
        return build.TODAY, row.public_id


def test_a_limit_is_changed_in_three_clicks_and_shows_what_it_moves(colored, cast, sign_in, payer, check_axe):
    sign_in(colored, cast.alice)
    colored.goto(f"/payers/{payer[1]}")
    colored.get_by_text("By its name it may be UnitedHealthcare").wait_for()
    for details in colored.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    look_at(colored, "payer-limits", check_axe)
    colored.get_by_role("link", name="Change Level 1 of Eastside PT").click()
    look_at(colored, "payer-limit", check_axe)
    colored.get_by_label("How long").fill("60")
    colored.get_by_role("button", name="Continue").click()
    colored.get_by_role("heading", name="1 deadline moves").wait_for()
    look_at(colored, "payer-moves", check_axe)
    colored.get_by_role("button", name="Save and move 1 deadline").click()
    colored.get_by_text("Level 1 saved. 1 deadline changed.").wait_for()
    colored.get_by_role("button", name=re.compile("Mark checked First claim")).click()
    colored.get_by_text("First claim marked checked. 0 deadlines changed.").wait_for()


def test_the_page_fits_a_phone_and_works_without_javascript(plain_page, phone_page, cast, sign_in, payer):
    for page in (plain_page, phone_page):
        sign_in(page, cast.alice)
        page.goto(f"/payers/{payer[1]}")
        page.get_by_role("heading", name="Levels and limits").wait_for()
    assert phone_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    look_at(phone_page, "payer-limits-phone", lambda _page: None)
