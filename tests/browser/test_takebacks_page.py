"""The takebacks page in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.web.test_takebacks import taken  # noqa: F401  # a fixture


@pytest.fixture(params=["page", "dark_page", "plain_page"])
def colored(request):
    return request.getfixturevalue(request.param)


@pytest.mark.usefixtures("taken")
def test_a_takeback_is_disputed_and_opened_again(colored, cast, sign_in, check_axe, request):
    sign_in(colored, cast.alice)
    colored.goto("/takebacks")
    has_script = request.node.callspec.params["colored"] != "plain_page"
    if has_script:
        check_axe(colored)
    colored.get_by_role("button", name="Record dispute").click()
    expect(colored.get_by_text("Dispute sent", exact=True).first).to_be_visible()
    if has_script:
        check_axe(colored)


@pytest.mark.usefixtures("taken")
def test_nothing_is_wider_than_a_narrow_screen(open_page, cast, sign_in):
    narrow = open_page(viewport={"width": 320, "height": 800})
    sign_in(narrow, cast.alice)
    narrow.goto("/takebacks")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
