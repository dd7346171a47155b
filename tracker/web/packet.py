"""The packet page: exhibits put in order, pages dropped and turned, files added, before the letter is signed."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.arrangement import PagesError, Placement, moved, read_pages
from tracker.reports.packet_page import file_picture, packet_page, page_picture
from tracker.reports.signed_packet import can_read_packet, part_name, signed_page
from tracker.services.appealing import AppealRefused, newest_letter
from tracker.services.letter_drafts import LetterConflict, LetterInHand, keep_file, letter_in_hand
from tracker.services.letter_exhibits import EnclosureChoice
from tracker.services.packet_arranging import arrange, change_exhibit, take_out_file
from tracker.services.protected_notes import ProtectionProblem, require_consent
from tracker.web.access import Refused, needs
from tracker.web.forms.letters import ExhibitForm
from tracker.web.letters import find_appeal
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.uploads import exhibit_from

blueprint = Blueprint("packet", __name__)


def _in_hand(public_id: str) -> LetterInHand:
    appeal = find_appeal(public_id)
    return letter_in_hand(g.session, appeal, newest_letter(g.session, appeal), load(), g.today)


@blueprint.get("/appeals/<public_id>/packet")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show the packet: to arrange while the letter is a draft, to read once it is signed."""
    return _page(_in_hand(public_id))


def _page(hand: LetterInHand, exhibit: ExhibitForm | None = None, problem: tuple[str, str] = ("", "")) -> str:
    """Return the page; ``problem`` is the source of an exhibit whose pages were typed wrong, and why."""
    common = {"hand": hand, "appeal": hand.rows.appeal, "letter": hand.letter}
    if hand.letter.packet_id is not None:
        _require_readable(hand)
        return render_template(
            "packet/signed.html", page=signed_page(g.session, hand.rows.appeal, hand.letter), **common
        )
    return render_template(
        "packet/show.html",
        page=packet_page(g.session, hand),
        exhibit=exhibit or ExhibitForm(formdata=None, prefix="file-").offer(hand.template),
        wrong=problem[0],
        why=problem[1],
        typed=request.form.get("pages", ""),
        **common,
    )


def _require_readable(hand: LetterInHand) -> None:
    """Refuse a signed packet with a protected note in it to who may not read that. Raises Refused."""
    if not can_read_packet(g.session, hand.letter):
        raise Refused(Action.PROTECTED_NOTES, tuple(one for one in g.practices if one.id == hand.letter.practice_id))


@blueprint.post("/appeals/<public_id>/packet")
@needs(Action.WORK_QUEUE)
def change(public_id: str) -> BaseResponse | str | tuple[str, int]:
    """Do what the button of one exhibit says."""
    hand = _in_hand(public_id)
    source = request.form.get("source", "")
    choice = next((each for each in hand.enclosures if each.source == source), None)
    if choice is None:
        say("That exhibit is no longer offered. Nothing was changed.")
        return redirect(url_for(".show", public_id=public_id), 303)
    try:
        done = _do(hand, choice, request.form.get("then", ""))
    except PagesError as problem:
        return _page(hand, problem=(source, str(problem))), 422
    except LetterConflict:
        why = "Somebody else saved this letter after you opened the page. This is how it stands now; look, then do it again"
        refuse(f"{why}.")
        return _page(_in_hand(public_id), problem=(source, why)), 409
    except (AppealRefused, ProtectionProblem) as refusal:
        done = str(refusal)
    say(f"{done}.")
    return redirect(url_for(".show", public_id=public_id, _anchor=f"x-{source}"), 303)


def _do(hand: LetterInHand, choice: EnclosureChoice, then: str) -> str:
    """Do it and return what was done, in words. Raises PagesError before anything is begun."""
    seen = request.form.get("version", "")
    version = int(seen) if seen.isdigit() else 0
    title = choice.title
    if then == "remove" and choice.attachment is not None:
        with transaction(g.session):
            take_out_file(g.session, hand, version, choice.attachment, g.now, g.user.id)
        return f"{title} deleted"
    placed, words = _changed(hand, choice, then)
    with transaction(g.session):
        arrange(g.session, hand, version, placed, g.now, g.user.id)
    return words


