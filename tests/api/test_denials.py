"""Denials by program: listed, read, logged, changed, closed."""

import pytest

from tests import build
from tracker.db import transaction
from tracker.models import Denial

LOGGED = {
    "payer": "Harbor Health", "patient_last_name": "Okafor", "patient_first_name": "Nina", "claim_number": "EPT-77",
    "service_date": "2026-09-14", "reason": "CO-50", "remarks": ["N115"], "code": "97110", "modifiers": ["GP"],
    "units": 2, "amount_cents": 14820, "denied_on": "2026-10-05",
}  # fmt: skip


@pytest.fixture
def denials(sessions, cast) -> list[Denial]:
    """Three of Eastside, with 30, 20 and 10 dollars, and one of Lakeview."""
    with transaction(sessions.system()) as session:
        mine = [build.denied_line(session, cast.eastside, amount_cents=cents) for cents in (3000, 2000, 1000)]
        build.denied_line(session, cast.lakeview)
    return mine


def test_the_list_has_the_tokens_practice_alone_and_counts_it(alice, denials):
    told = alice.get("/api/v1/denials", sort="-amount").json
    assert [one["id"] for one in told["items"]] == [one.public_id for one in denials]
    assert (told["total"], told["total_cents"]) == (3, 6000)


def test_the_list_comes_in_pages_and_ends(alice, denials):
    pages = [alice.get("/api/v1/denials", sort="amount", page=page, page_size=2).json for page in (1, 2, 3)]
    assert [[one["amount_cents"] for one in page["items"]] for page in pages] == [[1000, 2000], [3000], []]
    assert {page["total"] for page in pages} == {3}


def test_the_list_is_filtered(alice, denials, sessions, cast):
    with transaction(sessions.system()) as session:
        session.merge(denials[0]).owner_id = cast.alice.id
        session.merge(denials[1]).carc = "97"
    assert [one["id"] for one in alice.get("/api/v1/denials", owner="me").json["items"]] == [denials[0].public_id]
    assert [one["id"] for one in alice.get("/api/v1/denials", code="CO-97").json["items"]] == [denials[1].public_id]
    assert alice.get("/api/v1/denials", payer="nobody").json["items"] == []


@pytest.mark.parametrize(
    "query", [{"page_size": 201}, {"page": 0}, {"sort": "patient"}, {"view": "x"}, {"month": "2026-13"}, {"pages": 1}]
)
def test_a_filter_that_makes_no_sense_is_named(alice, query):
    answer = alice.get("/api/v1/denials", **query)
    assert answer.status_code == 422
    assert [one["where"].split(".")[1] for one in answer.json["errors"]] == list(query)


def test_a_denial_is_read_with_what_bears_on_it(alice, denials):
    told = alice.get(f"/api/v1/denials/{denials[0].public_id}").json
    assert told["number"] == f"D-{denials[0].number}"
    assert told["reason"] == "CO-50"
    assert told["due"]["on"] == "2027-01-07"
    assert told["due"]["legal"] == "2027-01-12"
    assert told["codes"][0]["meaning"]


def test_a_denial_is_logged_by_hand(alice, sessions):
    answer = alice.post("/api/v1/denials", LOGGED)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/denials/{answer.json['id']}"
    assert alice.get(answer.headers["Location"]).json == answer.json
    assert (answer.json["amount_cents"], answer.json["remarks"], answer.json["code"]) == (14820, ["N115"], "97110")
    assert answer.json["patient"]["name"] == "Okafor, N."


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"reason": "XX-50"}, "reason"),
        ({"reason": "CO-9999"}, "reason"),
        ({"service_date": "2027-01-01"}, "service_date"),
        ({"denied_on": "2026-09-01"}, "denied_on"),
        ({"amount_cents": 0}, "amount_cents"),
        ({"code": "97 10"}, "code"),
        ({"patient_last_name": "Oka, for"}, "patient_last_name"),
        ({"patient_last_name": "Oka\x00for"}, "patient_last_name"),
        ({"payer": ""}, "payer"),
        ({"ssn": "1"}, "ssn"),
    ],
)
def test_what_cannot_be_logged_is_named_and_nothing_is_kept(alice, session, change, where):
    answer = alice.post("/api/v1/denials", LOGGED | change)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["where"] == f"json.{where}"
    assert session.query(Denial).count() == 0


def test_a_likely_same_denial_is_named_first(alice, session):
    first = alice.post("/api/v1/denials", LOGGED).json
    again = alice.post("/api/v1/denials", LOGGED)
    assert again.status_code == 409
    assert again.json["current"]["id"] == first["id"]
    assert "Okafor" not in again.text
    assert alice.post("/api/v1/denials", LOGGED | {"not_same_as": first["id"]}).status_code == 201
    assert session.query(Denial).count() == 2


def test_a_denial_is_changed_all_at_once(alice, denials, cast):
    path = f"/api/v1/denials/{denials[0].public_id}"
    seen = alice.get(path).json
    change = {"status": "in_review", "owner": cast.alice.public_id, "snoozed_to": "2026-12-01", "cause": "auth_absent"}
    told = alice.patch(path, change | {"version": seen["version"]}).json
    assert told["status"] == "in_review"
    assert told["owner"]["id"] == cast.alice.public_id
    assert told["snoozed_to"] == "2026-12-01"
    assert told["cause"]["code"] == "auth_absent"
    assert told["version"] > seen["version"]
    assert alice.get(path).json == told


def test_a_change_of_an_old_version_is_refused_with_the_new_one(alice, denials):
    path = f"/api/v1/denials/{denials[0].public_id}"
    seen = alice.get(path).json["version"]
    alice.patch(path, {"version": seen, "status": "in_review"})
    answer = alice.patch(path, {"version": seen, "status": "needs_note"})
    assert answer.status_code == 409
    assert answer.json["current"]["status"] == "in_review"
    assert answer.json["current"]["version"] > seen
    assert alice.get(path).json["status"] == "in_review"


def test_half_of_a_change_that_is_refused_does_not_stay(alice, denials):
    path = f"/api/v1/denials/{denials[0].public_id}"
    seen = alice.get(path).json
    answer = alice.patch(path, {"version": seen["version"], "status": "in_review", "snoozed_to": "2026-11-23"})
    assert answer.status_code == 422
    assert "Snooze date must be after today" in answer.json["detail"]
    assert alice.get(path).json == seen


def test_a_biller_takes_a_denial_and_does_not_give_it_to_others(alice, denials, cast):
    path = f"/api/v1/denials/{denials[0].public_id}"
    answer = alice.patch(path, {"version": 1, "owner": cast.bob.public_id})
    assert answer.status_code == 403
    assert "Only an owner or a lead can assign denials to others" in answer.json["detail"]
    assert alice.patch(path, {"version": 1, "owner": cast.charlie.public_id}).status_code == 422


def test_a_denial_is_closed_and_opened_again(alice, denials):
    path = f"/api/v1/denials/{denials[0].public_id}"
    version = alice.get(path).json["version"]
    refused = alice.send("POST", f"{path}/close", json={"version": version, "reason": "written_off"})
    assert refused.status_code == 422
    closed = alice.send("POST", f"{path}/close", json={"version": version, "reason": "duplicate"}).json
    assert (closed["open"], closed["close_reason"], closed["due"]) == (False, "duplicate", None)
    opened = alice.patch(path, {"version": closed["version"], "status": "reopened"}).json
    assert (opened["open"], opened["close_reason"]) == (True, "")
