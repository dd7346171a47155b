"""Several visits of a patient in one letter, in a real browser: from the offer to the signed packet."""

import re

import pypdfium2
import pytest

from tests.browser.test_denial_and_letter import look_at
from tests.episodes import episode, visit_days
from tracker.db import transaction
from tracker.models import Practice


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def visits(sessions, cast):
    with transaction(sessions.system()) as session:
        denials = episode(session, session.get_one(Practice, cast.eastside.id))
        for one in denials:
            one.path = "appeal"  # whatever the rules think of these notes
        return denials


def open_letter(page, denial) -> None:
    page.goto(f"/denials/{denial.public_id}")
    page.get_by_role("button", name="Draft appeal").click()
    page.wait_for_url(re.compile(r"/letter"))


def test_the_pages_of_a_letter_for_twelve_visits_have_no_accessibility_violations(
    colored, cast, sign_in, visits, check_axe
):
    sign_in(colored, cast.alice)
    open_letter(colored, visits[0])
    look_at(colored, "letter-other-visits", check_axe)
    colored.get_by_role("button", name="Include the ticked visits").first.click()
    colored.get_by_text("12 visits, $1,778.40 denied.").wait_for()
    look_at(colored, "letter-twelve-visits", check_axe)
    colored.get_by_role("link", name=re.compile("Back to A-")).click()
    look_at(colored, "appeal-twelve-visits", check_axe)


@pytest.mark.parametrize("kind", ["page", "plain_page"])
def test_a_biller_includes_all_but_one_visit_and_signs(request, kind, cast, sign_in, visits):
    page = request.getfixturevalue(kind)
    sign_in(page, cast.alice)
    open_letter(page, visits[0])
    page.get_by_text("11 other visits of this patient were denied for the same reason.").wait_for()
    left_out = visit_days(12)[5]
    page.get_by_label(f"{left_out:%m/%d/%Y}").uncheck()
    page.get_by_role("button", name="Include the ticked visits").first.click()
    page.get_by_text("1 other visit of this patient was denied").wait_for()
    page.get_by_label("Why a therapist was needed").fill("Each step was graded after the therapist's check.")
    page.get_by_role("button", name="Sign and make PDF").click()
    page.get_by_role("button", name="Sign", exact=True).click(timeout=60_000)  # fifteen exhibits are made
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download packet").click()
    with pypdfium2.PdfDocument(waiting.value.path().read_bytes()) as document:
        text = "\n".join(each.get_textpage().get_text_bounded() for each in document)
    assert "22 lines of 11 claims" in " ".join(text.split())
    assert f"{left_out:%m/%d/%Y}" not in text


def test_selected_rows_of_the_queue_become_one_letter_and_strangers_are_refused(page, cast, sign_in, visits, sessions):
    from tests import build

    with transaction(sessions.system()) as session:
        stranger = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    sign_in(page, cast.alice)
    page.goto("/queue")
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Draft one letter for all").click()
    page.get_by_text(re.compile("A letter is about one patient")).wait_for()
    page.goto("/queue")
    page.get_by_label("Select all").check()
    page.locator("tr[data-row]", has_text=f"D-{stranger.number}").get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Draft one letter for all").click()
    page.get_by_text("12 visits, $1,778.40 denied.").wait_for()


def test_on_a_phone_the_letter_of_twelve_visits_never_scrolls_sideways(phone_page, cast, sign_in, visits):
    sign_in(phone_page, cast.alice)
    open_letter(phone_page, visits[0])
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    phone_page.get_by_role("button", name="Include the ticked visits").first.click()
    phone_page.get_by_text("12 visits, $1,778.40 denied.").wait_for()
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
