"""Signing in, in a real browser."""

from playwright.sync_api import expect


def test_a_biller_signs_in_and_reaches_the_queue(page, cast, sign_in, check_axe):
    page.goto("/login")
    check_axe(page)
    sign_in(page, cast.alice)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_signing_in_works_without_javascript(plain_page, cast, sign_in):
    sign_in(plain_page, cast.alice)
    expect(plain_page.get_by_role("heading", level=1)).to_be_visible()


def test_a_wrong_password_is_said_in_dark_colors_too(dark_page, cast, check_axe):
    dark_page.goto("/login")
    dark_page.get_by_label("Sign-in name").fill(cast.alice.login)
    dark_page.get_by_label("Password").fill("not the password")
    dark_page.get_by_role("button", name="Sign in").click()
    expect(dark_page.get_by_role("alert").or_(dark_page.get_by_text("is not right")).first).to_be_visible()
    check_axe(dark_page)
