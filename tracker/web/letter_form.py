"""The one form of the letter page: read, checked, acted on, and shown again with what was typed."""

from typing import Any

from flask import g, render_template, request, url_for
from sqlalchemy import select

from tracker.domain.appeal_life import Result
from tracker.domain.due import due
from tracker.domain.signing import signature_due
from tracker.knowledge import load
from tracker.letters.context import clean
from tracker.letters.pdf import why_unavailable
from tracker.models import Appeal, Denial, Letter, Note
from tracker.reports.people import user_names
from tracker.services.added_files import AddedFile
from tracker.services.appealed import first_due, standings
from tracker.services.appealing import letter_choices
from tracker.services.exhibit_notes import linked_notes
from tracker.services.joining import join
from tracker.services.letter_drafts import Edits, LetterInHand, arranged, insert_text, keep_file, set_quotes
from tracker.services.letter_evidence import TOPICS, Place, lines_of_note, offered_quotes
from tracker.services.letter_exhibits import note_title, sheets_of
from tracker.services.letter_texts import last_saver
from tracker.services.own_templates import letters_of
from tracker.services.signers import people_who_sign
from tracker.services.won_paragraphs import WonParagraph, won_paragraphs
from tracker.web.forms.letters import ExhibitForm, LetterForm, QuoteForm
from tracker.web.forms.signing import AskSignatureForm
from tracker.web.forms.typed_facts import TypedFactsForm
from tracker.web.letter_visits import chosen_denials, offered_visits, visits_form
from tracker.web.uploads import exhibit_from


def _letter_form(hand: LetterInHand, **known: Any) -> LetterForm:
    letters = letters_of(g.session, hand.letter.practice_id).values()
    offered = [one for one in letters if one.offered or one.id == hand.letter.template]
    return LetterForm(**known).offer(
        letter_choices(g.session, hand.rows.denials[0]) if hand.rows.denials else (), offered
    )


def _quote_form(hand: LetterInHand, **known: Any) -> QuoteForm:
    form = QuoteForm(prefix="quote-", **known)
    form.note.choices = {note.public_id: note_title(note) for note in linked_notes(g.session, hand.rows.appeal)}
    return form


def _exhibit_form(hand: LetterInHand, **known: Any) -> ExhibitForm:
    return ExhibitForm(prefix="file-", **known).offer(hand.template)


def ask_form(hand: LetterInHand, **known: Any) -> AskSignatureForm:
    """Return the form that sends a letter to somebody for their signature."""
    clinical = hand.template.signed_by == "clinician"
    form = AskSignatureForm(prefix="ask-", **known)
    return form.offer(people_who_sign(g.session, hand.rows.practice, clinical=clinical))


def _new_ask(hand: LetterInHand) -> AskSignatureForm:
    file_by = min((row.file_by_safe for row in hand.rows.denials if row.file_by_safe), default=None)
    return ask_form(hand, formdata=None, due=signature_due(g.today, file_by))


class Sent:
    """What a person sent from the letter page. ``then`` is what to do after saving.

    ``typing`` says that the page saves by itself while a person types: it sends the paragraphs that were touched, and
    leaves the template as it is, since changing it takes its button.
    """

    def __init__(self, hand: LetterInHand, *, typing: bool = False) -> None:
        self.hand, self._typing = hand, typing
        self.form, self.quote, self.exhibit = _letter_form(hand), _quote_form(hand), _exhibit_form(hand)
        self.offered = offered_visits(hand)
        self.visits = visits_form(self.offered)
        self.joining: list[Denial] = []
        if typing:
            self.form.template.data = hand.letter.template
        self.typed = TypedFactsForm.of(hand.template)
        self.then = request.form.get("then", "save")
        self.paragraphs = {
            paragraph.key: clean(request.form.get(f"p-{paragraph.key}", ""))
            for paragraph in hand.draft.paragraphs
            if f"p-{paragraph.key}" in request.form
        }
        self.place: Place | None = None
        self.file: AddedFile | None = None

    def is_valid(self) -> bool:
        """Check what the button needs besides the letter itself."""
        if not (self.form.validate() and self.typed.validate()):
            return False
        if self.then == "quote":
            return bool(self.quote.validate()) and self._find_place()
        if self.then == "enclose":
            return bool(self.exhibit.validate()) and self._read_file()
        if self.then == "include":
            return bool(self.visits.validate()) and self._find_visits()
        return True

    def problem(self) -> str:
        """Return the first problem of what was sent."""
        fields = [*self.form, *self.typed]
        return next((str(field.errors[0]) for field in fields if field.errors), "the form cannot be read")

    def _find_place(self) -> bool:
        note = g.session.scalar(select(Note).where(Note.public_id == self.quote.note.data))
        first = self.quote.first.data or 0
        last = self.quote.last.data or first
        place = lines_of_note(note, first, last) if note is not None else None
        if note is None or place is None:
            self.quote.first.errors = ["Choose lines that the note has, with text in them"]
            return False
        self.place = Place(note.public_id, *place, self.quote.about.data)
        return True

    def _read_file(self) -> bool:
        self.file = exhibit_from(self.exhibit, self.hand.rows.appeal.practice_id)
        return self.file is not None

    def _find_visits(self) -> bool:
        rows = self.hand.rows
        self.joining = chosen_denials(self.visits, self.offered, rows.appeal, rows.denials)
        return bool(self.joining)

    def edits(self) -> Edits:
        """Return what changes in the letter; paragraphs left as the template writes them are not kept."""
        defaults = {paragraph.key: paragraph.default for paragraph in self.hand.draft.paragraphs}
        saved = self.hand.letter.fields.get("paragraphs", {}) if self._typing else {}
        before = {key: text for key, text in saved.items() if key not in self.paragraphs}
        used = set(request.form.getlist("use"))
        wanted = set(request.form.getlist("denial"))
        own = [row.id for row in claim_denials(self.hand) if row.public_id in wanted]
        version = self.form.version.data or ""
        return Edits(
            version=int(version) if version.isdigit() else 0,
            template=self.form.template.data,
            paragraphs=before | {key: text for key, text in self.paragraphs.items() if text != defaults[key]},
            facts=self._facts(),
            exhibits=arranged(self.hand, used),
            denial_ids=own,
            signer_name=self.form.signer_name.data,
            signer_title=self.form.signer_title.data,
        )

    def _facts(self) -> dict[str, str]:
        """Return the typed facts; those this letter does not use stay as they are."""
        facts = dict(self.hand.letter.fields.get("facts", {}))
        facts |= self.typed.texts()
        return {name: text for name, text in facts.items() if text}


