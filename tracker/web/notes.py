"""Notes: one note with the claims it is used for; linking and unlinking by hand."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import and_, select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Claim, Event, Note, NoteLink, Patient
from tracker.reports.note_view import note_lines
from tracker.services.diagnosing import diagnose_claims
from tracker.services.linking import link_by_hand, unlink
from tracker.services.notes import KINDS
from tracker.web.addresses import local_path
from tracker.web.navigation import say

blueprint = Blueprint("notes", __name__)


@blueprint.get("/notes/<public_id>")
def show(public_id: str) -> str:
    """Show a note's text and the claims it is used for."""
    note = _note(public_id)
    query = (
        select(Claim)
        .join(NoteLink, and_(NoteLink.practice_id == Claim.practice_id, NoteLink.claim_id == Claim.id))
        .where(NoteLink.practice_id == note.practice_id, NoteLink.note_id == note.id, NoteLink.removed.is_(False))
    )
    return render_template(
        "notes/show.html",
        note=note,
        patient=g.session.get_one(Patient, (note.practice_id, note.patient_id)),
        lines=note_lines(note.text, ()),
        claims=g.session.scalars(query.order_by(Claim.service_from)).all(),
        kind=KINDS.get(note.kind, "Note"),
    )


def _note(public_id: str) -> Note:
    note: Note | None = g.session.scalar(select(Note).where(Note.public_id == public_id))
    if note is None:
        abort(404)
    return note


def _claim_of(note: Note) -> Claim:
    """Return the claim the form names; it must be of the note's own patient."""
    claim: Claim | None = g.session.scalar(
        select(Claim).where(
            Claim.public_id == request.form.get("claim", ""),
            Claim.practice_id == note.practice_id,
            Claim.patient_id == note.patient_id,
        )
    )
    if claim is None:
        abort(404)
    return claim


@blueprint.post("/notes/link")
def link_to_claim() -> BaseResponse:
    """Use a note for a claim because a person says so."""
    note = _note(request.form.get("note", ""))
    claim = _claim_of(note)
    with transaction(g.session):
        link_by_hand(g.session, claim.practice_id, claim.id, note.id)
        _log("note_linked", claim, note)
    say("Note linked. The likely causes were looked for again.")
    return _back(note)


@blueprint.post("/notes/<public_id>/unlink")
def unlink_from_claim(public_id: str) -> BaseResponse:
    """Take a note away from a claim."""
    note = _note(public_id)
    claim = _claim_of(note)
    with transaction(g.session):
        unlink(g.session, claim.practice_id, claim.id, note.id)
        _log("note_unlinked", claim, note)
    say("Note taken away from this claim. The likely causes were looked for again.")
    return _back(note)


def _log(kind: str, claim: Claim, note: Note) -> None:
    event = Event(
        practice_id=claim.practice_id, at=g.now, user_id=g.user.id, kind=kind, subject_kind="claim",
        subject_id=claim.id, details={"note": note.public_id},
    )  # fmt: skip
    g.session.add(event)
    diagnose_claims(g.session, claim.practice_id, [claim.id], load(), g.today)


def _back(note: Note) -> BaseResponse:
    return redirect(local_path(request.form.get("next")) or url_for(".show", public_id=note.public_id), 303)
