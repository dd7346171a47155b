"""What is due, in a real browser."""

from datetime import timedelta

import pytest

from tests import build
from tests.browser.test_denial_and_letter import colored, look_at
from tracker.db import transaction

__all__ = ["colored"]


@pytest.fixture
def due(sessions, cast):
    with transaction(sessions.system()) as session:
        rows = [build.denied_line(session, cast.eastside, owner_id=cast.alice.id) for _ in range(3)]
        for denial, left in zip(rows, (-9, -1, 12), strict=True):
            denial.file_by_safe = build.TODAY + timedelta(days=left)
            denial.file_by_legal = denial.file_by_safe + timedelta(days=5)
        return rows


def test_what_is_due_is_one_click_away_and_leads_to_the_denial(colored, cast, sign_in, due, check_axe):
    sign_in(colored, cast.alice)
    colored.locator("summary", has_text=cast.alice.name).click()
    colored.get_by_role("link", name="What is due").click()
    colored.get_by_role("heading", name="Within 14 days 1 date").wait_for()
    look_at(colored, "digest", check_axe)
    colored.get_by_role("link", name=f"D-{due[1].number}").click()
    colored.get_by_text("The safe date has passed.").wait_for()
    colored.goto("/settings")
    look_at(colored, "settings-mail", check_axe)


def test_it_fits_a_phone(phone_page, cast, sign_in, due):
    sign_in(phone_page, cast.alice)
    phone_page.goto("/digest")
    phone_page.get_by_role("heading", name="What is due").wait_for()
    assert phone_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    look_at(phone_page, "digest-phone", lambda _page: None)
