"""Emergency access in a real browser: the code is made and printed, opens from the sign-in page, and is said on every page."""

import re

import pytest
from playwright.sync_api import expect

from tracker.domain.access import Role


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


def test_a_code_is_made_used_and_said_on_every_page(colored, sign_in, cast, become, check_axe):
    become(cast.alice, Role.OWNER)
    sign_in(colored, cast.alice)
    colored.goto("/settings/emergency")
    check_axe(colored)
    colored.get_by_label("Make a code for").first.select_option(label=cast.bob.name)
    colored.get_by_role("button", name="Make sealed code").first.click()
    code = colored.get_by_text(re.compile(r"^([A-Z2-7]{4}-){7}[A-Z2-7]{4}$"))
    expect(code).to_be_visible()
    check_axe(colored)
    typed = code.inner_text()
    colored.context.clear_cookies()
    colored.goto("/login")
    colored.get_by_role("link", name="Emergency access").click()
    check_axe(colored)
    colored.get_by_label("Sign-in name").fill(cast.bob.login)
    colored.get_by_label("Emergency code").fill(typed)
    colored.get_by_role("button", name="Use emergency code").click()
    expect(colored.get_by_text("you can look and print, and change nothing")).to_be_visible()
    check_axe(colored)