def _changed(hand: LetterInHand, choice: EnclosureChoice, then: str) -> tuple[list[Placement], str]:
    placed = [each.placed for each in hand.enclosures]
    if then in {"up", "down"}:
        return moved(placed, choice.source, _steps(hand, choice, then)), f"{choice.title} moved {then}"
    if then in {"use", "leave"}:
        if then == "use":
            require_consent(g.session, choice.note, g.today)
        decided = choice.decided(used=then == "use")
        words = "goes into the packet" if then == "use" else "left out"
        return change_exhibit(placed, choice.source, lambda _: decided), f"{choice.title} {words}"
    change, words = _page_change(hand, choice, then)
    return change_exhibit(placed, choice.source, change), words


def _steps(hand: LetterInHand, choice: EnclosureChoice, then: str) -> int:
    """Return how far to move so that the exhibit passes the next one that is used."""
    direction = -1 if then == "up" else 1
    at = hand.enclosures.index(choice)
    others: Sequence[Any] = hand.enclosures[:at][::-1] if then == "up" else hand.enclosures[at + 1 :]
    passed = next((number for number, each in enumerate(others, start=1) if each.used), len(others))
    return direction * passed


def _page_change(
    hand: LetterInHand, choice: EnclosureChoice, then: str
) -> tuple[Callable[[Placement], Placement], str]:
    if then == "whole":
        return Placement.whole, f"All pages of {choice.title} as they came"
    if then not in {"turn", "drop"}:
        abort(400)
    total = next(view.total for view in packet_page(g.session, hand).exhibits if view.choice.source == choice.source)
    pages = read_pages(request.form.get("pages", ""), total or 0)
    if then == "turn":
        return lambda one: one.turning(pages), f"Pages of {choice.title} turned"
    if choice.placed.dropping(pages).count(total or 0) == 0:
        raise PagesError("That would drop every page. Leave the exhibit out instead")
    return lambda one: one.dropping(pages), f"Pages of {choice.title} dropped"


@blueprint.post("/appeals/<public_id>/packet/add")
@needs(Action.WORK_QUEUE)
@once
def add(public_id: str) -> BaseResponse | tuple[str, int]:
    """Add a file."""
    hand = _in_hand(public_id)
    form = ExhibitForm(prefix="file-").offer(hand.template)
    if hand.letter.signed_at is not None:
        say("This letter is signed and locked. Make a new version to change its packet.")
        return redirect(url_for(".show", public_id=public_id), 303)
    file = exhibit_from(form, hand.rows.appeal.practice_id) if form.validate() else None
    if file is None:
        return _page(hand, exhibit=form), 422
    with transaction(g.session):
        kept = keep_file(g.session, hand.rows.appeal, "exhibit", file, g.now, g.user.id)
        source = kept.public_id
    say(f"{file.title} added.")
    return redirect(url_for(".show", public_id=public_id, _anchor=f"x-{source}"), 303)


@blueprint.get("/appeals/<public_id>/packet/<source>/<int:number>.jpg")
@needs(Action.WORK_QUEUE)
def picture(public_id: str, source: str, number: int) -> Response:
    """Return a small picture of a page of an enclosure."""
    if number < 1:
        abort(404)
    found = file_picture(g.session, find_appeal(public_id), source, number)
    if found is None:
        found = page_picture(_in_hand(public_id), source, number)
    if found is None:
        abort(404)
    return Response(found, content_type="image/jpeg")


@blueprint.get("/appeals/<public_id>/packet/part-<int:number>.pdf")
@needs(Action.WORK_QUEUE)
def part(public_id: str, number: int) -> Response:
    """Return one part of a signed packet that the payer does not take in one file."""
    appeal = find_appeal(public_id)
    letter = newest_letter(g.session, appeal)
    readable = letter.packet_id is not None and can_read_packet(g.session, letter)
    parts = signed_page(g.session, appeal, letter).parts if readable else ()
    wanted = next((each for each in parts if each.number == number), None)
    if wanted is None:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{part_name(appeal, wanted)}"'}
    return Response(wanted.pdf, content_type="application/pdf", headers=headers)
