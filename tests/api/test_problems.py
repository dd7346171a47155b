"""When something is wrong: problem details everywhere under /api, and nothing of a patient in them."""

from dataclasses import replace

import pytest

from tests import build
from tests.api.test_denials import LOGGED
from tracker.db import transaction
from tracker.models import ApiAnswer

LIST = "/api/v1/denials"


def send(alice, method, path, **more):
    headers = {"Authorization": f"Bearer {alice.token}", "Idempotency-Key": "k1"} | more.pop("headers", {})
    answer = alice.client.open(path, method=method, headers=headers, **more)
    assert answer.mimetype == "application/problem+json", answer.text
    told = answer.json
    assert told["status"] == answer.status_code
    assert {"type", "title", "detail"} <= told.keys()
    return answer


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/", f"{LIST}/no", f"{LIST}/a%00b", f"{LIST}/{'x' * 65}", f"{LIST}/ä"]
)
def test_what_is_not_there(alice, path):
    assert send(alice, "GET", path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "TRACE"])
def test_a_method_that_an_address_does_not_take(alice, method):
    answer = send(alice, method, f"{LIST}/abc")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH"}


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"amount_cents": ' + b"9" * 5000 + b"}",
        b"NaN",
        b'"text"',
        b"[]",
        b"null",
    ],
)
def test_a_body_that_is_no_object_of_json(alice, data):
    assert send(alice, "POST", LIST, data=data, content_type="application/json").status_code in {400, 422}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_body_of_another_kind(alice, kind):
    assert send(alice, "POST", LIST, data=b"a=1", content_type=kind).status_code == 415


@pytest.mark.parametrize(
    "change",
    [
        {"amount_cents": 10**30}, {"amount_cents": 1.5}, {"amount_cents": True}, {"amount_cents": "1"},
        {"units": 1e400}, {"units": "many"}, {"service_date": "0001-01-01"}, {"service_date": "9999-12-31"},
        {"patient_last_name": "\ud800"}, {"patient_last_name": 5}, {"remarks": "N115"}, {"remarks": [None]},
        {"payer": "x" * 121}, {"modifiers": ["GP"] * 5},
    ],
)  # fmt: skip
def test_values_that_no_database_takes(alice, change):
    assert send(alice, "POST", LIST, json=LOGGED | change).status_code in {400, 422}


def test_a_body_that_is_too_big_is_refused_before_it_is_read(alice):
    answer = send(alice, "POST", LIST, data=b" " * 4_000_001, content_type="application/json")
    assert answer.status_code == 413


def test_read_only_mode_reads(app, alice, sessions):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], read_only=True)
    answer = send(alice, "POST", LIST, json=LOGGED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "600"
    assert "read-only mode" in answer.json["detail"]
    assert alice.get(LIST).status_code == 200


def test_a_full_disk_reads(alice, monkeypatch):
    from tracker import disk

    monkeypatch.setattr(disk, "free_bytes", lambda _folder: disk.FULL_BYTES - 1)
    assert send(alice, "POST", LIST, json=LOGGED).status_code == 503
    assert alice.get(LIST).status_code == 200


def test_a_request_from_another_site_and_to_another_host(alice):
    assert send(alice, "POST", LIST, json=LOGGED, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert send(alice, "GET", LIST, base_url="http://evil.example").status_code == 400


def test_our_own_fault_has_a_reference_and_says_nothing_else(app, alice, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError("Okafor")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("tracker.api.denials.queue_page", fail)
    answer = send(alice, "GET", LIST)
    assert answer.status_code == 500
    assert answer.json["reference"].startswith("E-")
    assert "Okafor" not in answer.text


def test_no_problem_names_a_patient(alice, sessions, cast):
    """The patient of a denial that is the same, of an old version, of a claim number that is another patient's."""
    with transaction(sessions.system()) as session:
        patient = build.patient(session, cast.eastside, "Zanzibarova", first_name="Zoe")
        claim = build.claim(session, cast.eastside, patient)
        denial = build.denial(session, build.claim_line(session, claim))
        path, number = f"{LIST}/{denial.public_id}", claim.control_number
    for answer in (
        send(alice, "PATCH", path, json={"version": 9, "status": "in_review"}),
        send(alice, "POST", LIST, json=LOGGED | {"claim_number": number}),
        send(alice, "POST", LIST, json=LOGGED | {"claim_number": number, "code": "97112"}),
    ):
        assert answer.status_code in {409, 422}
        assert "Zanzibarova" not in answer.text
    with sessions.system() as session:
        assert session.query(ApiAnswer).count() == 0


def test_every_answer_carries_the_headers_and_is_stored_nowhere(alice):
    headers = alice.get(LIST).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers
