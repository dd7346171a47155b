"""The denial page, its claim and patient, the letter and the appeals, in a real browser, in light and dark."""

import os
import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests import build
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.models import Claim, Patient, Practice, Provider
from tracker.services.deciding import choose_cause

NOTE = """S: L knee pain 4/10, improved stairs, still needs rail.
O: LEFS 38/80, was 27/80 at eval. Tactile cues for quad timing on step-down; graded height 4 to 6 in.
97140 manual therapy 15 min. 97530 therapeutic activities 30 min.
Total timed minutes 45.
A: Pt tolerated treatment well. Continue POC."""


@pytest.fixture
def denied(sessions, cast):
    """A denial for too many units, which the note's minutes explain."""
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside, note=NOTE)


def shot(page, name: str) -> None:
    """Keep a picture where TRACKER_SHOTS says, to be looked at."""
    if folder := os.environ.get("TRACKER_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


def look_at(page, name: str, check_axe) -> None:
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    shot(page, f"{name}-{'dark' if dark else 'light'}")
    check_axe(page)


def test_the_denial_page_has_no_accessibility_violations(colored, cast, sign_in, denied, check_axe):
    sign_in(colored, cast.alice)
    colored.goto(f"/denials/{denied.public_id}")
    look_at(colored, "denial", check_axe)
    for details in colored.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    check_axe(colored)


def test_claim_patient_and_note_pages_have_no_accessibility_violations(
    colored, cast, sign_in, denied, check_axe, sessions
):
    sign_in(colored, cast.alice)
    with sessions.system() as session:
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
    colored.goto(f"/claims/{claim.public_id}")
    look_at(colored, "claim", check_axe)
    colored.goto(f"/patients/{patient.public_id}")
    look_at(colored, "patient", check_axe)
    colored.get_by_role("link", name="Daily note").click()
    look_at(colored, "note", check_axe)
    colored.goto("/payers")
    look_at(colored, "payers", check_axe)
    colored.get_by_role("link", name="Prairie Medicare Part B").click()
    look_at(colored, "payer", check_axe)


def test_check_23_the_answer_is_above_the_fold(page, cast, sign_in, denied):
    """Reason, denied line, clock with a date, first cause with a quoted line or "Not found", one primary button."""
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")
    quoted = page.locator("#causes blockquote, #causes .ev .nw").first
    for part in (
        page.get_by_text("denied 1 of 2 lines"),
        page.locator("tr.denied"),
        page.locator(".clock-card .tag"),
        page.get_by_text("File by").first,
        page.locator("#cause1"),
        quoted,
    ):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900
    expect(page.locator("main .btn.p:visible")).to_have_count(1)


def test_check_24_a_quote_leads_to_its_mark_in_the_note(page, cast, sign_in, denied):
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")
    words = page.locator("#causes blockquote").first.inner_text().strip("“”\n ")
    link = page.locator("#causes .ev a").first
    target = link.get_attribute("href")
    link.click()
    mark = page.locator(f"mark{target}")
    assert words.split("\n")[0] in NOTE
    assert mark.inner_text() in NOTE
    assert words.startswith(mark.inner_text()) or mark.inner_text() in words
    box = mark.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 900


def test_number_keys_pick_a_cause_and_can_be_undone(page, cast, sign_in, denied):
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")
    page.keyboard.press("1")
    page.get_by_text("Picked by Alice").wait_for()
    page.get_by_role("button", name="Undo", exact=True).first.click()
    page.get_by_text("Undone: 1 denial put back").wait_for()
    expect(page.get_by_text("Picked by Alice")).to_have_count(0)


def test_no_key_does_anything_while_typing(page, cast, sign_in, denied):
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")
    page.get_by_text("Add a comment").click()
    page.get_by_label("Comment").fill("")
    page.get_by_label("Comment").press_sequentially("1 a j k")
    expect(page.get_by_label("Comment")).to_have_value("1 a j k")
    assert page.url.endswith(denied.public_id)


def test_a_phone_scrolls_down_and_never_sideways(phone_page, cast, sign_in, denied, sessions):
    sign_in(phone_page, cast.alice)
    phone_page.goto(f"/denials/{denied.public_id}")
    shot(phone_page, "denial-390")
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    clock, said = phone_page.locator(".clock-card").bounding_box(), phone_page.locator("#said-title").bounding_box()
    assert clock["y"] < said["y"]
    with sessions.system() as session:
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
    for address in (f"/claims/{claim.public_id}", f"/patients/{patient.public_id}", "/appeals"):
        phone_page.goto(address)
        assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390, address


def draft_and_sign(page) -> bytes:
    """From the denial page: Draft appeal, quote the skilled part, sign; returns the packet."""
    page.get_by_role("button", name="Draft appeal").click()
    page.wait_for_url(re.compile(r"/letter"))
    page.get_by_text("Quote lines of a note").click()
    page.get_by_label("From line").fill("2")
    page.get_by_label("What the words show").select_option("skill")
    page.get_by_role("button", name="Insert quote", exact=True).last.click()
    page.get_by_role("button", name="Sign and make PDF").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download packet").click()
    return waiting.value.path().read_bytes()


@pytest.fixture
def necessity(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = "410 Alder Street, Springfield, IL 62701"
        note = NOTE.replace("activities 30 min", "activities 38 min").replace("minutes 45", "minutes 53")
        denial = make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=note)
        choose_cause(session, denial, "mn_skill_not_shown", "appeal", build.NOW, cast.alice.id)
        denial.path = "appeal"  # whatever the rules think of this note
        claim = session.get_one(Claim, (denial.practice_id, denial.claim_id))
        provider = Provider(practice_id=cast.eastside.id, npi="1234567893", name="Amara Okoro", credential="PT, DPT")
        session.add(provider)
        session.flush()
        claim.rendering_provider_id, claim.referring_name, claim.referring_npi = provider.id, "A. Ruiz MD", "1234567893"
        return denial


def test_the_letter_pages_have_no_accessibility_violations(colored, cast, sign_in, necessity, check_axe):
    sign_in(colored, cast.alice)
    colored.goto(f"/denials/{necessity.public_id}")
    colored.get_by_role("button", name="Draft appeal").click()
    colored.wait_for_url(re.compile(r"/letter"))
    look_at(colored, "letter-with-a-gap", check_axe)
    for details in colored.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    look_at(colored, "letter-with-its-facts", check_axe)
    colored.get_by_label("Why a therapist was needed").fill("Each step was graded after the therapist's check.")
    colored.get_by_role("button", name="Sign and make PDF").click()
    look_at(colored, "sign", check_axe)
    colored.get_by_role("button", name="Sign", exact=True).click()
    colored.get_by_role("link", name="Download packet").wait_for()
    look_at(colored, "letter-signed", check_axe)
    colored.goto("/appeals")
    look_at(colored, "appeals", check_axe)


@pytest.mark.parametrize("kind", ["page", "plain_page"])
def test_a_packet_is_made_with_and_without_javascript(request, kind, cast, sign_in, necessity):
    page = request.getfixturevalue(kind)
    sign_in(page, cast.alice)
    page.goto(f"/denials/{necessity.public_id}")
    with pypdfium2.PdfDocument(draft_and_sign(page)) as document:
        text = "\n".join(each.get_textpage().get_text_bounded() for each in document)
    assert "Tactile cues for quad timing" in text
    assert "missing]" not in text


def test_three_clicks_lead_from_a_queue_row_to_a_signed_packet(page, cast, sign_in, sessions, necessity):
    with transaction(sessions.system()) as session:
        denial = session.get_one(build.Denial, (necessity.practice_id, necessity.id))
        denial.path, denial.root_cause = "send_records", "doc_record_not_provided"
        denial.carc, denial.remarks = "252", "N706"
    sign_in(page, cast.alice)
    page.goto("/queue")
    page.get_by_role("button", name=re.compile("^(Draft appeal|Send records), D-")).first.click()  # 1
    page.get_by_role("button", name="Sign and make PDF").click()  # 2
    page.get_by_role("button", name="Sign", exact=True).click()  # 3
    page.get_by_role("link", name="Download packet").wait_for()


def test_control_and_enter_save_the_letter(page, cast, sign_in, necessity):
    sign_in(page, cast.alice)
    page.goto(f"/denials/{necessity.public_id}")
    page.get_by_role("button", name="Draft appeal").click()
    page.get_by_label("What the evidence shows together").fill("Typed, then saved by keys.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("changed by you").wait_for()
    frame = page.frame_locator("iframe.paper")
    frame.get_by_text("Typed, then saved by keys.").wait_for()


def test_without_javascript_a_note_is_pasted_and_a_denial_closed(plain_page, cast, sign_in, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="")
    sign_in(plain_page, cast.alice)
    plain_page.goto(f"/denials/{denial.public_id}")
    plain_page.get_by_label("Note text").fill(NOTE)
    plain_page.get_by_role("button", name="Add note").click()
    plain_page.get_by_text("Note added").wait_for()
    plain_page.get_by_text("Write off or close").click()
    plain_page.get_by_label("Why it is closed").select_option("Overturned on appeal")
    plain_page.get_by_role("button", name="Close denial").click()
    plain_page.get_by_text(f"D-{denial.number} is closed.").wait_for()


def test_an_uploaded_pdf_of_a_note_is_read(page, cast, sign_in, sessions, tmp_path):
    from tracker.letters.note_page import NotePage, make_note_page

    file = tmp_path / "note.pdf"
    file.write_bytes(make_note_page(NotePage("Eastside PT", "Nkechi Okafor", "Daily note", NOTE, build.VISIT)))
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="")
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denial.public_id}")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("Note added").wait_for()
    expect(page.get_by_text("still needs rail")).to_have_count(1)


def test_check_06_nothing_of_a_patient_is_in_the_browsers_storage_or_history(page, cast, sign_in, denied):
    sign_in(page, cast.alice)
    page.goto(f"/denials/{denied.public_id}")
    page.get_by_role("link", name=re.compile("Okafor")).click()
    assert "Okafor" not in page.url
    assert "Okafor" not in page.title()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stored == "[{},{}]"
