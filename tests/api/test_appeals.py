"""Appeals, letters and outcomes by program: from the denial to the payer's decision."""

import io

import pikepdf
import pytest

from tests import build
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.knowledge import load
from tracker.letters.facts_json import as_json
from tracker.models import Appeal, Attachment, Denial, Letter
from tracker.services.letter_drafts import letter_in_hand


@pytest.fixture
def denied(sessions, cast) -> Denial:
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",))


@pytest.fixture
def opened(alice, denied) -> dict:
    answer = alice.post("/api/v1/appeals", {"denials": [denied.public_id], "template": "L01"})
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def signed(opened, sessions) -> dict:
    """The appeal once its letter is signed on the page, with a packet of one page."""
    pdf = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(pdf)
    with transaction(sessions.system()) as session:
        appeal = session.query(Appeal).one()
        letter = session.query(Letter).one()
        packet = Attachment(
            practice_id=appeal.practice_id, appeal_id=appeal.id, kind="packet", title="Packet",
            content_type="application/pdf", content=pdf.getvalue(), content_hash="0" * 64, added_at=build.NOW,
        )  # fmt: skip
        session.add(packet)
        session.flush()
        letter.facts = as_json(letter_in_hand(session, appeal, letter, load(), build.TODAY).facts)
        letter.signed_at, letter.packet_id, appeal.status = build.NOW, packet.id, "ready"
    return opened


def path(appeal, part="") -> str:
    return f"/api/v1/appeals/{appeal['id']}{part}"


def version(alice, appeal) -> int:
    return alice.get(path(appeal)).json["version"]


def send_out(alice, appeal, **changes):
    body = {"version": version(alice, appeal), "sent_on": "2026-11-16", "method": "certified_mail"} | changes
    return alice.send("POST", path(appeal, "/sent"), json=body)


def decide(alice, appeal, denial, result, cents=0, **changes):
    lines = [{"denial": denial.public_id, "result": result, "allowed_cents": cents}]
    body = {"version": version(alice, appeal), "decided_on": "2026-11-20", "lines": lines}
    return alice.post(path(appeal, "/outcomes"), body | changes)


def test_an_appeal_is_opened_with_its_letter(alice, opened, denied):
    assert (opened["status"], opened["level"]) == ("draft", 1)
    assert [one["id"] for one in opened["denials"]] == [denied.public_id]
    assert alice.get(path(opened)).json == opened
    (row,) = alice.get("/api/v1/appeals", status="draft").json["items"]
    assert (row["id"], row["denied_cents"]) == (opened["id"], 14_700)
    assert alice.get("/api/v1/appeals", status="sent").json == {"items": [], "page": 1, "page_size": 50, "total": 0}


def test_opening_again_leads_to_the_same_appeal(alice, opened, denied):
    assert alice.post("/api/v1/appeals", {"denials": [denied.public_id]}).json["id"] == opened["id"]


@pytest.mark.parametrize("template", ["L99", "l01"])
def test_a_letter_that_is_not_there_is_named(alice, denied, template):
    answer = alice.post("/api/v1/appeals", {"denials": [denied.public_id], "template": template})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["where"] == "json.template"


def test_denials_of_two_patients_do_not_go_into_one_appeal(alice, denied, sessions, cast):
    with transaction(sessions.system()) as session:
        other = build.denied_line(session, cast.eastside).public_id
    answer = alice.post("/api/v1/appeals", {"denials": [denied.public_id, other]})
    assert answer.status_code == 422
    assert "A letter is about one patient" in answer.json["detail"]


def test_an_appeal_goes_out_only_with_a_signed_letter(alice, opened):
    answer = send_out(alice, opened)
    assert answer.status_code == 422
    assert alice.get(path(opened)).json["status"] == "draft"


def test_an_appeal_is_sent_followed_up_and_decided(alice, signed, denied):
    sent = send_out(alice, signed, tracking="9407 1").json
    assert (sent["status"], sent["tracking"], sent["reply_due"]) == ("sent", "9407 1", "2027-01-15")
    assert alice.get(f"/api/v1/denials/{denied.public_id}").json["status"] == "waiting_on_payer"
    called = {"version": sent["version"], "on": "2026-11-18", "words": "They have it", "spoke_to": "Pat"}
    assert alice.post(path(signed, "/follow-ups"), called).status_code == 201
    answer = decide(alice, signed, denied, "overturned", 14_700, reference="R-1")
    assert answer.status_code == 201, answer.text
    assert (answer.json["status"], answer.json["allowed_cents"]) == ("decided", 14_700)
    (outcome,) = alice.get(path(signed, "/outcomes")).json["items"]
    assert (outcome["result"], outcome["allowed_cents"], outcome["reference"]) == ("overturned", 14_700, "R-1")
    assert alice.get(f"/api/v1/denials/{denied.public_id}").json["close_reason"] == "overturned"


