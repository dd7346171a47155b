"""Signing a letter and its packet: the signer confirms, the letter is locked, the packet is downloaded."""

from flask import Blueprint, Response, abort, g, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.facts import SignerFacts
from tracker.letters.pdf import why_unavailable
from tracker.letters.problems import LetterProblem
from tracker.models import Appeal, Attachment
from tracker.reports.signed_packet import packet_name
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
from tracker.services.signers import Way, usual_way, ways_to_sign
from tracker.web.access import can_open, needs
from tracker.web.filters import plural
from tracker.web.forms.letters import SignForm
from tracker.web.letters import find_appeal
from tracker.web.navigation import give, refuse, say
from tracker.web.once import once
from tracker.web.request import open_own

blueprint = Blueprint("packets", __name__)


@blueprint.get("/appeals/<public_id>/sign")
@needs(Action.SIGN)
def confirm(public_id: str) -> BaseResponse | str:
    """Ask the signer to confirm name and attestation."""
    hand = _in_hand(g.session, public_id)
    if hand.letter.signed_at is not None or hand.draft.gaps:
        return redirect(_after(hand.rows.appeal), 303)
    signer, ways = hand.facts.signer, _ways(g.session, hand)
    form = SignForm(
        formdata=None, name=signer.name, title=signer.title, version=str(hand.letter.version),
        sign_as=usual_way(ways, asked=hand.letter.signature_of_id == g.user.id),
    )  # fmt: skip
    return _page(hand, form.offer(ways))


def _ways(session: Session, hand: LetterInHand) -> list[Way]:
    """Return how the person may sign a letter on screen."""
    clinical = hand.template.signed_by == "clinician"
    return ways_to_sign(session, hand.rows.practice, g.user, g.today, clinical=clinical)


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
@needs(Action.SIGN)
def sign(public_id: str) -> BaseResponse | str | tuple[str, int]:
    """Make the packet, then lock the letter; the database is written to only when the PDF is ready."""
    form = SignForm()
    with open_own(writing=False) as reading:
        draft = _in_hand(reading, public_id)
        if not form.offer(_ways(reading, draft)).validate():
            return _page(draft, form), 422
        hand = _in_hand(reading, public_id, form.signer(g.today))
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
            after = _after(appeal)
    except (LetterConflict, AppealRefused):
        return _changed(public_id)
    say(f"Packet made, {plural(made.packet.pages, 'page')}. The download starts by itself.")
    give(url_for(".download", public_id=public_id))
    return redirect(after, 303)


def _after(appeal: Appeal) -> str:
    """Return where to go from the signing page: to the letter, or for who only signs to what else is to sign."""
    if can_open("letters.edit", appeal.practice_id):
        return url_for("letters.edit", public_id=appeal.public_id)
    return url_for("signatures.index")


def _changed(public_id: str) -> BaseResponse:
    say("The letter was changed after you opened the signing page. Read it again, then sign.")
    return redirect(_after(find_appeal(public_id)), 303)


@blueprint.post("/appeals/<public_id>/new-version")
@needs(Action.WORK_QUEUE)
@once
def change(public_id: str) -> BaseResponse:
    """Start a new version of a signed letter; the signed one is kept."""
    try:
        with transaction(g.session) as session:
            appeal = find_appeal(public_id, session)
            letter = new_edition(session, appeal, newest_letter(session, appeal), g.now, g.today, g.user.id)
            edition = letter.edition
        say(f"Version {edition} started. The signed version is kept.")
    except AppealRefused as refusal:
        refuse(f"{refusal}.")
    return redirect(url_for("letters.edit", public_id=public_id), 303)


@blueprint.get("/appeals/<public_id>/packet.pdf")
@needs(Action.READ_LETTERS)
def download(public_id: str) -> Response:
    """Return the packet of the newest signed version."""
    appeal = find_appeal(public_id)
    packet = _packet(appeal.practice_id, newest_letter(g.session, appeal).packet_id)
    if packet is None:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{packet_name(appeal)}"'}
    return Response(packet.content, content_type="application/pdf", headers=headers)


def _packet(practice_id: int, packet_id: int | None) -> Attachment | None:
    found: Attachment | None = g.session.get(Attachment, (practice_id, packet_id)) if packet_id else None
    return found
