"""The appeal letter: opened from a denial, edited beside its preview, always saved before anything else is done."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.assets import assets, for_browser
from tracker.letters.pdf import make_pdf
from tracker.letters.problems import LetterProblem
from tracker.letters.sheets import make_sheet
from tracker.models import Appeal, Attachment, Letter
from tracker.reports.denial_page import find_denial
from tracker.reports.to_sign import is_asked
from tracker.services.appealing import AppealRefused, letter_choices, live_appeal, newest_letter, open_appeal
from tracker.services.letter_drafts import LetterConflict, LetterInHand, letter_in_hand, save_draft
from tracker.services.letter_exhibits import sheets_of
from tracker.services.own_templates import letters_of
from tracker.services.pictures import picture
from tracker.web.access import allows, needs
from tracker.web.forms.letters import ChooseForm
from tracker.web.headers import LETTER_POLICY
from tracker.web.letter_form import LetterPage, Sent, act
from tracker.web.navigation import refuse

blueprint = Blueprint("letters", __name__)


@blueprint.post("/denials/<public_id>/appeal", endpoint="open")
@needs(Action.WORK_QUEUE)
def open_letter(public_id: str) -> BaseResponse:
    """Open the appeal of a denial with the letter that answers it, or go to the one there is."""
    denial = find_denial(g.session, public_id)
    if denial is None:
        abort(404)
    template_id = request.form.get("template")
    if not template_id and live_appeal(g.session, denial) is None and not letter_choices(g.session, denial):
        return redirect(url_for(".choose", public_id=public_id), 303)
    try:
        with transaction(g.session):
            appeal = open_appeal(g.session, denial, template_id, load(), g.now, g.today, g.user.id)
    except AppealRefused as refusal:
        refuse(f"{refusal}.")
        return redirect(url_for("denials.show", public_id=public_id), 303)
    return redirect(url_for(".edit", public_id=appeal.public_id), 303)


@blueprint.get("/denials/<public_id>/appeal")
@needs(Action.WORK_QUEUE)
def choose(public_id: str) -> str:
    """Let a person choose the letter when none answers the denial by itself."""
    denial = find_denial(g.session, public_id)
    if denial is None:
        abort(404)
    letters = [one for one in letters_of(g.session, denial.practice_id).values() if one.offered]
    return render_template("letters/choose.html", denial=denial, form=ChooseForm().offer(letters), templates=letters)


def find_appeal(public_id: str, session: Any = None) -> Appeal:
    """Return the appeal of an address, or answer 404: who only signs sees the letters they were asked to sign."""
    appeal: Appeal | None = (session or g.session).scalar(select(Appeal).where(Appeal.public_id == public_id))
    if appeal is None:
        abort(404)
    if not (
        allows(Action.WORK_QUEUE, appeal.practice_id) or is_asked(session or g.session, appeal, g.user.id, g.today)
    ):
        abort(404)
    return appeal


def in_hand(appeal: Appeal) -> LetterInHand:
    """Return the newest version of an appeal's letter with all it is made of."""
    letter: Letter = newest_letter(g.session, appeal)
    return letter_in_hand(g.session, appeal, letter, load(), g.today)


@blueprint.get("/appeals/<public_id>/letter")
@needs(Action.WORK_QUEUE)
def edit(public_id: str) -> str:
    """Show the newest version of the letter."""
    return LetterPage(in_hand(find_appeal(public_id))).html()


@blueprint.post("/appeals/<public_id>/letter")
@needs(Action.WORK_QUEUE)
def save(public_id: str) -> BaseResponse | str | tuple[str, int]:
    """Save the draft, then do what the button says: stay, quote, enclose, or go on to signing."""
    appeal = find_appeal(public_id)
    hand = in_hand(appeal)
    sent = Sent(hand)
    if not sent.is_valid():
        return LetterPage(hand, sent).html(), 422
    try:
        with transaction(g.session):
            save_draft(g.session, appeal, hand.letter, sent.edits(), g.now, g.user.id)
            act(appeal, hand.letter, sent)
    except LetterConflict:
        return LetterPage(in_hand(find_appeal(public_id)), sent, conflict=True).html(), 409
    except AppealRefused as refusal:
        refuse(f"{refusal}.")
        if sent.joining:
            return LetterPage(in_hand(find_appeal(public_id)), sent).html(), 409
    if sent.then == "sign":
        return _to_signing(public_id)
    return redirect(url_for(".edit", public_id=public_id), 303)