def claim_denials(hand: LetterInHand) -> list[Denial]:
    """Return the denials the appeal may be about: those it has, and the open ones of its claims in no other appeal.

    Of several claims only lines denied for the letter's own reason are.
    """
    rows = hand.rows
    query = select(Denial).where(
        Denial.practice_id == rows.appeal.practice_id, Denial.claim_id.in_([one.claim.id for one in rows.claims])
    )
    if len(rows.claims) > 1:
        query = query.where(Denial.group_code == rows.denials[0].group_code, Denial.carc == rows.denials[0].carc)
    own = {denial.id for denial in rows.denials}
    found = g.session.scalars(query.order_by(Denial.service_date, Denial.number)).all()
    where = standings(g.session, found)
    return [one for one in found if one.id in own or (one.is_open and where[one.id].pending is None)]


def act(appeal: Appeal, letter: Letter, sent: Sent) -> None:
    """Do what the button says, after the draft was saved."""
    quotes = list(letter.fields.get("quotes", []))
    action, _, rest = sent.then.partition(":")
    if sent.place is not None:
        set_quotes(g.session, appeal, letter, [*quotes, sent.place._asdict()], g.now, g.user.id)
    elif action == "drop" and rest.isdigit() and int(rest) < len(quotes):
        del quotes[int(rest)]
        set_quotes(g.session, appeal, letter, quotes, g.now, g.user.id)
    elif action == "offer":
        _insert_offered(appeal, letter, sent.hand, rest, quotes)
    elif action == "won":
        _insert_won(appeal, letter, sent.hand, rest)
    elif sent.joining:
        join(g.session, appeal, letter, sent.joining, load(), g.now, g.user.id)
    elif sent.file is not None:
        keep_file(g.session, appeal, "exhibit", sent.file, g.now, g.user.id)


def _insert_offered(appeal: Appeal, letter: Letter, hand: LetterInHand, rest: str, quotes: list[Any]) -> None:
    offered = _not_quoted(hand)
    if rest.isdigit() and int(rest) < len(offered):
        set_quotes(g.session, appeal, letter, [*quotes, offered[int(rest)]._asdict()], g.now, g.user.id)


def _insert_won(appeal: Appeal, letter: Letter, hand: LetterInHand, rest: str) -> None:
    """Put a paragraph that won before under what its field says now."""
    offered = _won(hand)
    if rest.isdigit() and int(rest) < len(offered):
        one = offered[int(rest)]
        own = letter.fields.get("paragraphs", {}).get(one.key)
        default = next(each.default for each in hand.draft.paragraphs if each.key == one.key)
        before = default if own is None else own
        insert_text(g.session, appeal, letter, one.key, f"{before}\n\n{one.text}".strip(), g.now, g.user.id)


def _won(hand: LetterInHand) -> list[WonParagraph]:
    """Return what can be offered: paragraphs that won before and do not stand in this letter."""
    there = {paragraph.key: paragraph.text for paragraph in hand.draft.paragraphs}
    offered = won_paragraphs(g.session, hand.rows.denials, list(there))
    return [one for one in offered if one.text not in there[one.key]]


