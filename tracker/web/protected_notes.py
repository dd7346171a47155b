"""Protected notes: making a note one, making it ordinary again, and the authorization to give it away."""

from flask import Blueprint, Response, abort, g, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.protection import Protection
from tracker.knowledge import load
from tracker.models import Note
from tracker.services.diagnosing import diagnose_claims
from tracker.services.protected_notes import (
    NewConsent,
    ProtectionProblem,
    add_consent,
    claims_of,
    consent_of,
    set_protection,
)
from tracker.web.access import allows, needs
from tracker.web.appeals import ENDINGS
from tracker.web.forms.notes import ConsentForm, ProtectForm
from tracker.web.navigation import say
from tracker.web.notes import find_or_refuse, note_page
from tracker.web.once import once
from tracker.web.uploads import UploadProblem, paper_from

blueprint = Blueprint("protected_notes", __name__)


@blueprint.post("/notes/<public_id>/protect")
@needs(Action.WORK_QUEUE)
def protect(public_id: str) -> BaseResponse | tuple[str, int]:
    """Make a note a protected one: whoever sees that it is one may say so."""
    note, form = find_or_refuse(public_id), ProtectForm(prefix="protect-")
    if not form.validate():
        return note_page(note, protect=form), 422
    patient = note.patient_id, note.practice_id
    _set(note, Protection(form.protection.data))
    say("The note is protected now. What was found in it was taken away.")
    if allows(Action.PROTECTED_NOTES, patient[1]):
        return redirect(url_for("notes.show", public_id=public_id), 303)
    return redirect(url_for("queue.show"), 303)


@blueprint.post("/notes/<public_id>/ordinary")
@needs(Action.PROTECTED_NOTES, fresh=True)
def make_ordinary(public_id: str) -> BaseResponse:
    """Make a protected note ordinary again: everybody who works the queue reads it then."""
    _set(find_or_refuse(public_id), Protection.ORDINARY)
    say("The note is an ordinary one now. The likely causes were looked for again.")
    return redirect(url_for("notes.show", public_id=public_id), 303)


def _set(note: Note, protection: Protection) -> None:
    """Change a note's kind, and look for causes again with or without it."""
    with transaction(g.session):
        if set_protection(g.session, note, protection, g.now, g.user.id):
            diagnose_claims(g.session, note.practice_id, claims_of(g.session, note), load(), g.today)


@blueprint.post("/notes/<public_id>/authorization")
@needs(Action.PROTECTED_NOTES)
@once
def authorize(public_id: str) -> BaseResponse | tuple[str, int]:
    """Keep the patient's authorization to give a protected note away."""
    note, form = find_or_refuse(public_id), ConsentForm(prefix="consent-")
    if not form.validate():
        return note_page(note, authorization=form), 422
    try:
        paper = paper_from(form.file.data, "Authorization", note.practice_id)
        new = NewConsent(form.signed_on.given, form.until_on.data, form.covers.data, form.kept_at.data, paper)
        with transaction(g.session):
            add_consent(g.session, note, new, g.now, g.user.id)
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
    except ProtectionProblem as problem:
        form.signed_on.errors = [str(problem)]
    if form.errors:
        return note_page(find_or_refuse(public_id), authorization=form), 422
    say("Authorization kept. The note can be taken into a packet now.")
    return redirect(url_for("notes.show", public_id=public_id), 303)


@blueprint.get("/notes/<public_id>/authorization")
@needs(Action.PROTECTED_NOTES)
def paper(public_id: str) -> Response:
    """Return the signed paper of the newest authorization, to download."""
    consent = consent_of(g.session, find_or_refuse(public_id))
    if consent is None or consent.paper is None:
        abort(404)
    name = f"authorization.{ENDINGS.get(consent.content_type, 'pdf')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(consent.paper, content_type=consent.content_type, headers=headers)
