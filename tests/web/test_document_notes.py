"""Notes out of C-CDA and FHIR: shown with whose they are before anything is saved, then kept and linked."""

import base64
import io
import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.build import NOW
from tests.forms import fields_of
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import CHORES, TASKS
from tracker.models import Attachment, Note, NoteLink

BORN, VISIT = date(1961, 4, 2), date(2026, 9, 14)


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def nina(sessions, cast):
    """Nina Okafor with a claim of September 14."""
    with transaction(sessions.system()) as session:
        person = build.patient(session, cast.eastside, "Okafor", first_name="Nina", birth_date=BORN)
        claim = build.claim(session, cast.eastside, person)
        build.claim_line(session, claim, service_date=VISIT)
        return person


def reference(text, patient="nina", on="2026-09-14", title="Daily note"):
    attachment = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    return {
        "resourceType": "DocumentReference", "description": title, "date": on,
        "subject": {"reference": f"Patient/{patient}"}, "author": [{"display": "Morgan Reyes PT"}],
        "content": [{"attachment": attachment}],
    }  # fmt: skip


def patient(name="nina", family="Okafor", given="Nina", born="1961-04-02"):
    return {"resourceType": "Patient", "id": name, "name": [{"family": family, "given": [given]}], "birthDate": born}


def bundle(*resources) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}).encode()


def bring(client, content, name="notes.json"):
    fields = fields_of(client.get("/notes/documents").text, "/notes/documents")
    return client.post("/notes/documents", data=fields | {"file": (io.BytesIO(content), name)})


def keep(client, there, **typed):
    data = fields_of(client.get(there).text, f"{there}/keep") | typed
    return client.post(f"{there}/keep", data=data, follow_redirects=True)


def notes(sessions) -> list[Note]:
    with sessions.system() as session:
        return list(session.scalars(select(Note).order_by(Note.id)))


def row(page: str, number: int) -> str:
    return re.sub(r"\s+", " ", page.split(f'data-row="{number}"')[1].split("</li>", maxsplit=1)[0])


def test_each_note_of_a_bundle_is_a_row_and_nothing_is_saved_before_it_is_confirmed(alice, nina, sessions):
    there = bring(
        alice, bundle(patient(), reference("S: better, ther ex 25 min"), reference("A: evaluation", title="PT Evaluation"))
    ).location  # fmt: skip
    page = alice.get(there).text
    assert "2 notes in the document" in page
    assert "Daily note of 09/14/2026" in row(page, 1)
    assert "Okafor, Nina</a>, same name and date of birth" in row(page, 1)
    assert re.search(r'href="/claims/[^"]+">claim EPT', row(page, 1))
    assert re.search(r"<dd>\d+ characters</dd>", row(page, 1))
    assert '<option value="evaluation" selected>' in row(page, 2)
    assert notes(sessions) == []
    assert "2 notes added." in keep(alice, there, take=["1", "2"]).text
    kept = notes(sessions)
    assert [(one.patient_id, one.service_date, one.kind, one.author) for one in kept] == [
        (nina.id, VISIT, "daily", "Morgan Reyes PT"), (nina.id, VISIT, "evaluation", "Morgan Reyes PT"),
    ]  # fmt: skip
    with sessions.system() as session:
        assert len(session.scalars(select(NoteLink)).all()) == 2
        assert session.scalars(select(Attachment)).all() == []
    assert alice.get(there).status_code == 404


def test_only_ticked_notes_are_saved(alice, nina, sessions):
    there = bring(alice, bundle(patient(), reference("S: one"), reference("S: two"))).location
    keep(alice, there, take="2")
    assert [one.text.splitlines()[-1] for one in notes(sessions)] == ["S: two"]


def test_a_person_chooses_between_two_of_one_name_and_birth_date(alice, nina, sessions, cast):
    with transaction(sessions.system()) as session:
        other = build.patient(session, cast.eastside, "Okafor", first_name="Nina", birth_date=BORN)
    there = bring(alice, bundle(patient(), reference("S: better"))).location
    page = alice.get(there).text
    assert "Several patients have this name and date of birth" in row(page, 1)
    refused = keep(alice, there, take="1")
    assert (refused.status_code, "Note 1: Choose the patient" in refused.text) == (422, True)
    assert notes(sessions) == []
    keep(alice, there, take="1", **{"patient-1": other.public_id})
    assert [one.patient_id for one in notes(sessions)] == [other.id]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (patient(family="Nobody"), "No patient of this name is here"),
        (patient(born="1990-01-01"), "The patient of this name has another date of birth"),
        (patient(name="someone else"), "The document names no patient"),
    ],
)
def test_a_note_of_nobody_here_is_said_to_be_and_cannot_be_saved(alice, nina, sessions, who, said):
    there = bring(alice, bundle(who, reference("S: better"))).location
    assert said in row(alice.get(there).text, 1)
    assert keep(alice, there, take="1", **{"patient-1": nina.public_id}).status_code == 422
    assert notes(sessions) == []


