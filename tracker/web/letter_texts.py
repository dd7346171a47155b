"""The letter saved while a person types, and the texts it had before."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.letters.catalog import LetterTemplate
from tracker.models import LetterText
from tracker.services import letter_drafts
from tracker.services.appealing import AppealRefused, newest_letter
from tracker.services.letter_drafts import LetterConflict, save_draft
from tracker.services.letter_texts import kept_text, kept_texts, last_saver
from tracker.services.own_templates import letters_of
from tracker.web.access import needs
from tracker.web.filters import us_clock
from tracker.web.letter_form import LetterPage, Sent
from tracker.web.letters import find_appeal, in_hand
from tracker.web.navigation import refuse, say

blueprint = Blueprint("letter_texts", __name__)


@blueprint.post("/appeals/<public_id>/letter/autosave")
@needs(Action.WORK_QUEUE)
def autosave(public_id: str) -> str | tuple[str, int]:
    """Save what is typed so far; the answer holds the parts of the page that a save changes."""
    appeal = find_appeal(public_id)
    hand = in_hand(appeal)
    sent = Sent(hand, typing=True)
    if not sent.is_valid():
        return f"Not saved: {sent.problem()}.", 422
    try:
        with transaction(g.session):
            save_draft(g.session, appeal, hand.letter, sent.edits(), g.now, g.user.id, by_itself=True)
    except (LetterConflict, AppealRefused):
        return _not_yours(public_id), 409
    return LetterPage(in_hand(find_appeal(public_id))).saved()


def _not_yours(public_id: str) -> str:
    letter = newest_letter(g.session, find_appeal(public_id))
    done = "signed" if letter.signed_at is not None else "saved"
    who = last_saver(g.session, letter) or "Somebody"
    return (
        f"{who} {done} this letter at {us_clock(letter.saved_at)}, after you opened it. Your text is kept on this page."
    )


class _Row(NamedTuple):
    """One kept text for the page: ``changed`` names what differs from the text before it."""

    public_id: str
    saved_at: datetime
    by: str
    title: str
    quotes: int
    paragraphs: list[tuple[str, str]]
    changed: list[str]


@blueprint.get("/appeals/<public_id>/letter/texts")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """List the texts the newest version of the letter had."""
    appeal = find_appeal(public_id)
    letter = newest_letter(g.session, appeal)
    kept = kept_texts(g.session, letter)
    before = [*(text for text, _ in kept[1:]), None]
    letters = letters_of(g.session, letter.practice_id)
    rows = [_row(letters[text.template], text, by, one) for (text, by), one in zip(kept, before, strict=True)]
    return render_template("letters/texts.html", appeal=appeal, letter=letter, texts=rows)


def _row(template: LetterTemplate, text: LetterText, by: str, earlier: LetterText | None) -> _Row:
    typed = _paragraphs(text)
    return _Row(
        text.public_id, text.saved_at, by, template.title, len(text.fields.get("quotes", [])),
        [(one.label, typed[one.key]) for one in template.paragraphs if one.key in typed],
        _changed(template, text, earlier) if earlier else ["letter started"],
    )  # fmt: skip


def _paragraphs(text: LetterText) -> dict[str, Any]:
    typed: dict[str, Any] = text.fields.get("paragraphs", {})
    return typed


def _changed(template: LetterTemplate, text: LetterText, earlier: LetterText) -> list[str]:
    now, then = _paragraphs(text), _paragraphs(earlier)
    changed = ["template"] if text.template != earlier.template else []
    changed += [one.label for one in template.paragraphs if now.get(one.key) != then.get(one.key)]
    for part, words in (("quotes", "quotes"), ("facts", "facts")):
        changed += [words] if text.fields.get(part) != earlier.fields.get(part) else []
    return changed


@blueprint.post("/appeals/<public_id>/letter/texts/<text_id>/take-back")
@needs(Action.WORK_QUEUE)
def take_back(public_id: str, text_id: str) -> BaseResponse:
    """Make the letter say again what an earlier text says."""
    try:
        with transaction(g.session):
            appeal = find_appeal(public_id)
            letter = newest_letter(g.session, appeal)
            text = kept_text(g.session, letter, text_id)
            if text is None:
                abort(404)
            version = request.form.get("version", "")
            seen = int(version) if version.isdigit() else 0
            letter_drafts.take_back(g.session, appeal, letter, text, seen, g.now, g.user.id)
        say("The earlier text is back. The one it replaced is kept too.")
    except LetterConflict:
        say("The letter was saved after you opened this page. Look at it again, then take a text back.")
        return redirect(url_for(".show", public_id=public_id), 303)
    except AppealRefused as refusal:
        refuse(f"{refusal}.")
    return redirect(url_for("letters.edit", public_id=public_id), 303)