def _to_signing(public_id: str) -> BaseResponse:
    """Go on to the signer's page, or back to the letter while something is missing."""
    if in_hand(find_appeal(public_id)).draft.gaps:
        return redirect(url_for(".edit", public_id=public_id, _anchor="gaps"), 303)
    return redirect(url_for("packets.confirm", public_id=public_id), 303)


@blueprint.get("/appeals/<public_id>/letter/preview")
@needs(Action.READ_LETTERS)
def preview(public_id: str) -> Response:
    """Return the letter as the very HTML its PDF is made of, for a frame of the letter page."""
    return letter_page(in_hand(find_appeal(public_id)).draft.html)


def letter_page(html: str, status: int = 200) -> Response:
    """Return a letter's own HTML for a frame: its style sheet and fonts are this site's."""
    prefix = url_for("letters.asset", name="x").removesuffix("x")
    return Response(for_browser(html, prefix), status, headers={"Content-Security-Policy": LETTER_POLICY})


@blueprint.get("/letter-assets/<name>")
@needs(Action.OWN_ACCOUNT)
def asset(name: str) -> Response:
    """Return the style sheet or a font of the letters, or a picture that the practice's letters show."""
    if name not in assets():
        shown = picture(g.session, g.scope, name)
        return Response(shown, content_type="image/png") if shown is not None else abort(404)
    content, content_type = assets()[name]
    if content_type == "text/css":
        content = for_browser(content.decode(), url_for(".asset", name="x").removesuffix("x")).encode()
    return Response(content, content_type=content_type)


@blueprint.get("/appeals/<public_id>/letter.pdf")
@needs(Action.READ_LETTERS)
def pdf(public_id: str) -> BaseResponse | tuple[str, int]:
    """Return the letter alone as a PDF, unsigned, to look at."""
    hand = in_hand(find_appeal(public_id))
    if hand.draft.gaps:
        return redirect(url_for(".edit", public_id=public_id, _anchor="gaps"), 303)
    return _pdf(
        lambda: make_pdf(hand.draft.html, pictures=hand.pictures, own=hand.draft.own),
        f"appeal-A-{hand.rows.appeal.number}-letter.pdf",
    )


@blueprint.get("/appeals/<public_id>/sheets/<sheet_id>.pdf")
@needs(Action.WORK_QUEUE)
def sheet(public_id: str, sheet_id: str) -> BaseResponse | tuple[str, int]:
    """Return a form sheet of the appeal as a PDF, to print and sign; what is not known is an empty line."""
    hand = in_hand(find_appeal(public_id))
    found = next((each for each in sheets_of(g.session, hand.rows.appeal) if each.id == sheet_id), None)
    if found is None:
        abort(404)
    packet_id = hand.letter.packet_id
    packet = g.session.get(Attachment, (hand.letter.practice_id, packet_id)) if packet_id is not None else None
    pages = packet.pages if packet is not None else None
    return _pdf(lambda: make_sheet(found, hand.facts, pages), f"appeal-A-{hand.rows.appeal.number}-{found.id}.pdf")


def _pdf(make: Callable[[], bytes], name: str) -> BaseResponse | tuple[str, int]:
    """Answer with a PDF to look at, or with the reason why none was made."""
    try:
        content = make()
    except LetterProblem as problem:
        title = "The PDF was not made"
        return render_template("errors/error.html", title=title, advice=f"{problem}.", reference=""), 503
    return Response(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
