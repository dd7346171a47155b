"""Notes: one note with the claims it is used for; linking and unlinking by hand."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.models import Claim, Event, Note, Patient
from tracker.reading.protection import signs_of_protection
from tracker.reports.claims_of_note import claims_of_note
from tracker.reports.note_view import note_lines
from tracker.services.diagnosing import diagnose_claims
from tracker.services.linking import link_by_hand, unlink
from tracker.services.notes import KINDS
from tracker.services.protected_notes import consent_of, find_note, hidden_place
from tracker.web.access import Refused, needs
from tracker.web.addresses import local_path
from tracker.web.forms.notes import ConsentForm, ProtectForm
from tracker.web.navigation import say

blueprint = Blueprint("notes", __name__)


@blueprint.get("/notes/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show a note's text and the claims it is used for."""
    return note_page(find_or_refuse(public_id))


def note_page(note: Note, **forms: FlaskForm) -> str:
    """Return a note's page; ``forms`` are those that were refused, with what was typed."""
    return render_template(
        "notes/show.html",
        note=note,
        patient=g.session.get_one(Patient, (note.practice_id, note.patient_id)),
        lines=note_lines(note.text, ()),
        claims=claims_of_note(g.session, note),
        kind=KINDS.get(note.kind, "Note"),
        sign=signs_of_protection(note.text),
        consent=consent_of(g.session, note),
        protect=forms.get("protect") or ProtectForm(formdata=None, prefix="protect-"),
        authorization=forms.get("authorization") or ConsentForm(formdata=None, prefix="consent-"),
    )


def find_or_refuse(public_id: str) -> Note:
    """Return a note the person may read. Raises Refused for a protected one without leave, 404 where there is none."""
    note = find_note(g.session, public_id)
    if note is None:
        place = hidden_place(g.session, public_id)
        if place is None:
            abort(404)
        raise Refused(Action.PROTECTED_NOTES, tuple(one for one in g.practices if one.id == place))
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
@needs(Action.WORK_QUEUE)
def link_to_claim() -> BaseResponse:
    """Use a note for a claim because a person says so."""
    note = find_or_refuse(request.form.get("note", ""))
    claim = _claim_of(note)
    with transaction(g.session):
        link_by_hand(g.session, claim.practice_id, claim.id, note.id)
        _log("note_linked", claim, note)
    say("Note linked. The likely causes were looked for again.")
    return _back(note)


@blueprint.post("/notes/<public_id>/unlink")
@needs(Action.WORK_QUEUE)
def unlink_from_claim(public_id: str) -> BaseResponse:
    """Take a note away from a claim."""
    note = find_or_refuse(public_id)
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
