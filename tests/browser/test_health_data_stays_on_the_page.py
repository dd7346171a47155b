"""From an imported file to the decision: what names the patient stands on pages, and nowhere a browser or a log keeps it."""

import json
import logging
import re

from playwright.sync_api import expect

from tests.browser.test_appeal_page import record_sent
from tests.browser.test_click_budget import ANSWER, choose, clinic, sign_and_take  # noqa: F401  # a fixture
from tracker import logs
from tracker.models import Patient

_CLAIM = "EP10301"
_NOTE_WORD = "patellofemoral"


def test_no_name_is_in_an_address_a_title_the_history_the_storage_or_a_log_line(
    page,
    clinic,  # noqa: F811
    sign_in,
    sessions,
    caplog,
):
    caplog.set_level(logging.DEBUG)
    page.set_default_timeout(60_000)  # a PDF is made on the way
    addresses, titles, kept = list[str](), list[str](), list[str]()
    page.context.on("request", lambda request: addresses.append(request.url))
    page.on("framenavigated", lambda frame: addresses.append(frame.url))

    def look() -> None:
        titles.append(page.title())
        kept.append(
            page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, window.name])")
        )

    sign_in(page, clinic)
    page.goto("/import")
    choose(page, "answer.835", ANSWER)
    page.get_by_role("button", name="Log 1 denial").wait_for()
    look()
    page.get_by_role("button", name="Log 1 denial").click()
    page.get_by_role("button", name="Send records for").first.wait_for()
    look()
    page.get_by_role("button", name="Send records for").first.click()
    page.get_by_role("button", name="Sign and make PDF").wait_for()
    look()
    letter = page.url
    sign_and_take(page)
    look()
    page.goto(letter.removesuffix("/letter"))
    record_sent(page)
    look()
    page.get_by_label("Decision", exact=True).select_option("overturned")
    page.get_by_label("Amount allowed").fill("40.00")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("allowed").first).to_be_visible()
    page.goto("/queue?q=nobody")
    look()

    with sessions.system() as session:
        patient = session.query(Patient).one()
        words = (patient.last_name, patient.first_name, patient.member_id, _CLAIM, _NOTE_WORD)
    names = re.compile(rf"\b({'|'.join(words)})\b", re.IGNORECASE)
    cookies = json.dumps(page.context.cookies())
    shape = logs.JsonLines()
    lines = [shape.format(record) for record in caplog.records if record.name.startswith("tracker")]
    assert any("imports.log" in line for line in lines), "the walk is in the log"
    for place, found in {"addresses": addresses, "titles": titles, "storage": [*kept, cookies], "log": lines}.items():
        assert found
        assert [each for each in found if names.search(each)] == [], place
