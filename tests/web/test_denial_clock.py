"""The forms of the denial page that move its deadline: by hand, by an extension, by a proven receipt, by a request."""

import io
import re
from datetime import date

import pytest

from tests import build
from tests.forms import send
from tests.letters.drawing import drawn, picture, words
from tracker.db import transaction
from tracker.models import Denial

LETTER = drawn(words("We allow fourteen days more"))


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denied(sessions, cast) -> Denial:
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Medicare Part B", kind="medicare_b")
        line = build.claim_line(session, build.claim(session, cast.eastside, payer_row=payer))
        dates = {"file_by_safe": date(2027, 2, 2), "file_by_legal": date(2027, 2, 8)}
        return build.denial(session, line, clock_rule="MCR_B_L1", **dates)


def _page_for(signed_in, cast, sessions, payer_kind, carc, rule):
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "State Fund", kind=payer_kind)
        line = build.claim_line(session, build.claim(session, cast.eastside, payer_row=payer))
        due = date(2027, 1, 4) if rule else None
        denial = build.denial(session, line, carc=carc, clock_rule=rule, file_by_safe=due, file_by_legal=due)
        payer_page = f"/payers/{payer.public_id}"
    client = signed_in(cast.alice)
    return page_of(client, denial), client.get(payer_page).text


def test_a_late_claim_of_medicare_says_that_no_appeal_days_are_counted_and_why(signed_in, cast, sessions):
    page, _ = _page_for(signed_in, cast, sessions, "medicare_b", "29", "")
    assert "no initial determination, so it has no appeal and no 120 days" in page
    assert "42 CFR 405.926(n) and 424.44(b), as we read it on 11/28/2026" in page
    assert "No time limit is known for this payer" not in page


def test_a_workers_compensation_payer_without_a_state_is_asked_for_it(signed_in, cast, sessions):
    page, payer_page = _page_for(signed_in, cast, sessions, "workers_comp", "50", "WC_STATE_NOT_CHOSEN")
    assert "the fewest of those we know (Florida 45;" in page
    assert "Choose the payer's state" in page.replace("&#39;", "'")
    assert "State not chosen." in payer_page


def address(denial, part: str = "") -> str:
    return f"/denials/{denial.public_id}{part}"


def stored(sessions, denial) -> Denial:
    with sessions.system() as session:
        return session.get_one(Denial, (denial.practice_id, denial.id))


def page_of(client, denial) -> str:
    return re.sub(r"\s+", " ", client.get(address(denial)).text)


def grant(client, denial, **changes):
    fields = {
        "extension-days": "14", "extension-granted_on": "11/12/2026", "extension-granted_by": "J. Moss",
        "extension-reference": "4471", "extension-file": (io.BytesIO(LETTER), "letter.pdf"),
    }  # fmt: skip
    return send(client, address(denial), address(denial, "/extension"), **fields | changes)


def test_an_extension_is_told_with_its_letter_and_undone(alice, denied, sessions):
    assert grant(alice, denied).status_code == 303
    page = page_of(alice, denied)
    assert f"D-{denied.number}: File by 02/16/2027, last day 02/22/2027." in page
    assert "J. Moss granted 14 days more on 11/12/2026, reference 4471." in page
    [paper] = set(re.findall(r'href="(/papers/[^"]+)"', page))
    assert alice.get(paper).data == LETTER
    assert alice.get(f"{paper}/1.jpg").content_type == "image/jpeg"
    [event] = set(re.findall(r'name="event" value="(\d+)"', page))
    send(alice, address(denied), "/undo", event=event)
    after = stored(sessions, denied)
    assert (after.extension_days, after.file_by_safe, after.file_by_legal) == (0, date(2027, 2, 2), date(2027, 2, 8))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"extension-days": ""}, "Enter the days granted"),
        ({"extension-days": "400"}, "Days granted must be from 1 to 365"),
        ({"extension-granted_by": ""}, "Enter who granted it"),
        ({"extension-granted_on": "01/02/2026"}, "Date granted must be from 10/05/2026"),
        ({"extension-file": "letter.exe"}, "it is no PDF, PNG, JPG or TIF"),
    ],
)
def test_an_extension_that_is_refused_loses_nothing_typed(alice, denied, sessions, changes, why):
    if name := changes.get("extension-file"):
        changes = {"extension-file": (io.BytesIO(b"MZ"), name)}
    answer = grant(alice, denied, **changes)
    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="4471"' in answer.text
    assert stored(sessions, denied).extension_days == 0


def test_a_receipt_is_proven_with_a_picture(alice, denied, sessions):
    fields = {
        "receipt-received_on": "10/19/2026", "receipt-proof": "Date stamp on the envelope",
        "receipt-file": (io.BytesIO(picture("TIFF", size=(200, 260))), "envelope.tif"),
    }  # fmt: skip
    assert send(alice, address(denied), address(denied, "/receipt"), **fields).status_code == 303
    page = page_of(alice, denied)
    assert "counted from its receipt on Mon, Oct 19, 2026" in page
    assert "Receipt of the notice on 10/19/2026 proven: Date stamp on the envelope." in page
    assert stored(sessions, denied).file_by_legal == date(2027, 2, 16)


def test_a_request_for_records_is_logged_and_answered_on_the_denials_page(alice, denied, sessions):
    asked = {"asked-requested_on": "11/02/2026", "asked-wanted": "Evaluation", "asked-reference": "ADR 5511"}
    assert send(alice, address(denied), address(denied, "/records-asked"), **asked).status_code == 303
    page = page_of(alice, denied)
    assert "Records due Thu, Dec 17, 2026." in page
    assert "45 days from the date of the request, Mon, Nov 2, 2026" in page
    assert "R-201, request for records of 11/02/2026" in page
    sent = {"records-sent_on": "11/20/2026", "records-method": "fax", "records-tracking": "F-9"}
    assert send(alice, address(denied), address(denied, "/records-sent"), **sent).status_code == 303
    page = page_of(alice, denied)
    assert "Records sent on 11/20/2026: Fax, number F-9" in page
    assert "does not stop the time for an appeal" in page
    after = stored(sessions, denied)
    assert (after.clock, after.file_by_safe) == ("file_by", date(2027, 2, 2))


def test_the_papers_and_forms_of_another_practice_are_not_there(alice, denied, signed_in, cast):
    grant(alice, denied)
    [paper] = set(re.findall(r'href="(/papers/[^"]+)"', alice.get(address(denied)).text))
    charlie = signed_in(cast.charlie)
    token = build.csrf_token(charlie.get("/denials/new"))
    for path in (paper, f"{paper}/1.jpg"):
        assert charlie.get(path).status_code == 404
    for part in ("/extension", "/receipt", "/records-asked", "/records-sent", "/deadline"):
        assert charlie.post(address(denied, part), data={"csrf_token": token}).status_code == 404


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(alice, denied, sessions):
    assert grant(alice, denied, **{"extension-version": "0"}).status_code == 409
    assert stored(sessions, denied).extension_days == 0