def test_without_a_birth_date_nobody_is_taken_by_name_alone(alice, nina, sessions):
    there = bring(alice, bundle(patient(born=""), reference("S: better"))).location
    page = alice.get(there).text
    assert "The document has no date of birth. Choose who it is" in row(page, 1)
    assert 'name="take" value="1" checked' not in page
    keep(alice, there, take="1", **{"patient-1": nina.public_id})
    assert [one.patient_id for one in notes(sessions)] == [nina.id]


def test_a_note_of_another_practice_is_not_found(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        build.patient(session, cast.lakeview, "Okafor", first_name="Nina", birth_date=BORN)
    there = bring(alice, bundle(patient(), reference("S: better"))).location
    assert "No patient of this name is here" in row(alice.get(there).text, 1)


def test_a_note_that_is_here_already_is_said_to_be(alice, nina, sessions):
    content = bundle(patient(), reference("S: better"))
    keep(alice, bring(alice, content).location, take="1")
    page = alice.get(bring(alice, content).location).text
    assert "This very note is here already" in row(page, 1)
    assert 'name="take"' not in page


def test_a_note_without_a_date_asks_for_it(alice, nina, sessions):
    there = bring(alice, bundle(patient(), reference("S: better", on=""))).location
    assert "Enter the date of the visit" in keep(alice, there, take="1").text
    assert "must be a date like" in keep(alice, there, take="1", **{"day-1": "soon"}).text
    keep(alice, there, take="1", **{"day-1": "09/14/2026"})
    assert [one.service_date for one in notes(sessions)] == [VISIT]


def test_one_note_that_is_not_in_the_file_does_not_hinder_the_others(alice, nina, sessions):
    elsewhere = reference("x") | {"content": [{"attachment": {"contentType": "text/plain", "url": "Binary/1"}}]}
    there = bring(alice, bundle(patient(), elsewhere, reference("S: two"))).location
    assert "The note is not in the file" in row(alice.get(there).text, 1)
    keep(alice, there, take="2")
    assert len(notes(sessions)) == 1


def test_a_note_that_speaks_of_a_protected_kind_is_not_saved_until_somebody_says_what_it_is(alice, nina, sessions):
    there = bring(alice, bundle(patient(), reference("PSYCHOTHERAPY NOTE\nS: speaks of his mother"))).location
    page = alice.get(there).text
    assert "Choose what it is" in row(page, 1)
    assert keep(alice, there, take="1").status_code == 422
    assert notes(sessions) == []
    keep(alice, there, take="1", **{"ordinary-1": "yes"})
    assert [one.protection for one in notes(sessions)] == ["ordinary"]


CCDA = b"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Progress Report</title>
<recordTarget><patientRole><patient><name><given>Nina</given><family>Okafor</family></name>
<birthTime value="19610402"/></patient></patientRole></recordTarget>
<documentationOf><serviceEvent><effectiveTime value="20260914"/></serviceEvent></documentationOf>
<component><structuredBody><component><section><title>Progress</title><text><paragraph>Walks 200 feet</paragraph></text>
</section></component></structuredBody></component></ClinicalDocument>"""


def test_a_clinical_document_is_one_note_with_its_title(alice, nina, sessions):
    there = bring(alice, CCDA, "note.xml").location
    page = alice.get(there).text
    assert "Progress Report of 09/14/2026" in row(page, 1)
    keep(alice, there, take="1")
    assert [(one.kind, one.patient_id) for one in notes(sessions)] == [("progress_report", nina.id)]


def test_a_document_added_on_a_patients_page_is_shown_before_it_is_saved(alice, nina, sessions):
    page = alice.get(f"/patients/{nina.public_id}").text
    fields = fields_of(page, f"/patients/{nina.public_id}/notes")
    answer = alice.post(
        f"/patients/{nina.public_id}/notes", data=fields | {"note-file": (io.BytesIO(CCDA), "note.xml")}
    )  # fmt: skip
    assert answer.location.startswith("/notes/documents/")
    assert notes(sessions) == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"{", "a.json", "The JSON is damaged."),
        (b"<x/>", "a.xml", "no clinical document"),
        (b"S: text", "a.txt", "must end in .xml (C-CDA) or .json (FHIR)"),
        (bundle(patient()), "a.json", "holds no note"),
    ],
)
def test_what_holds_no_note_is_refused_beside_the_field(alice, sessions, content, name, said):
    answer = bring(alice, content, name)
    assert (answer.status_code, said in answer.text) == (422, True)
    with sessions.system() as session:
        assert session.scalars(select(Attachment)).all() == []


def test_a_document_goes_after_a_day_or_when_it_is_put_away(alice, nina, sessions, settings):
    first = bring(alice, bundle(patient(), reference("S: one"))).location
    second = bring(alice, bundle(patient(), reference("S: two"))).location
    alice.post(f"{first}/drop", data=fields_of(alice.get(first).text, f"{first}/drop"))
    assert alice.get(first).status_code == 404
    Worker(sessions, settings, TASKS, CHORES).do_chores(NOW + timedelta(hours=25))
    assert alice.get(second).status_code == 404
    assert notes(sessions) == []


def test_nobody_else_sees_a_document(alice, nina, cast, signed_in):
    there = bring(alice, bundle(patient(), reference("S: one"))).location
    for other in (cast.bob, cast.charlie):
        assert signed_in(other).get(there).status_code == 404
