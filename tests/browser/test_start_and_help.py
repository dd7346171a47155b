"""The first steps, help, news of the queue and the warning before a session ends, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.test_denial_and_letter import colored, look_at
from tracker.db import transaction

__all__ = ["colored"]


@pytest.fixture
def owner(sessions, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
        return build.user(session, "olga", cast.eastside, role="owner")


def test_the_steps_and_the_pages_of_help_can_be_read_by_everybody(colored, owner, sign_in, check_axe):
    sign_in(colored, owner)
    colored.get_by_role("link", name="How this works: Work queue").click()
    expect(colored.get_by_role("heading", name="How this works: Work queue")).to_be_visible()
    look_at(colored, "help", check_axe)
    colored.goto("/help/words")
    check_axe(colored)
    colored.goto("/start")
    expect(colored.get_by_text("Incomplete")).to_have_count(3)
    look_at(colored, "start", check_axe)
    colored.get_by_role("link", name="Set your practice and signer").click()
    expect(colored).to_have_url(re.compile("/settings/practices/"))


def test_new_denials_are_told_of_and_shown_when_asked_for(page, owner, sign_in, sessions, cast):
    page.clock.install()
    sign_in(page, owner)
    expect(page.locator("a.open")).to_have_count(1)
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
    page.clock.fast_forward(61_000)
    link = page.get_by_role("link", name="1 new denial, show")
    expect(link).to_be_visible()
    expect(page.locator("a.open")).to_have_count(1)
    link.click()
    expect(page.locator("a.open")).to_have_count(2)


def test_two_minutes_before_the_end_one_can_stay_signed_in(page, owner, sign_in, check_axe):
    page.clock.install()
    sign_in(page, owner)
    dialog = page.get_by_role("dialog", name="You will be signed out in 2 minutes")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward(28 * 60_000 + 1_000)
    expect(dialog).to_be_visible()
    check_axe(page)
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()


def test_two_patients_are_compared_side_by_side(colored, owner, sign_in, sessions, cast, check_axe):
    with transaction(sessions.system()) as session:
        for _ in range(2):
            build.patient(session, cast.eastside, "Okafor", first_name="Nina")
    sign_in(colored, owner)
    colored.goto("/duplicate-patients")
    check_axe(colored)
    colored.get_by_role("link", name="Compare").click()
    look_at(colored, "same-patient", check_axe)
    colored.get_by_role("button", name=re.compile("number 1")).click()
    expect(colored.get_by_text("Patients merged.")).to_be_visible()
    check_axe(colored)