@pytest.mark.parametrize(
    ("result", "cents", "changes", "words"),
    [
        ("overturned", 99_900, {}, "D-"),
        ("upheld", 0, {"decided_on": "2026-11-30"}, "Date of the decision must be today or before"),
        ("upheld", 0, {"decided_on": "2026-11-01"}, "must not be before the appeal was sent"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(alice, signed, denied, result, cents, changes, words):
    send_out(alice, signed)
    answer = decide(alice, signed, denied, result, cents, **changes)
    assert answer.status_code == 422
    assert words in answer.json["detail"]
    assert alice.get(path(signed, "/outcomes")).json["total"] == 0


def test_a_decision_on_a_denial_of_another_appeal_is_refused(alice, signed, sessions, cast):
    send_out(alice, signed)
    with transaction(sessions.system()) as session:
        other = build.denied_line(session, cast.eastside)
    assert "not in this appeal" in decide(alice, signed, other, "upheld").json["detail"]


def test_what_is_recorded_for_an_old_version_is_refused_with_the_new_one(alice, signed, denied):
    old = version(alice, signed)
    send_out(alice, signed)
    for part, body in (
        ("/sent", {"sent_on": "2026-11-16", "method": "fax"}),
        ("/follow-ups", {"on": "2026-11-18", "words": "x"}),
        ("/outcomes", {"decided_on": "2026-11-20", "lines": [{"denial": denied.public_id, "result": "upheld"}]}),
    ):
        answer = alice.post(path(signed, part), body | {"version": old})
        assert answer.status_code == 409, part
        assert answer.json["current"]["status"] == "sent"
        assert answer.json["current"]["version"] > old


# ---- letters ----


def letter_of(appeal) -> str:
    return f"/api/v1/letters/{appeal['letter']}"


def test_a_letter_is_read_with_its_paragraphs_and_gaps(alice, opened):
    (row,) = alice.get(path(opened, "/letters")).json["items"]
    told = alice.get(letter_of(opened)).json
    assert told["id"] == row["id"] == opened["letter"]
    assert [one["edited"] for one in told["paragraphs"]] == [False] * len(told["paragraphs"])
    assert told["gaps"]
    assert all(gap["message"] for gap in told["gaps"])


def test_a_draft_is_changed_and_what_was_not_sent_stays(alice, opened):
    before = alice.get(letter_of(opened)).json
    first, second = (one["key"] for one in before["paragraphs"][:2])
    told = alice.patch(letter_of(opened), {"version": before["version"], "paragraphs": {first: "Dear reviewer,"}}).json
    told = alice.patch(letter_of(opened), {"version": told["version"], "paragraphs": {second: "She walks."}}).json
    texts = {one["key"]: one["text"] for one in told["paragraphs"]}
    assert (texts[first], texts[second]) == ("Dear reviewer,", "She walks.")
    back = alice.patch(letter_of(opened), {"version": told["version"], "paragraphs": {first: ""}}).json
    assert {one["key"]: one["edited"] for one in back["paragraphs"]}[first] is False
    assert alice.get(letter_of(opened)).json == back


def test_a_typed_fact_is_taken_as_the_page_takes_it(alice, opened):
    letter = alice.get(letter_of(opened)).json
    known = {"policy.read_on": "2026-11-02", "appeal.sent_method": "by fax"}
    told = alice.patch(letter_of(opened), {"version": letter["version"], "facts": known})
    assert told.status_code == 200, told.text
    assert told.json["facts"] == known
    wrong = alice.patch(letter_of(opened), {"version": told.json["version"], "facts": {"policy.read_on": "soon"}})
    assert wrong.status_code == 422
    assert "must be a date" in wrong.json["detail"]


@pytest.mark.parametrize(
    "change", [{"paragraphs": {"nothing": "x"}}, {"facts": {"patient.last_name": "x"}}, {"template": "L99"}]
)
def test_a_change_of_what_the_letter_does_not_have_is_refused(alice, opened, change):
    before = alice.get(letter_of(opened)).json
    answer = alice.patch(letter_of(opened), {"version": before["version"]} | change)
    assert answer.status_code == 422
    assert alice.get(letter_of(opened)).json == before


def test_the_second_of_two_writers_is_told(alice, opened):
    before = alice.get(letter_of(opened)).json
    key = before["paragraphs"][0]["key"]
    first = alice.patch(letter_of(opened), {"version": before["version"], "paragraphs": {key: "One"}})
    second = alice.patch(letter_of(opened), {"version": before["version"], "paragraphs": {key: "Two"}})
    assert second.status_code == 409
    assert second.json["current"]["version"] == first.json["version"]


def test_a_letter_with_gaps_has_no_pdf_and_a_signed_one_its_packet(alice, signed, sessions):
    answer = alice.get(f"{letter_of(signed)}/pdf")
    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 1
    with transaction(sessions.system()) as session:
        letter = session.query(Letter).one()
        letter.signed_at = letter.packet_id = None
    refused = alice.get(f"{letter_of(signed)}/pdf")
    assert refused.status_code == 422
    assert "gaps" in refused.json["detail"]


def test_a_signed_letter_is_changed_as_a_new_version_alone(alice, signed):
    locked = alice.get(letter_of(signed)).json
    refused = alice.patch(letter_of(signed), {"version": locked["version"], "paragraphs": {}})
    assert refused.status_code == 422
    assert "signed and locked" in refused.json["detail"]
    new = alice.post(path(signed, "/letters"))
    assert new.status_code == 201
    assert (new.json["edition"], new.json["signed_at"]) == (2, None)
    assert alice.post(path(signed, "/letters")).status_code == 422
    assert [one["edition"] for one in alice.get(path(signed, "/letters")).json["items"]] == [2, 1]
