"""Letters of an appeal: its versions, one with its paragraphs and gaps, a draft changed, the PDF."""

from typing import Any

from flask import Response, abort, g
from sqlalchemy import select

from tracker.api.appeals import find_appeal, numbered
from tracker.api.resource import OtherVersion, PageAsked, Resource, changes, located, once, page_told, skipped
from tracker.api.schemas.appeals import Letter as LetterTold
from tracker.api.schemas.appeals import LetterChange, LetterList
from tracker.domain.access import Action
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.letters.context import clean
from tracker.letters.pdf import make_pdf
from tracker.models import Appeal, Attachment, Letter
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused, newest_letter
from tracker.services.letter_drafts import Edits, LetterInHand, letter_in_hand, new_edition, save_draft
from tracker.services.own_templates import letters_of
from tracker.services.working import ChangeError
from tracker.web.access import needs
from tracker.web.forms.typed_facts import TypedFactsForm

blueprint = Resource("letters", "Letters of appeals: drafted from the records, signed on the pages.")

_ROW = ("version", "edition", "template", "letter_date", "saved_at", "signed_at", "signer_name")


@blueprint.route("/appeals/<id:appeal_id>/letters")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, LetterList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_letters(asked: dict[str, Any], appeal_id: str) -> dict[str, Any]:
    """List the versions of an appeal's letter, newest first."""
    appeal = find_appeal(appeal_id)
    query = select(Letter).where(Letter.practice_id == appeal.practice_id, Letter.appeal_id == appeal.id)
    letters = g.session.scalars(query.order_by(Letter.edition.desc())).all()
    start = skipped(asked)
    return page_told(asked, len(letters), [_row(one) for one in letters[start : start + asked["page_size"]]])


def _row(letter: Letter) -> dict[str, Any]:
    return {"id": letter.public_id} | {name: getattr(letter, name) for name in _ROW}


@blueprint.route("/letters/<id:letter_id>")
@blueprint.response(200, LetterTold)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def read_letter(letter_id: str) -> dict[str, Any]:
    """Read one letter: its paragraphs as they stand, and what is missing."""
    return _letter_json(_in_hand(_find(letter_id)))


def _find(public_id: str) -> Letter:
    found: Letter | None = g.session.scalar(select(Letter).where(Letter.public_id == public_id))
    return found or abort(404)


def _appeal_of(letter: Letter) -> Appeal:
    found: Appeal = g.session.get_one(Appeal, (letter.practice_id, letter.appeal_id))
    return found


def _in_hand(letter: Letter) -> LetterInHand:
    return letter_in_hand(g.session, _appeal_of(letter), letter, load(), g.today)


def _letter_json(hand: LetterInHand) -> dict[str, Any]:
    return _row(hand.letter) | {
        "appeal": numbered(hand.rows.appeal),
        "paragraphs": hand.draft.paragraphs,
        "facts": hand.letter.fields.get("facts", {}),
        "gaps": hand.draft.gaps,
    }


@blueprint.route("/appeals/<id:appeal_id>/letters", methods=["POST"])
@once
@blueprint.response(201, LetterTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def start_version(appeal_id: str) -> Any:
    """Start a new draft that says what the signed letter says; the signed one is kept."""
    appeal = find_appeal(appeal_id)
    newest = newest_letter(g.session, appeal)
    if newest.signed_at is None:
        raise AppealRefused("The newest letter is a draft already. Change that one")
    letter = new_edition(g.session, appeal, newest, g.now, g.today, g.user.id)
    return located(_letter_json(_in_hand(letter)), ".read_letter", letter_id=letter.public_id)


@blueprint.route("/letters/<id:letter_id>", methods=["PATCH"])
@blueprint.arguments(LetterChange)
@changes
@blueprint.response(200, LetterTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def change_letter(sent: dict[str, Any], letter_id: str) -> dict[str, Any]:
    """Change what a draft says: its paragraphs, its typed facts, its template."""
    letter = _find(letter_id)
    appeal = _appeal_of(letter)
    if letter.version != sent["version"]:
        raise OtherVersion(numbered(appeal) | {"letter": letter.public_id, "version": letter.version})
    save_draft(g.session, appeal, letter, _edits(_in_hand(letter), sent), g.now, g.user.id)
    return _letter_json(_in_hand(letter))


def _edits(hand: LetterInHand, sent: dict[str, Any]) -> Edits:
    """Return what changes; everything that was not sent stays. Raises ChangeError for names the letter does not have."""
    letter, defaults = hand.letter, {one.key: one.default for one in hand.draft.paragraphs}
    template = sent.get("template", letter.template)
    if template not in letters_of(g.session, letter.practice_id):
        raise ChangeError("There is no letter template with this id", "template")
    unknown = sorted(sent["paragraphs"].keys() - defaults.keys())
    if unknown:
        raise ChangeError("The letter has no paragraph of one of these names", "paragraphs")
    written = letter.fields.get("paragraphs", {}) | {key: clean(text) for key, text in sent["paragraphs"].items()}
    facts = letter.fields.get("facts", {}) | _facts(hand, sent["facts"])
    return Edits(
        version=sent["version"],
        template=template,
        paragraphs={key: text for key, text in written.items() if text and text != defaults.get(key)},
        facts={name: text for name, text in facts.items() if text},
        exhibits=letter.exhibits,
        denial_ids=[denial.id for denial in denials_of(g.session, hand.rows.appeal)],
        signer_name=letter.signer_name,
        signer_title=letter.signer_title,
    )


def _facts(hand: LetterInHand, sent: dict[str, str]) -> dict[str, str]:
    """Return typed facts as the letter page would take them. Raises ChangeError, naming the one that cannot be taken."""
    known = {fact.path for group in hand.template.typed for fact in group.facts}
    if sent.keys() - known:
        raise ChangeError("The letter takes no typed fact of one of these names", "facts")
    form = TypedFactsForm.of_texts(hand.template, sent)
    for path in sent:
        field = form[form.paths[path]]
        if not field.validate(form):
            raise ChangeError(f"{path}: {field.errors[0]}", "facts")
    texts = form.texts()
    return {path: texts[path] for path in sent}


@blueprint.route("/letters/<id:letter_id>/pdf")
@blueprint.response(200, {"type": "string", "contentMediaType": "application/pdf"}, content_type="application/pdf")
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def download_letter(letter_id: str) -> Response:
    """Download a signed letter's packet, or a draft's letter as it stands; one with gaps has no PDF yet."""
    letter = _find(letter_id)
    if letter.packet_id is not None:
        return _pdf(g.session.get_one(Attachment, (letter.practice_id, letter.packet_id)).content)
    hand = _in_hand(letter)
    if hand.draft.gaps:
        raise AppealRefused("The letter has gaps. Read it to see which, and fill them first")
    return _pdf(make_pdf(hand.draft.html, pictures=hand.pictures, own=hand.draft.own))


def _pdf(content: bytes) -> Response:
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": "attachment"})