def _not_quoted(hand: LetterInHand) -> list[Place]:
    there = {(quote["note"], quote["start"], quote["end"]) for quote in hand.letter.fields.get("quotes", [])}
    return [place for place in offered_quotes(g.session, hand.rows.denials) if place[:3] not in there]


class LetterPage:
    """The letter page of a letter in hand; with ``sent`` or ``ask`` it keeps what was typed."""

    def __init__(
        self,
        hand: LetterInHand,
        sent: Sent | None = None,
        *,
        conflict: bool = False,
        ask: AskSignatureForm | None = None,
    ) -> None:
        self._hand, self._sent, self._conflict, self._ask = hand, sent, conflict, ask

    def html(self) -> str:
        """Return the page."""
        return render_template("letters/edit.html", **self._values())

    def saved(self) -> str:
        """Return the parts of the page that change when a draft is saved while a person types."""
        return render_template("letters/_saved.html", **self._values())

    def _values(self) -> dict[str, Any]:
        hand, sent = self._hand, self._sent
        form = sent.form if sent else _letter_form(hand, formdata=None, **self._known())
        if self._conflict:
            form.version.data = str(hand.letter.version)
        facts = sent.typed if sent else TypedFactsForm.of(hand.template, hand.letter.fields.get("facts", {}))
        first = first_due(hand.rows.denials)
        offered = sent.offered if sent else offered_visits(hand)
        locked = hand.letter.signed_at is not None
        return {
            "locked": locked, "gaps": () if locked else hand.draft.gaps,
            "hand": hand, "letter": hand.letter, "appeal": hand.rows.appeal, "rows": hand.rows, "form": form,
            "quote": sent.quote if sent else _quote_form(hand, formdata=None),
            "exhibit": sent.exhibit if sent else _exhibit_form(hand, formdata=None),
            "typed": sent.paragraphs if sent else {},
            "typed_facts": facts, "typed_sections": facts.sections(hand.facts), "typed_at": facts.places(),
            "why": self._why(), "denials": claim_denials(hand), "own": {row.id for row in hand.rows.denials},
            "quotes": self._quotes(hand.letter.fields.get("quotes", [])),
            "offered": self._quotes([place._asdict() for place in _not_quoted(hand)]),
            "due": due(first.running_clock if first else "file_by", first.due_on if first else None, g.today), "first_due": first,
            "others": offered, "visits": sent.visits if sent and sent.then == "include" else visits_form(offered, formdata=None),
            "no_pdf": why_unavailable(),
            "ask": self._ask or _new_ask(hand), "asked_of": user_names(g.session, {hand.letter.signature_of_id}),
            "conflict": self._conflict, "saved_by": last_saver(g.session, hand.letter) or "Somebody",
            "won": _won(hand), "labels": {one.key: one.label for one in hand.draft.paragraphs},
            "results": {one.value: one.label for one in Result}, "places": _places(hand), "sheets": sheets_of(g.session, hand.rows.appeal),
        }  # fmt: skip

    def _known(self) -> dict[str, Any]:
        letter = self._hand.letter
        signer = self._hand.facts.signer
        return {
            "version": str(letter.version),
            "template": letter.template,
            "signer_name": signer.name,
            "signer_title": signer.title,
        }

    def _why(self) -> str:
        """Return why this letter was chosen, in the catalog's words."""
        hand = self._hand
        choices = letter_choices(g.session, hand.rows.denials[0]) if hand.rows.denials else []
        return next((choice.why for choice in choices if choice.template.id == hand.template.id), "")

    def _quotes(self, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
        notes = {note.public_id: note for note in linked_notes(g.session, self._hand.rows.appeal)}
        shown = []
        for number, place in enumerate(places):
            note = notes.get(place["note"])
            text = note.text[place["start"] : place["end"]] if note else ""
            title = note_title(note) if note else "A note no longer linked"
            shown.append({"number": number, "text": text, "about": TOPICS.get(place["about"], ""), "title": title})
        return shown


def _places(hand: LetterInHand) -> dict[str, str]:
    """Return where a missing fact can be added, by the first word of its path."""
    patient = url_for("patients.show", public_id=hand.rows.patient.public_id)
    claims = [one.claim for one in hand.rows.claims]
    claim = url_for("claims.show", public_id=claims[0].public_id)
    unnumbered = next((one for one in claims[1:] if not one.payer_claim_number), claims[0])
    payer = url_for("payers.show", public_id=hand.rows.payer.public_id)
    practice = url_for("settings.practice", public_id=hand.rows.practice.public_id)
    return {
        "patient": patient, "plan": f"{patient}#coverage", "claim": claim, "lines": claim, "clinician": claim,
        "more_claims": url_for("claims.show", public_id=unnumbered.public_id), "practice": practice, "payer": payer, "filing": payer,
    }  # fmt: skip
