"""What goes into an appeal's packet: the remittance extract, the linked notes, what a person added; and their PDFs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.letters.catalog import LetterTemplate
from tracker.letters.facts import LetterFacts
from tracker.letters.note_page import NotePage, make_note_page
from tracker.letters.packet import ExhibitFile
from tracker.letters.remittance_page import make_remittance_page
from tracker.letters.sheets import Sheet, make_sheet, sheets_for
from tracker.letters.words import long_date
from tracker.models import Appeal, Attachment, Denial, Note, NoteLink, Patient, Payer
from tracker.services.notes import KINDS

REMITTANCE = "remittance"
SHEET = "sheet"
# The keys by which letters name enclosures, for the kinds of notes; other kinds are enclosed under their own name.
_NOTE_KEYS = {"daily": "note", "re_evaluation": "evaluation"}


class EnclosureChoice(NamedTuple):
    """Something that can be enclosed. ``key`` is how the letter names it, ``source`` what finds it again.

    ``source`` is ``remittance``, ``sheet:`` and a sheet's id, a note's or an attachment's public id. ``used`` is false when a person left it out.
    """

    key: str
    title: str
    source: str
    used: bool
    pages: int | None = None
    note: Note | None = None
    attachment: Attachment | None = None
    sheet: Sheet | None = None


def enclosures(
    session: Session, appeal: Appeal, template: LetterTemplate, denials: Sequence[Denial], left_out: Iterable[str]
) -> list[EnclosureChoice]:
    """Return everything that can be enclosed, in the packet's order: remittance, notes, added files, forms."""
    skipped = frozenset(left_out)
    found = []
    if any(denial.source == "835" for denial in denials):
        title = "Remittance extract of the denied lines"
        found.append(EnclosureChoice(REMITTANCE, title, REMITTANCE, REMITTANCE not in skipped, 1))
    for note in linked_notes(session, appeal):
        used = note.public_id not in skipped
        found.append(EnclosureChoice(note_key(note), note_title(note), note.public_id, used, note=note))
    titles = {exhibit.title: exhibit.key for exhibit in template.exhibits}
    for file in _added(session, appeal):
        key, used = titles.get(file.title, "file"), file.public_id not in skipped
        found.append(EnclosureChoice(key, file.title, file.public_id, used, file.pages, attachment=file))
    found += [
        EnclosureChoice(SHEET, sheet.title, sheet.source, sheet.source not in skipped, sheet=sheet)
        for sheet in sheets_of(session, appeal)
        if sheet.enclose
    ]
    return found


def sheets_of(session: Session, appeal: Appeal) -> list[Sheet]:
    """Return the form sheets of an appeal's payer and level."""
    return sheets_for(session.get_one(Payer, appeal.payer_id).kind, appeal.level)


def linked_notes(session: Session, appeal: Appeal) -> Sequence[Note]:
    """Return the notes of the appeal's claim, oldest first."""
    query = (
        select(Note)
        .join(NoteLink, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id))
        .where(
            NoteLink.practice_id == appeal.practice_id,
            NoteLink.claim_id == appeal.claim_id,
            NoteLink.removed.is_(False),
        )
    )
    return session.scalars(query.order_by(Note.service_date, Note.id)).all()


def note_key(note: Note) -> str:
    """Return how a letter names a note as an enclosure."""
    return _NOTE_KEYS.get(note.kind, note.kind)


def note_title(note: Note) -> str:
    """Return a note's title as an enclosure: ``Daily note of June 30, 2026``."""
    kind = KINDS.get(note.kind, "Note")
    return f"{kind} of {long_date(note.service_date)}" if note.service_date else kind


def _added(session: Session, appeal: Appeal) -> Sequence[Attachment]:
    query = select(Attachment).where(
        Attachment.practice_id == appeal.practice_id, Attachment.appeal_id == appeal.id, Attachment.kind == "exhibit"
    )
    return session.scalars(query.order_by(Attachment.id)).all()


def exhibit_files(facts: LetterFacts, chosen: Sequence[EnclosureChoice], patient: Patient) -> list[ExhibitFile]:
    """Return the files of the enclosures used, in their order. Raises what making a PDF raises."""
    files = []
    for choice in chosen:
        if choice.attachment is not None:
            content = choice.attachment.content
        elif choice.note is not None:
            content = make_note_page(_page_of(choice.note, facts, patient))
        elif choice.sheet is not None:
            content = make_sheet(choice.sheet, facts)
        else:
            content = make_remittance_page(facts)
        files.append(ExhibitFile(choice.title, content))
    return files


def _page_of(note: Note, facts: LetterFacts, patient: Patient) -> NotePage:
    return NotePage(
        practice=facts.practice.name,
        patient=facts.patient.name,
        title=KINDS.get(note.kind, "Note"),
        text=note.text,
        service_date=note.service_date,
        birth_date=patient.birth_date,
        author=note.author,
    )


def keys_by_note(chosen: Iterable[EnclosureChoice]) -> Mapping[str, str]:
    """Return the enclosure key of every enclosed note, by its public id."""
    return {choice.source: choice.key for choice in chosen if choice.note is not None}
