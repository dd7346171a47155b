"""Asking for a signature, and what waits for one's own."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import User
from tracker.reports.to_sign import asked_about, letters_to_sign
from tracker.services.appealing import AppealRefused, log_appeal, newest_letter
from tracker.services.signature_requests import ask_signature, drop_request
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.letter_form import LetterPage, ask_form
from tracker.web.letters import find_appeal, in_hand
from tracker.web.navigation import say
from tracker.web.once import once

blueprint = Blueprint("signatures", __name__)


@blueprint.get("/to-sign")
@needs(Action.SIGN)
def index() -> str:
    """List the letters this person was asked to sign, and the notes they were asked about."""
    letters, asked = letters_to_sign(g.session, g.scope, g.user.id, g.today), asked_about(g.session, g.user)
    shown(len(letters) + len(asked))
    return render_template("letters/to_sign.html", letters=letters, asked=asked)


@blueprint.post("/appeals/<public_id>/ask-signature")
@needs(Action.WORK_QUEUE)
@once
def ask(public_id: str) -> Any:
    """Send the draft to somebody for their signature."""
    appeal = find_appeal(public_id)
    hand = in_hand(appeal)
    form = ask_form(hand)
    if not form.validate():
        return LetterPage(hand, ask=form).html(), 422
    try:
        with transaction(g.session) as session:
            signer = session.get_one(User, form.signer.data)
            ask_signature(session, appeal, hand.letter, signer, form.due.given, g.now, g.user.id)
            words = f"Sent to {signer.name} for signature by {form.due.given:%m/%d/%Y}"
    except AppealRefused as refusal:
        words = str(refusal)
    return _back(public_id, words)


@blueprint.post("/appeals/<public_id>/ask-signature/end")
@needs(Action.WORK_QUEUE)
def end(public_id: str) -> BaseResponse:
    """Take a request to sign back."""
    with transaction(g.session) as session:
        appeal = find_appeal(public_id)
        if drop_request(session, appeal, newest_letter(session, appeal)):
            log_appeal(session, appeal, "signature_not_asked", g.now, g.user.id, {})
    return _back(public_id, "Request to sign taken back")


def _back(public_id: str, words: str) -> BaseResponse:
    say(f"{words}.")
    return redirect(url_for("letters.edit", public_id=public_id), 303)
