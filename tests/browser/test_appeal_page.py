"""An appeal from sent to decided in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_denial_and_letter import look_at
from tests.web.test_appeal_page import appeal, denied  # noqa: F401  # fixtures


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


def record_sent(page) -> None:
    page.get_by_label("Date sent").fill("11/16/2026")
    page.get_by_label("How it was sent").select_option("certified_mail")
    page.get_by_role("button", name="Record as sent").click()
    page.get_by_text("is with the payer").wait_for()


def test_the_page_is_accessible_in_every_state(colored, cast, sign_in, appeal, check_axe):  # noqa: F811
    sign_in(colored, cast.alice)
    colored.goto(f"/appeals/{appeal.public_id}")
    look_at(colored, "appeal-ready", check_axe)
    record_sent(colored)
    for details in colored.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    look_at(colored, "appeal-sent", check_axe)
    colored.get_by_role("button", name="Save decision").click()
    expect(colored.get_by_role("alert").get_by_text("Choose what the payer decided on each line")).to_be_visible()
    look_at(colored, "appeal-problem", check_axe)
    colored.get_by_label("Decision", exact=True).select_option("upheld")
    colored.get_by_label("Why the payer refused").fill("Not skilled")
    colored.get_by_role("button", name="Save decision").click()
    colored.get_by_role("button", name="Draft level 2 appeal").wait_for()
    look_at(colored, "appeal-decided", check_axe)
    colored.goto("/appeals")
    look_at(colored, "appeals", check_axe)


def test_it_works_without_javascript(plain_page, cast, sign_in, appeal):  # noqa: F811
    sign_in(plain_page, cast.alice)
    plain_page.goto(f"/appeals/{appeal.public_id}")
    record_sent(plain_page)
    plain_page.get_by_label("Decision", exact=True).select_option("overturned")
    plain_page.get_by_label("Amount allowed").fill("147.00")
    plain_page.get_by_role("button", name="Save decision").click()
    expect(plain_page.get_by_text("$147.00 of $147.00 allowed")).to_be_visible()


def test_nothing_is_wider_than_a_narrow_screen(open_page, cast, sign_in, appeal):  # noqa: F811
    narrow = open_page(viewport={"width": 320, "height": 800})
    sign_in(narrow, cast.alice)
    narrow.goto(f"/appeals/{appeal.public_id}")
    record_sent(narrow)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
