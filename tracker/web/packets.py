"""Signing a letter and its packet: the signer confirms, the letter is locked, the packet is downloaded."""

from flask import Blueprint, Response, abort, g, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.knowledge import load
from tracker.letters.facts import SignerFacts
from tracker.letters.pdf import why_unavailable
from tracker.letters.problems import LetterProblem
from tracker.models import Attachment
from tracker.services.appealing import AppealRefused, newest_letter
from tracker.services.letter_drafts import (
    LetterConflict,
    LetterInHand,
    SignedPacket,
    letter_in_hand,
    lock_letter,
    make_signed_packet,
    new_edition,
)
from tracker.web.filters import plural
from tracker.web.forms.letters import SignForm
from tracker.web.letters import find_appeal
from tracker.web.navigation import say
from tracker.web.request import sessions

blueprint = Blueprint("packets", __name__)


@blueprint.get("/appeals/<public_id>/sign")
def confirm(public_id: str) -> BaseResponse | str:
    """Ask the signer to confirm name and attestation."""
    hand = _in_hand(g.session, public_id)
    if hand.letter.signed_at is not None or hand.draft.gaps:
        return redirect(url_for("letters.edit", public_id=public_id), 303)
    signer = hand.facts.signer
    form = SignForm(formdata=None, name=signer.name, title=signer.title, version=str(hand.letter.version))
    return _page(hand, form)


def _in_hand(session: Session, public_id: str, signer: SignerFacts | None = None) -> LetterInHand:
    appeal = find_appeal(public_id, session)
    return letter_in_hand(session, appeal, newest_letter(session, appeal), load(), g.today, signer=signer)


def _page(hand: LetterInHand, form: SignForm, problem: str = "") -> str:
    return render_template(
        "letters/sign.html",
        hand=hand,
        appeal=hand.rows.appeal,
        form=form,
        problem=problem,
        no_pdf=why_unavailable(),
    )


@blueprint.post("/appeals/<public_id>/sign")
def sign(public_id: str) -> BaseResponse | str | tuple[str, int]:
    """Make the packet, then lock the letter; the database is written to only when the PDF is ready."""
    form = SignForm()
    with sessions().reading(g.scope) as reading:
        if not form.validate():
            return _page(_in_hand(reading, public_id), form), 422
        signer = SignerFacts(form.name.data, form.title.data, None if form.by_hand.data else g.today)
        hand = _in_hand(reading, public_id, signer)
        if str(hand.letter.version) != form.version.data:
            return _changed(public_id)
        try:
            made = make_signed_packet(hand)
        except (AppealRefused, LetterProblem) as problem:
            return _page(hand, form, str(problem)), 409
    return _lock(public_id, hand.letter.version, made)


def _lock(public_id: str, seen: int, made: SignedPacket) -> BaseResponse:
    try:
        with transaction(g.session) as session:
            appeal = find_appeal(public_id, session)
            lock_letter(session, appeal, newest_letter(session, appeal), seen, made, g.now, g.user.id)
    except (LetterConflict, AppealRefused):
        return _changed(public_id)
    say(f"Packet made, {plural(made.packet.pages, 'page')}.")
    return redirect(url_for("letters.edit", public_id=public_id), 303)


def _changed(public_id: str) -> BaseResponse:
    say("The letter was changed after you opened the signing page. Read it again, then sign.")
    return redirect(url_for("letters.edit", public_id=public_id), 303)


@blueprint.post("/appeals/<public_id>/new-version")
def change(public_id: str) -> BaseResponse:
    """Start a new version of a signed letter; the signed one is kept."""
    try:
        with transaction(g.session) as session:
            appeal = find_appeal(public_id, session)
            letter = new_edition(session, appeal, newest_letter(session, appeal), g.now, g.today, g.user.id)
            edition = letter.edition
        say(f"Version {edition} started. The signed version is kept.")
    except AppealRefused as refusal:
        say(f"{refusal}.")
    return redirect(url_for("letters.edit", public_id=public_id), 303)


@blueprint.get("/appeals/<public_id>/packet.pdf")
def download(public_id: str) -> Response:
    """Return the packet of the newest signed version."""
    appeal = find_appeal(public_id)
    packet = _packet(appeal.practice_id, newest_letter(g.session, appeal).packet_id)
    if packet is None:
        abort(404)
    name = f"appeal-A-{appeal.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(packet.content, content_type="application/pdf", headers=headers)


def _packet(practice_id: int, packet_id: int | None) -> Attachment | None:
    found: Attachment | None = g.session.get(Attachment, (practice_id, packet_id)) if packet_id else None
    return found
