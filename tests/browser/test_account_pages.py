"""The own account, people, links and confirmations, in a real browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role


@pytest.fixture
def owner(sessions, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, owner_id=cast.bob.id)
        return build.user(session, "olga", cast.eastside, role=Role.OWNER)


def test_a_password_is_shown_while_it_is_typed_and_sent_hidden(page, cast, check_axe):
    page.goto("/login")
    field, button = page.get_by_label("Password"), page.get_by_role("button", name="Show password")
    field.fill("not the password")
    button.press("Enter")
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    check_axe(page)
    button.click()
    expect(field).to_have_attribute("type", "password")


def test_a_password_is_pasted(page, cast):
    page.goto("/login")
    page.get_by_label("Sign-in name").fill(build.PASSWORD)
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    page.get_by_label("Password").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Password")).to_have_value(build.PASSWORD)


@pytest.mark.parametrize("colored", ["page", "dark_page"])
def test_the_second_factor_is_turned_on_and_signs_in(request, cast, sign_in, clock, check_axe, colored):
    page = request.getfixturevalue(colored)
    sign_in(page, cast.alice)
    page.goto("/account")
    check_axe(page)
    page.get_by_role("link", name="Turn on second factor").click()
    picture = page.get_by_role("img", name="QR code with the key below")
    assert picture.evaluate("image => image.naturalWidth") > 100
    check_axe(page)
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Turn on second factor").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_axe(page)
    seed = page.locator("input[name=seed]").input_value()
    page.get_by_label("Code from the app").fill(build.totp(clock.now, seed))
    page.get_by_role("button", name="Turn on second factor").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    check_axe(page)
    clock.now += timedelta(minutes=1)
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_label("Sign-in name").fill("alice")
    page.get_by_label("Password").fill(build.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    check_axe(page, "Your code")
    page.get_by_label("Code").fill(build.totp(clock.now, seed))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/queue*")


def test_the_picture_is_the_key(page, cast, sign_in):
    """A phone reads the picture: it is drawn on a canvas here and read back module by module."""
    import segno

    sign_in(page, cast.alice)
    page.goto("/account/second-factor")
    seed = page.locator("input[name=seed]").input_value()
    address = f"otpauth://totp/Rehab%20Denials:alice?secret={seed}&issuer=Rehab%20Denials"
    wanted = [[int(dark) for dark in row] for row in segno.make(address, error="m").matrix_iter(border=4)]
    read = page.get_by_role("img", name="QR code").evaluate(
        """(image, size) => {
            const canvas = new OffscreenCanvas(size * 5, size * 5).getContext("2d");
            canvas.drawImage(image, 0, 0, size * 5, size * 5);
            const dark = (x, y) => canvas.getImageData(x * 5 + 2, y * 5 + 2, 1, 1).data[0] < 128 ? 1 : 0;
            return [...Array(size)].map((_, y) => [...Array(size)].map((_, x) => dark(x, y)));
        }""",
        len(wanted),
    )
    assert read == wanted


def test_an_owner_invites_a_person_who_sets_a_password(page, open_page, owner, cast, sign_in, check_axe):
    sign_in(page, owner)
    page.get_by_role("banner").locator("details.menu summary").click()
    page.get_by_role("link", name="People").click()
    check_axe(page, "People")
    page.get_by_role("link", name="Invite a person").click()
    check_axe(page, "Invite a person")
    page.get_by_label("Name", exact=True).fill("Dora Quill")
    page.get_by_label("Sign-in name").fill("dora")
    page.get_by_label("Role in Eastside PT").select_option("Lead")
    page.get_by_role("button", name="Make account and link").click()
    expect(page.get_by_label("Link to hand over")).to_be_visible()
    check_axe(page)
    link = page.get_by_label("Link to hand over").input_value()
    path = re.sub(r"^https?://[^/]+", "", link)
    guest = open_page()
    guest.goto(path)
    check_axe(guest)
    guest.get_by_label("New password", exact=True).fill("short")
    guest.get_by_label("New password again").fill("short")
    guest.get_by_role("button", name="Save password").click()
    expect(guest.get_by_role("alert")).to_contain_text("at least 15 characters")
    check_axe(guest)
    guest.get_by_label("New password", exact=True).fill("seven blue chairs")
    guest.get_by_label("New password again").fill("seven blue chairs")
    guest.get_by_role("button", name="Save password").click()
    expect(guest.get_by_text("Password saved. Sign in with it.")).to_be_visible()
    guest.get_by_label("Sign-in name").fill("dora")
    guest.get_by_label("Password").fill("seven blue chairs")
    guest.get_by_role("button", name="Sign in").click()
    guest.wait_for_url("**/queue*")


def test_a_person_leaves_and_another_takes_the_denials_after_a_confirmation(
    page, owner, cast, sign_in, clock, check_axe
):
    sign_in(page, owner)
    clock.now += timedelta(minutes=10)
    page.goto(f"/users/{cast.bob.public_id}")
    page.get_by_role("button", name="Disable account").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    check_axe(page)
    page.get_by_label("Password").fill(build.PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Account disabled.")).to_be_visible()
    check_axe(page)
    page.get_by_label("Who takes them").select_option("Alice")
    page.get_by_role("button", name="Hand on open denials").click()
    expect(page.get_by_text("1 open denial handed on to Alice.")).to_be_visible()


def test_the_pages_fit_a_phone(phone_page, owner, cast, sign_in, check_axe):
    sign_in(phone_page, owner)
    for path in ("/account", "/account/second-factor", "/users", "/users/new", f"/users/{cast.bob.public_id}"):
        phone_page.goto(path)
        wide = phone_page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, (path, wide)
        check_axe(phone_page)


def test_it_all_works_without_javascript(plain_page, owner, cast, sign_in, clock):
    sign_in(plain_page, owner)
    clock.now += timedelta(minutes=10)
    plain_page.goto(f"/users/{cast.bob.public_id}")
    plain_page.get_by_role("button", name="Make a link").click()
    plain_page.get_by_label("Password").fill(build.PASSWORD)
    plain_page.get_by_role("button", name="Confirm").click()
    expect(plain_page.get_by_label("Link to hand over")).to_be_visible()
