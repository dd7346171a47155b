"""Notes out of C-CDA and FHIR: sections, patient, visit and author; hostile documents end in words."""

import base64
import contextlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.importers.ccda import read_ccda
from tracker.importers.document_note import hl7_day
from tracker.importers.errors import ImportProblem
from tracker.importers.fhir_notes import html_text
from tracker.importers.note_text import read_note
from tracker.services.note_files import read_note_file

CCDA = (Path(__file__).parents[1] / "samples" / "notes" / "visit.xml").read_bytes()
HEAD = "Patient: Quill, Nora\nDate of birth: 04/02/1961\nDate of service: 09/14/2026\nAuthor: Morgan Reyes"


def bundle(*attachments: tuple[str, bytes], patient: bool = True) -> bytes:
    """A FHIR Bundle with a note for each attachment."""
    person = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Quill", "given": ["Nora"]}],
        "birthDate": "1961-04-02",
    }
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Reyes", "given": ["Morgan"]}]}
    notes = [
        {
            "resourceType": "DocumentReference",
            "subject": {"reference": "Patient/p1"},
            "author": [{"reference": "urn:uuid:d1"}],
            "context": {"period": {"start": "2026-09-14T10:30:00-05:00"}},
            "content": [{"attachment": {"contentType": kind, "data": base64.b64encode(data).decode()}}],
        }
        for kind, data in attachments
    ]
    entries = [{"resource": note} for note in notes] + [{"fullUrl": "urn:uuid:d1", "resource": doctor}]
    return json.dumps(
        {"resourceType": "Bundle", "entry": entries + ([{"resource": person}] if patient else [])}
    ).encode()


def test_a_clinical_document_is_its_sections_under_their_titles_and_whose_it_is():
    text = read_note("visit.xml", CCDA)
    assert text == (
        f"{HEAD} PT\n\nSubjective\nPain 4/10 in the low back & hip.\n\n"
        "Objective\nCode Minutes\n97110 23 min\n97140 15 min\nBridges, 3 x 10\nSide steps\n\nGait\nWalks 200 feet\nwith a cane"
    )  # fmt: skip


def test_its_facts_come_out_for_matching():
    note = read_ccda(CCDA)
    assert (note.last_name, note.first_name, note.birth_date) == ("Quill", "Nora", date(1961, 4, 2))
    assert (note.visit_date, note.author) == (date(2026, 9, 14), "Morgan Reyes PT")


def test_it_is_read_in_the_process_of_its_own_too():
    assert read_note_file("visit.xml", CCDA).startswith(HEAD)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("text/plain; charset=utf-8", b"S: Pain 4/10\nO: 97110 23 min", "S: Pain 4/10\nO: 97110 23 min"),
        ("text/html", b"<style>p{}</style><p>S: Pain&nbsp;4/10</p><script>alert(1)</script><div>O: 97110<br>23 min</div>",
         "S: Pain 4/10\n\nO: 97110\n23 min"),
    ],
)  # fmt: skip
def test_a_note_of_a_bundle_is_its_attachment_and_whose_it_is(kind, data, text):
    assert read_note("note.json", bundle((kind, data))) == f"{HEAD}\n\n{text}"


def test_a_clinical_document_inside_a_bundle_is_read_as_one():
    assert "Pain 4/10 in the low back & hip." in read_note("note.json", bundle(("application/xml", CCDA)))


def test_what_the_bundle_does_not_say_is_left_out():
    text = read_note("note.json", bundle(("text/plain", b"S: Pain"), patient=False))
    assert text == "Date of service: 09/14/2026\nAuthor: Morgan Reyes\n\nS: Pain"


XML = b'<?xml version="1.0"?>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (XML + b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ClinicalDocument>&x;</ClinicalDocument>', "has a document type"),
        (XML + b"<ClinicalDocument>" + b"<a>" * 300, "nested deeper than 256"),
        (XML + b"<ClinicalDocument>", "damaged"),
        (XML + b"<Bundle/>", "no clinical document"),
        (XML + b"<ClinicalDocument/>", "holds no text"),
        (XML + b"<a>" + b" " * 20_000_000, "smaller than 20 MB"),
        (b'<?xml version="1.0" encoding="x-none"?><ClinicalDocument/>', "unknown encoding|damaged"),
        (CCDA.split(b"<structuredBody>")[0] + b'<nonXMLBody><text representation="B64">%%</text></nonXMLBody></component></ClinicalDocument>', "damaged"),
        (b"{", "JSON is damaged"),
        (b'{"a":' * 100_000, "JSON is damaged"),
        (b'{"resourceType": "Patient"}', "holds no note"),
        (bundle(("text/plain", b"a"), ("text/plain", b"b")), "holds 2 notes"),
        (bundle(("image/png", b"a")), "not in the file"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_words(data, why):
    with pytest.raises(ImportProblem, match=why):
        read_note("note.xml" if data.startswith(b"<") else "note.json", data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["resourceType", "entry", "resource", "content", "attachment", "data", "contentType", "subject", "name", "given", "author", "context"]), inner, max_size=4), max_leaves=12))  # fmt: skip
def test_any_json_is_read_or_refused(value):
    note = {"resourceType": "DocumentReference"} | (value if isinstance(value, dict) else {"content": value})
    with contextlib.suppress(ImportProblem):
        assert isinstance(read_note("note.json", json.dumps({"entry": [{"resource": note}]}).encode()), str)


@given(st.text(max_size=40))
def test_any_html_is_text_without_its_tags(text):
    assert "<p>" not in html_text(f"<p>{text.replace('<', '')}</p>")


@pytest.mark.parametrize(
    ("text", "day"),
    [("20260914", date(2026, 9, 14)), ("2026-09-14T10:00Z", date(2026, 9, 14)), ("20261399", None), ("", None)],
)
def test_days_of_documents_are_read_or_none(text, day):
    assert hl7_day(text) == day
