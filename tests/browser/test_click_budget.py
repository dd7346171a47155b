"""From an 835 to the signed PDF on the disk in 6 clicks (5 when it is dropped), from a row of the queue in 3."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.dropping import drop
from tests.letters.reading import bookmarks, page_texts
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Patient, Practice
from tracker.services.bringing_in import diagnose_stored
from tracker.services.importing import import_now
from tracker.services.notes import NewNote, add_note

SAMPLES = Path(__file__).parents[1] / "samples"
# Every click and key press of a person, kept over the pages of one visit. Dropping a file counts as none, choosing one as
# the click that opens the system's window.
COUNTING = """
    for (const kind of ["click", "keydown"]) addEventListener(kind, (event) => {
      if (event.isTrusted) sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks")) + 1);
    }, true);
"""
NOTE = """S: R knee pain 3/10 going down stairs.
O: 97110 therapeutic exercise 30 min. 97530 therapeutic activities 45 min: stair descent, height graded 4 to 6 in.
97140 manual therapy 15 min to R patellofemoral joint. Total timed minutes 90."""
ANSWER = (SAMPLES / "records_denied.835").read_bytes()


@pytest.fixture
def clinic(sessions):
    """A practice as it works: address and signer set, the claim sent, the note on file, the payer's address known."""
    with transaction(sessions.system()) as session:
        practice = build.practice(
            session, "Eastside Physical Therapy", npi="1993000011", address="40 Canal St, Dayton, OH 45402",
            phone="937-555-0140", signer_name="Dana Whitfield", signer_title="Billing manager",
        )  # fmt: skip
        build.payer(session, "Union Mutual Health", payer_code="60771", appeal_address="PO Box 12, Hartford, CT 06103")
        import_now(session, practice, "sent.837", (SAMPLES / "records_denied.837").read_bytes(), build.NOW, load())
        patient = session.query(Patient).one()
        add_note(session, patient, NewNote(NOTE, date(2026, 9, 3)), build.NOW, None)
        return build.user(session, "dana", practice)


@pytest.fixture
def counted(open_page, clinic, sign_in):
    page = open_page()
    page.set_default_timeout(60_000)  # a PDF is made on the way
    page.add_init_script(COUNTING)
    sign_in(page, clinic)
    return page


@pytest.fixture
def answered(sessions, clinic):
    """The denial stands in the queue, with its likely cause."""
    with transaction(sessions.system()) as session:
        practice = session.query(Practice).one()
        _, stored = import_now(session, practice, "answer.835", ANSWER, build.NOW, load())
        diagnose_stored(session, practice.id, stored, load(), build.TODAY)


def begin(page, address: str) -> None:
    page.goto(address)
    page.evaluate("sessionStorage.setItem('clicks', 0)")


def clicks(page) -> int:
    return int(page.evaluate("sessionStorage.getItem('clicks')"))


def sign_and_take(page):
    """Sign the letter that is open; return what came to the disk."""
    page.get_by_role("button", name="Sign and make PDF").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Sign", exact=True).click()
    return waiting.value.path().read_bytes()


def check_packet(pdf: bytes) -> None:
    texts = page_texts(pdf)
    assert "Signed electronically by Dana Whitfield" in " ".join(texts[:2])
    assert "Elena" in texts[0]
    assert bookmarks(pdf)[:3] == ["Letter", "Index of exhibits", "Exhibit A: Remittance extract of the denied lines"]


def choose(page, name: str, data: bytes) -> None:
    """Choose a file in the system's window."""
    with page.expect_file_chooser() as waiting:
        page.locator("input[type=file]").click()
    waiting.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


@pytest.mark.parametrize(("take", "most"), [(drop, 5), (choose, 6)], ids=["dropped", "chosen"])
def test_check_16_from_an_835_to_the_signed_pdf_in_6_clicks(counted, take, most):
    begin(counted, "/queue")
    counted.get_by_role("link", name="Import", exact=True).click()
    take(counted, "answer.835", ANSWER)
    counted.get_by_role("button", name="Log 1 denial").click()
    counted.get_by_role("button", name="Send records for").first.click()
    check_packet(sign_and_take(counted))
    assert clicks(counted) == most
    expect(counted.get_by_text("The download starts by itself.")).to_be_visible()


def test_check_16_from_a_row_of_the_queue_to_the_signed_pdf_in_3_clicks(counted, answered):
    begin(counted, "/queue")
    counted.get_by_role("button", name="Send records").click()
    check_packet(sign_and_take(counted))
    assert clicks(counted) == 3


def test_check_15_the_download_starts_once_and_without_scripts_too(open_page, clinic, answered, sign_in):
    page = open_page(java_script_enabled=False)
    page.set_default_timeout(60_000)
    sign_in(page, clinic)
    page.goto("/queue")
    page.get_by_role("button", name="Send records").click()
    check_packet(sign_and_take(page))
    page.get_by_text("Letter signed and locked").wait_for()
    page.reload()
    expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)
