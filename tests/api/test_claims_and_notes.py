"""Claims and notes by program."""

import pytest

from tests import build
from tests.web.test_denial_page import NOTE, make_denial
from tracker.db import transaction
from tracker.models import Claim, Denial, Membership, Note, Patient


@pytest.fixture
def denied(sessions, cast) -> Denial:
    """A denial of a Medicare claim of two lines with a note, at Eastside; another practice has one too."""
    with transaction(sessions.system()) as session:
        make_denial(session, cast.lakeview)
        return make_denial(session, cast.eastside)


@pytest.fixture
def claim(sessions, denied) -> Claim:
    with sessions.system() as session:
        return session.get_one(Claim, (denied.practice_id, denied.claim_id))


@pytest.fixture
def patient(sessions, denied) -> Patient:
    with sessions.system() as session:
        return session.get_one(Patient, (denied.practice_id, denied.patient_id))


def test_claims_are_listed_for_a_patient_a_payer_and_days(alice, claim, patient):
    told = alice.get("/api/v1/claims").json
    assert [one["id"] for one in told["items"]] == [claim.public_id]
    payer = told["items"][0]["payer"]["id"]
    for query in ({"patient": patient.public_id}, {"payer": payer}, {"from": "2026-09-14", "to": "2026-09-14"}):
        assert alice.get("/api/v1/claims", **query).json["total"] == 1, query
    for query in ({"patient": "x"}, {"payer": "x"}, {"from": "2026-09-15"}, {"to": "2026-09-13"}):
        assert alice.get("/api/v1/claims", **query).json["items"] == [], query


def test_a_claim_is_read_with_its_lines_and_the_payers_answer(alice, claim, denied):
    told = alice.get(f"/api/v1/claims/{claim.public_id}").json
    assert [(line["code"], line["charge_cents"], line["paid_cents"]) for line in told["lines"]] == [
        ("97140", 5918, 2906), ("97530", 14700, 0),
    ]  # fmt: skip
    assert told["lines"][1]["adjustments"] == [{"reason": "CO-151", "amount_cents": 14700}]
    assert told["lines"][1]["remarks"] == ["N362"]
    assert [one["id"] for one in told["denials"]] == [denied.public_id]
    assert len(told["notes"]) == 1


def test_notes_are_listed_without_their_text_and_read_with_it(alice, claim, patient):
    of_patient = alice.get(f"/api/v1/patients/{patient.public_id}/notes").json
    of_claim = alice.get(f"/api/v1/claims/{claim.public_id}/notes").json
    assert of_patient["items"] == of_claim["items"]
    (row,) = of_claim["items"]
    assert "text" not in row
    told = alice.get(f"/api/v1/notes/{row['id']}").json
    assert told["text"] == NOTE.strip("\n")
    assert [one["id"] for one in told["claims"]] == [claim.public_id]


def test_a_note_is_added_and_linked_to_the_claims_of_its_day(alice, claim, patient, sessions):
    body = {"text": "S: pain 2/10 today\nO: gait 200 ft", "service_date": "2026-09-14", "discipline": "PT"}
    answer = alice.post(f"/api/v1/patients/{patient.public_id}/notes", body)
    assert answer.status_code == 201
    assert alice.get(answer.headers["Location"]).json == answer.json
    assert [one["id"] for one in answer.json["claims"]] == [claim.public_id]
    again = alice.post(f"/api/v1/patients/{patient.public_id}/notes", body)
    assert again.json["id"] == answer.json["id"]
    with sessions.system() as session:
        assert session.query(Note).filter_by(patient_id=patient.id).count() == 2


def test_a_note_of_another_day_is_used_for_the_claim_that_is_named(alice, claim, patient):
    body = {"text": "Plan of care", "service_date": "2026-08-01", "kind": "plan_of_care", "claim": claim.public_id}
    told = alice.post(f"/api/v1/patients/{patient.public_id}/notes", body).json
    assert [one["id"] for one in told["claims"]] == [claim.public_id]


def test_a_note_is_not_used_for_the_claim_of_somebody_else(alice, patient, sessions, cast):
    with transaction(sessions.system()) as session:
        others = build.claim(session, cast.eastside).public_id
    body = {"text": "S: fine", "service_date": "2026-09-14", "claim": others}
    answer = alice.post(f"/api/v1/patients/{patient.public_id}/notes", body)
    assert answer.status_code == 422
    assert "another patient's" in answer.json["detail"]


def test_a_note_without_text_is_refused(alice, patient):
    answer = alice.post(f"/api/v1/patients/{patient.public_id}/notes", {"text": "", "service_date": "2026-09-14"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["where"] == "json.text"


def test_a_note_that_speaks_of_a_protected_kind_waits_for_a_choice(alice, patient):
    body = {"text": "Psychotherapy note\nPatient spoke of grief", "service_date": "2026-09-14"}
    path = f"/api/v1/patients/{patient.public_id}/notes"
    refused = alice.post(path, body)
    assert refused.status_code == 422
    assert "Choose what it is" in refused.json["detail"]
    assert alice.post(path, body | {"protection": "ordinary"}).status_code == 201


def test_a_protected_note_is_not_there_for_programs(alice, claim, patient, sessions, cast):
    """Not even when its person has leave to read such notes on the pages."""
    with transaction(sessions.system()) as session:
        session.get_one(Membership, (cast.alice.id, cast.eastside.id)).protected_notes = True
        note = build.note(session, patient, "Zanzibarova spoke of grief", protection="psychotherapy")
        build.link(session, note, claim, by_hand=True)
        hidden = note.public_id
    assert alice.get(f"/api/v1/notes/{hidden}").status_code == 404
    for path in (f"patients/{patient.public_id}/notes", f"claims/{claim.public_id}/notes", f"claims/{claim.public_id}"):
        answer = alice.get(f"/api/v1/{path}")
        assert answer.status_code == 200
        assert hidden not in answer.text
