"""The letter of an appeal: drafted from records and typed paragraphs, signed and locked, changed as a new version."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.domain.protection import is_protected
from tracker.knowledge import Knowledge
from tracker.letters.catalog import LetterTemplate
from tracker.letters.draft import Draft
from tracker.letters.facts import LetterFacts, SignerFacts
from tracker.letters.facts_json import as_json, from_json
from tracker.letters.own_template import written
from tracker.letters.packet import Packet, make_packet
from tracker.letters.pdf import make_pdf
from tracker.letters.pictures import Pictures
from tracker.models import Appeal, Attachment, Letter, LetterText
from tracker.services import working
from tracker.services.added_files import AddedFile
from tracker.services.appealed import denials_of, set_denials
from tracker.services.appealing import AppealRefused, log_appeal
from tracker.services.letter_exhibits import EnclosureChoice, enclosures, exhibit_files
from tracker.services.letter_facts import LetterRows, letter_facts, letter_rows
from tracker.services.letter_numbers import line_numbers, renumbered
from tracker.services.letter_texts import keep_text
from tracker.services.own_templates import template_of
from tracker.services.pictures import keep_pictures, pictures_of
from tracker.services.protected_notes import ProtectionProblem, hidden_sources, require_consent, with_hidden
from tracker.services.signature_requests import drop_request, lend_due


class LetterConflict(Exception):  # noqa: N818  # a conflict of two people, not a fault
    """Raised when somebody else saved the letter after the form was opened."""


@dataclass(frozen=True, slots=True)
class LetterInHand:
    """A letter with everything it is made of: rows, template, enclosures, facts and the draft itself.

    ``barred`` says why its enclosures cannot go out as they are: for a protected note's sake.
    """

    letter: Letter
    rows: LetterRows
    template: LetterTemplate
    enclosures: tuple[EnclosureChoice, ...]
    facts: LetterFacts
    draft: Draft
    pictures: Pictures
    barred: str = ""

    @property
    def used(self) -> tuple[EnclosureChoice, ...]:
        """The enclosures that go into the packet."""
        return tuple(choice for choice in self.enclosures if choice.used)


@dataclass(frozen=True, slots=True)
class SignedPacket:
    """A finished packet before it is stored. ``exhibits`` are all enclosures as the letter keeps them.

    ``protected``: a protected note is among those used.
    """

    packet: Packet
    facts: LetterFacts
    html: str
    template_hash: str
    exhibits: tuple[dict[str, Any], ...]
    pictures: Pictures
    protected: bool


def letter_in_hand(
    session: Session,
    appeal: Appeal,
    letter: Letter,
    knowledge: Knowledge,
    today: date,
    signer: SignerFacts | None = None,
) -> LetterInHand:
    """Return a letter as it stands: a signed one from its own snapshot of facts, a draft from the records.

    With ``signer`` the draft is what that person signs.
    """
    rows = letter_rows(session, appeal, today)
    template = template_of(session, letter)
    choices = tuple(enclosures(session, appeal, template, rows.denials, letter.exhibits))
    if letter.signed_at is not None:
        facts = from_json(letter.facts)
    else:
        used = [choice for choice in choices if choice.used]
        facts = letter_facts(session, rows, letter, used, knowledge, signer)
    drafted = written(template, facts, letter.fields.get("paragraphs", {}))
    pictures = pictures_of(session, appeal.practice_id, facts)
    barred = _why_barred(session, letter, choices, today) if letter.signed_at is None else ""
    return LetterInHand(letter, rows, template, choices, facts, drafted, pictures, barred)


def _why_barred(session: Session, letter: Letter, choices: Sequence[EnclosureChoice], today: date) -> str:
    enclosed = [each for each in letter.exhibits if each.get("used")]
    if hidden_sources(session, letter.practice_id, enclosed):
        return "An enclosed note is protected. Only a person with leave to read it can sign this packet"
    try:
        for choice in choices:
            require_consent(session, choice.note if choice.used else None, today)
    except ProtectionProblem as problem:
        return str(problem)
    return ""


@dataclass(frozen=True, slots=True)
class Edits:
    """What a person changed on the letter page; ``version`` is the letter they saw."""

    version: int
    template: str
    paragraphs: Mapping[str, str]
    facts: Mapping[str, str]
    exhibits: Sequence[Mapping[str, Any]]
    denial_ids: Sequence[int]
    signer_name: str
    signer_title: str


def arranged(hand: LetterInHand, used: Collection[str]) -> list[dict[str, Any]]:
    """Return a letter's enclosures as it keeps them, with those of these sources used and all others left out.

    Nothing is fixed as long as a person decided nothing: what comes later takes its usual place.
    """
    decided = [choice.decided(used=choice.source in used) for choice in hand.enclosures]
    if decided == [choice.placed for choice in hand.enclosures]:
        return list(hand.letter.exhibits)
    return [each.as_json() for each in decided]


def save_draft(  # who saves what, when, and how
    session: Session,
    appeal: Appeal,
    letter: Letter,
    edits: Edits,
    now: datetime,
    user_id: int,
    *,
    by_itself: bool = False,
) -> None:
    """Save a draft and keep its text. ``by_itself`` says that the page did it while a person types: no event then.

    Raises LetterConflict when it was saved by somebody else, AppealRefused when it is signed.
    """
    _refuse_signed(letter)
    if letter.version != edits.version:
        raise LetterConflict
    changed_template = edits.template != letter.template
    fields = dict(letter.fields)
    fields["paragraphs"] = {} if changed_template else dict(edits.paragraphs)
    fields["facts"], changed_lines = _facts_and_lines(session, appeal, letter, edits)
    values: dict[str, Any] = {
        "template": edits.template,
        "fields": fields,
        "exhibits": with_hidden(session, appeal.practice_id, letter.exhibits, edits.exhibits),
        "signer_name": edits.signer_name,
        "signer_title": edits.signer_title,
    }
    changed = [name for name, value in values.items() if getattr(letter, name) != value]
    changed += ["denials"] if changed_lines else []
    if changed:
        for name, value in values.items():
            setattr(letter, name, value)
        letter.saved_at = now
        keep_text(session, letter, now, user_id)
        if not by_itself:
            log_appeal(session, appeal, "letter_saved", now, user_id, {"changed": changed})
    session.flush()


def _facts_and_lines(session: Session, appeal: Appeal, letter: Letter, edits: Edits) -> tuple[dict[str, str], bool]:
    """Set the lines of the letter; return the typed facts, which may name them by new numbers, and whether they changed.

    The day the letter is to be signed by is that of its lines.
    """
    before = line_numbers(session, appeal)
    if not set_denials(session, appeal, edits.denial_ids):
        return dict(edits.facts), False
    after = line_numbers(session, appeal)
    lend_due(session, appeal.practice_id, before.keys() - after.keys(), None)
    lend_due(session, appeal.practice_id, after.keys() - before.keys(), letter.signature_due)
    return renumbered(edits.facts, before, after), True


def take_back(
    session: Session, appeal: Appeal, letter: Letter, text: LetterText, seen_version: int, now: datetime, user_id: int
) -> None:
    """Make a draft say again what a kept text of it says; what it says now stays among the kept texts.

    Raises LetterConflict when it was saved after ``seen_version``, AppealRefused when it is signed.
    """
    _refuse_signed(letter)
    if letter.version != seen_version:
        raise LetterConflict
    letter.template, letter.fields, letter.saved_at = text.template, dict(text.fields), now
    keep_text(session, letter, now, user_id)
    log_appeal(session, appeal, "letter_taken_back", now, user_id, {"text_of": text.saved_at.isoformat()})
    session.flush()


def _refuse_signed(letter: Letter) -> None:
    if letter.signed_at is not None:
        raise AppealRefused("This letter is signed and locked. Make a new version to change it")


def set_quotes(
    session: Session, appeal: Appeal, letter: Letter, quotes: Sequence[Mapping[str, Any]], now: datetime, user_id: int
) -> None:
    """Set the quoted places of a draft. Raises AppealRefused when the letter is signed."""
    _refuse_signed(letter)
    letter.fields = letter.fields | {"quotes": [dict(quote) for quote in quotes]}
    letter.saved_at = now
    keep_text(session, letter, now, user_id)
    log_appeal(session, appeal, "letter_saved", now, user_id, {"changed": ["quotes"]})
    session.flush()


def insert_text(
    session: Session, appeal: Appeal, letter: Letter, key: str, text: str, now: datetime, user_id: int
) -> None:
    """Make a paragraph of a draft say another text. Raises AppealRefused when the letter is signed."""
    _refuse_signed(letter)
    letter.fields = letter.fields | {"paragraphs": letter.fields.get("paragraphs", {}) | {key: text}}
    letter.saved_at = now
    keep_text(session, letter, now, user_id)
    log_appeal(session, appeal, "letter_saved", now, user_id, {"changed": ["fields"]})
    session.flush()


def make_signed_packet(hand: LetterInHand) -> SignedPacket:
    """Return the packet of a letter taken in hand for signing; touches no database and takes a second or so.

    Raises AppealRefused naming the gaps when there are any, and what making a PDF or merging raises.
    """
    _refuse_signed(hand.letter)
    if hand.draft.gaps:
        raise AppealRefused("; ".join(gap.message for gap in hand.draft.gaps))
    if hand.barred:
        raise AppealRefused(hand.barred)
    files = exhibit_files(hand.facts, hand.used, hand.rows.patient)
    title = f"Appeal A-{hand.rows.appeal.number}"
    packet = make_packet(
        make_pdf(hand.draft.html, pictures=hand.pictures, own=hand.draft.own),
        files,
        title=title,
        practice=hand.facts.practice.name,
    )
    packed = tuple(_as_packed(hand, packet))
    protected = any(is_protected(choice.note.protection) for choice in hand.used if choice.note is not None)
    return SignedPacket(packet, hand.facts, hand.draft.html, hand.template.hash, packed, hand.pictures, protected)


def _as_packed(hand: LetterInHand, packet: Packet) -> Iterator[dict[str, Any]]:
    """Yield every enclosure as it is kept with a signed letter: those used with their place in the packet."""
    packed = iter(packet.exhibits)
    for choice in hand.enclosures:
        yield {**choice.placed.as_json(), "used": choice.used, **(asdict(next(packed)) if choice.used else {})}


def lock_letter(  # noqa: PLR0913  # who signs what, seen how and when
    session: Session,
    appeal: Appeal,
    letter: Letter,
    seen_version: int,
    made: SignedPacket,
    now: datetime,
    user_id: int,
    *,
    batch: bool = False,
) -> Attachment:
    """Store the packet and lock the letter; its denials become ready to send. ``batch``: signed with others at once.

    Raises LetterConflict when the letter was saved after the packet was made from it.
    """
    _refuse_signed(letter)
    if letter.version != seen_version:
        raise LetterConflict
    digest = hashlib.sha256(made.packet.pdf).hexdigest()
    title = f"Packet of A-{appeal.number}, version {letter.edition}"
    packet = Attachment(
        practice_id=appeal.practice_id, appeal_id=appeal.id, kind="packet", title=title,
        content_type="application/pdf", content=made.packet.pdf, content_hash=digest, pages=made.packet.pages,
        protected=made.protected, added_at=now, added_by_id=user_id,
    )  # fmt: skip
    session.add(packet)
    session.flush()
    keep_pictures(session, appeal.practice_id, made.pictures, now)
    drop_request(session, appeal, letter)
    letter.packet_id, letter.pdf_hash = packet.id, digest
    letter.template_hash = made.template_hash
    letter.facts = as_json(made.facts)
    letter.exhibits = list(made.exhibits)
    letter.signed_at, letter.signed_by_id, letter.saved_at = now, user_id, now
    signer = made.facts.signer
    letter.signer_name, letter.signer_title = signer.name, signer.title
    appeal.status = "ready"
    details: dict[str, Any] = {"edition": letter.edition, "pages": made.packet.pages} | (
        {"batch": True} if batch else {}
    )
    details |= {"by": signer.helper, "for": signer.name} if signer.helper else {}
    log_appeal(session, appeal, "letter_signed", now, user_id, details)
    denials = [denial for denial in denials_of(session, appeal) if denial.is_open]
    working.set_status(session, denials, "ready_to_send", now, user_id)
    session.flush()
    return packet


def new_edition(session: Session, appeal: Appeal, signed: Letter, now: datetime, today: date, user_id: int) -> Letter:
    """Return a new draft that starts as the signed letter stands; the signed one is kept as it is."""
    if signed.signed_at is None:
        return signed
    if appeal.sent_on is not None:
        raise AppealRefused("This appeal was sent. Start the next level instead")
    letter = Letter(
        practice_id=signed.practice_id, appeal_id=appeal.id, edition=signed.edition + 1, template=signed.template,
        letter_date=today, fields=signed.fields, exhibits=signed.exhibits, saved_at=now,
        signer_name=signed.signer_name, signer_title=signed.signer_title,
    )  # fmt: skip
    appeal.status = "draft"
    session.add(letter)
    keep_text(session, letter, now, user_id)
    log_appeal(session, appeal, "letter_edition", now, user_id, {"edition": letter.edition})
    session.flush()
    return letter


def keep_file(session: Session, appeal: Appeal, kind: str, file: AddedFile, now: datetime, user_id: int) -> Attachment:
    """Keep a file with an appeal: an exhibit of its packet, the proof of its sending, the payer's decision."""
    row = file.attachment(appeal.practice_id, kind, now, user_id, appeal_id=appeal.id)
    session.add(row)
    log_appeal(session, appeal, f"{kind}_added", now, user_id, {"title": file.title})
    session.flush()
    return row
