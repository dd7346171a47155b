"""Notes: those of a patient or claim, one with its text, a new one."""

from collections.abc import Sequence
from typing import Any

from flask import abort, g
from sqlalchemy import select

from tracker.api.claims import find_claim
from tracker.api.resource import PageAsked, Resource, located, once, page_told, skipped
from tracker.api.schemas.claims import Note as NoteTold
from tracker.api.schemas.claims import NoteList, NoteSent
from tracker.domain.access import Action
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import Claim, Note, Patient
from tracker.reports.claims_of_note import claims_of_note
from tracker.reports.denial_notes import linked_notes
from tracker.reports.notes_list import notes_of_patient
from tracker.services.note_taking import take_note
from tracker.services.notes import NewNote
from tracker.services.working import ChangeError
from tracker.web.access import needs

blueprint = Resource("notes", "Clinical notes, as the EMR printed them.")


def _patient(public_id: str) -> Patient:
    found: Patient | None = g.session.scalar(select(Patient).where(Patient.public_id == public_id))
    return found or abort(404)


@blueprint.route("/patients/<id:patient_id>/notes")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, NoteList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_notes_of_patient(asked: dict[str, Any], patient_id: str) -> dict[str, Any]:
    """List the notes of a patient, newest first."""
    notes, total = notes_of_patient(g.session, _patient(patient_id), skipped(asked), asked["page_size"])
    return page_told(asked, total, notes)


@blueprint.route("/claims/<id:claim_id>/notes")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, NoteList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_notes_of_claim(asked: dict[str, Any], claim_id: str) -> dict[str, Any]:
    """List the notes that are used for a claim, oldest first."""
    claim = find_claim(claim_id)
    notes = [note for note, _ in linked_notes(g.session, claim.practice_id, claim.id)]
    start = skipped(asked)
    return page_told(asked, len(notes), notes[start : start + asked["page_size"]])


@blueprint.route("/notes/<id:note_id>")
@blueprint.response(200, NoteTold)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def read_note(note_id: str) -> dict[str, Any]:
    """Read one note with its text."""
    note: Note | None = g.session.scalar(select(Note).where(Note.public_id == note_id))
    return _note_json(note or abort(404))


def _note_json(note: Note) -> dict[str, Any]:
    patient = g.session.get_one(Patient, (note.practice_id, note.patient_id))
    claims: Sequence[Claim] = claims_of_note(g.session, note)
    row = ("public_id", "service_date", "kind", "discipline", "author", "added_at", "text")
    return {name: getattr(note, name) for name in row} | {
        "patient": {"id": patient.public_id, "name": f"{patient.last_name}, {patient.first_name}".rstrip(", ")},
        "claims": [{"id": claim.public_id, "control_number": claim.control_number} for claim in claims],
    }


@blueprint.route("/patients/<id:patient_id>/notes", methods=["POST"])
@blueprint.arguments(NoteSent)
@once
@blueprint.response(201, NoteTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def add_note(sent: dict[str, Any], patient_id: str) -> Any:
    """Add a note; it is linked to the claims of its day, and their causes are looked for again.

    The same text of the same day is kept once.
    """
    patient = _patient(patient_id)
    claim = find_claim(sent["claim"]) if sent["claim"] else None
    if claim is not None and claim.patient_id != patient.id:
        raise ChangeError("The claim is another patient's", "claim")
    told = ("text", "service_date", "kind", "discipline", "author", "protection")
    new = NewNote(**{name: sent[name] for name in told})
    claim_id = claim.id if claim else None
    added = take_note(g.session, patient, new, load(), g.now, g.today, g.user.id, claim_id=claim_id)
    return located(_note_json(added.note), ".read_note", note_id=added.note.public_id)
