"""The packet put together in a real browser."""

# ruff: noqa: F401, F811  # the fixture of the letter is asked for by its name

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.test_denial_and_letter import look_at, necessity, shot
from tests.letters.drawing import drawn, picture, words
from tracker.db import transaction

CHART = drawn(*(words(f"chart page {number}") for number in range(1, 5)), words("Patient: QUILL, TOBIAS"))


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(sessions, cast, sign_in, necessity):
    """Give a function that opens the letter of a denial on a page, with its skilled part quoted; then the packet."""
    with transaction(sessions.system()) as session:
        build.patient(session, cast.eastside, "Quill", first_name="Tobias")

    def go(page) -> None:
        sign_in(page, cast.alice)
        page.goto(f"/denials/{necessity.public_id}")
        page.get_by_role("button", name="Draft appeal").click()
        page.get_by_text("Quote lines of a note").click()
        page.get_by_label("From line").fill("2")
        page.get_by_label("What the words show").select_option("skill")
        page.get_by_role("button", name="Insert quote", exact=True).last.click()
        page.get_by_role("link", name="Arrange the packet").click()

    return go


def add(page, content: bytes = CHART, name: str = "a.pdf", title: str = "Signed plan of care") -> None:
    page.get_by_label("What it is").select_option(title)
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Add file").click()
    page.get_by_text(f"{title} added.").wait_for()


def show_pages(page) -> None:
    """Open the pages of the file added and wait for the last picture."""
    page.locator("summary", has_text="Signed plan of care").click()
    last = page.get_by_role("img", name="Page 5 of Signed plan of care")
    last.scroll_into_view_if_needed()
    assert last.evaluate("each => each.decode().then(() => each.naturalWidth)") > 100


def test_the_page_is_accessible_from_draft_to_signed(colored, opened, check_axe):
    opened(colored)
    add(colored)
    expect(colored.get_by_text("Tobias Quill, another patient, is named on page 5")).to_be_visible()
    show_pages(colored)
    look_at(colored, "packet", check_axe)
    colored.get_by_label("Pages of Signed plan of care", exact=True).fill("99")
    colored.get_by_role("button", name="Drop pages of Signed plan of care").click()
    expect(colored.get_by_role("alert").get_by_text("“99” is not in this exhibit")).to_be_visible()
    look_at(colored, "packet-problem", check_axe)
    colored.get_by_label("Pages of Signed plan of care", exact=True).fill("5")
    colored.get_by_role("button", name="Drop pages of Signed plan of care").click()
    colored.get_by_text("4 of 5 pages, without 5.").wait_for()
    add(colored, picture("PNG"), "scan.png", "Other document")
    expect(colored.get_by_text("a picture without text")).to_be_visible()
    colored.get_by_role("link", name="Sign and make PDF").click()
    colored.get_by_label("Name").fill("Morgan Reyes")
    colored.get_by_role("button", name="Sign", exact=True).click()
    colored.get_by_role("link", name="See the packet").click()
    colored.get_by_text("The packet is signed and locked").wait_for()
    look_at(colored, "packet-signed", check_axe)


def test_everything_works_without_javascript(plain_page, opened):
    opened(plain_page)
    add(plain_page)
    plain_page.get_by_role("button", name="Move up Signed plan of care").click()
    expect(plain_page.get_by_role("heading", name="Exhibit B: Signed plan of care")).to_be_visible()
    plain_page.locator("summary", has_text="Signed plan of care").click()
    plain_page.get_by_label("Pages of Signed plan of care", exact=True).fill("2-3")
    plain_page.get_by_role("button", name="Turn right by 90° pages of Signed plan of care").click()
    expect(plain_page.get_by_text("Turned: 2-3.")).to_be_visible()
    plain_page.get_by_role("button", name="Leave out Signed plan of care").click()
    expect(plain_page.get_by_role("heading", name="Signed plan of care", exact=True)).to_be_visible()
    plain_page.get_by_role("button", name="Delete file Signed plan of care").click()
    plain_page.get_by_text("Signed plan of care deleted.").wait_for()


def test_nothing_is_wider_than_a_narrow_screen(open_page, opened):
    narrow = open_page(viewport={"width": 320, "height": 800})
    opened(narrow)
    add(narrow)
    show_pages(narrow)
    shot(narrow, "packet-320")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
