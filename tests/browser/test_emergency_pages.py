"""Emergency access in a real browser: the code is made and printed, opens from the sign-in page, and is said on every page."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.test_denial_and_letter import necessity
from tests.browser.test_letter_typing import open_letter
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.services import emergency

__all__ = ["necessity"]  # the fixture


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


REFUSED = """() => [...document.querySelectorAll('main button, main input[type=submit]')]
    .filter(one => one.form && one.form.method === 'post' && one.type === 'submit' && one.checkVisibility())
    .map(one => one.textContent.trim())"""


def test_what_emergency_access_may_not_do_is_not_offered(page, sign_in, cast, become, sessions, necessity, check_axe):
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        code = emergency.make_code(session, cast.eastside.id, cast.bob, cast.alice.id, build.NOW)
    open_letter(page, cast.alice, sign_in, necessity)
    letter = urlsplit(page.url).path
    paths = [
        "/queue",
        f"/denials/{necessity.public_id}",
        letter.removesuffix("/letter"),
        letter,
        "/import",
        "/denials/new",
    ]
    offered = []
    for path in paths:
        page.goto(path)
        offered += page.evaluate(REFUSED)
    assert len(offered) > 10
    page.context.clear_cookies()
    page.goto("/login/emergency")
    page.get_by_label("Sign-in name").fill(cast.bob.login)
    page.get_by_label("Emergency code").fill(code)
    page.get_by_role("button", name="Use emergency code").click()
    page.get_by_text("you can look and print").wait_for()
    for path in paths:
        page.goto(path)
        assert page.evaluate(REFUSED) == [], path
        check_axe(page)
    page.goto("/queue")
    expect(page.get_by_role("link", name=re.compile(f"D-{necessity.number}")).first).to_be_visible()
    expect(page.get_by_role("searchbox", name="Find a denial")).to_be_visible()
