"""What goes into an appeal's packet, in which order: extract, notes, records, files; and their PDFs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, defer

from tracker.domain.protection import is_protected, notice_of
from tracker.letters.arrangement import Placement, in_order, placement
from tracker.letters.catalog import LetterTemplate
from tracker.letters.facts import LetterFacts
from tracker.letters.note_page import NotePage, make_note_page
from tracker.letters.packet import ExhibitFile
from tracker.letters.record_page import RecordPage, make_record_page
from tracker.letters.remittance_page import make_remittance_page
from tracker.letters.sheets import Sheet, make_sheet, sheets_for
from tracker.letters.words import long_date
from tracker.models import Appeal, Attachment, Denial, Note, Patient, Payer, RecordsRequest
from tracker.services.denial_files import papers_of
from tracker.services.exhibit_notes import note_key, offered_notes
from tracker.services.exhibit_records import records_of
from tracker.services.notes import KINDS
from tracker.services.protected_notes import consent_words

REMITTANCE = "remittance"
_EXTRACT = "Remittance extract of the denied lines"
SHEET = "sheet"
# A record is enclosed when the letter counts on the paper it stands for.
_STANDS_FOR = {"authorization": "approval", "eligibility": "eligibility", "receipt": "receipt"}


class EnclosureChoice(NamedTuple):
    """Something that can be enclosed. ``key`` is how the letter names it, ``source`` what finds it again.

    ``source`` is ``remittance``, a record's key, ``sheet:`` and a sheet's id, a note's or an attachment's public id.
    ``used`` is false when it is left out. ``pages`` counts the pages that stay, where they are known.
    ``consent`` says what the authorization of a protected note covers.
    """

    key: str
    title: str
    source: str
    used: bool
    pages: int | None = None
    note: Note | None = None
    attachment: Attachment | None = None
    sheet: Sheet | None = None
    record: RecordPage | None = None
    placed: Placement = Placement("")
    consent: str = ""

    def placed_as(self, placed: Placement) -> "EnclosureChoice":
        """Return the enclosure as a person placed it; ``used`` stays what is usual until somebody decides."""
        pages = placed.count(self.pages) if self.pages is not None else None
        used = self.used if placed.used is None else placed.used
        return self._replace(placed=placed, pages=pages, used=used)

    def decided(self, *, used: bool) -> Placement:
        """Return its placement with a person's decision; the usual stays the usual."""
        return self.placed if used == self.used else replace(self.placed, used=used)


def enclosures(
    session: Session,
    appeal: Appeal,
    template: LetterTemplate,
    denials: Sequence[Denial],
    stored: Iterable[Mapping[str, Any]],
) -> list[EnclosureChoice]:
    """Return everything that can be enclosed, in the packet's order; ``stored`` is how the letter keeps that."""
    offered = {choice.source: choice for choice in _offered(session, appeal, template, denials)}
    placed = in_order([placement(each) for each in stored], list(offered))
    return [offered[each.source].placed_as(each) for each in placed]


def sheets_of(session: Session, appeal: Appeal) -> list[Sheet]:
    """Return the form sheets of an appeal's payer and level."""
    return sheets_for(session.get_one(Payer, appeal.payer_id).kind, appeal.level)


def _offered(
    session: Session, appeal: Appeal, template: LetterTemplate, denials: Sequence[Denial]
) -> list[EnclosureChoice]:
    """Return what can be enclosed in its usual order: extract, the level below, notes, records, added files, forms."""
    named = frozenset(exhibit.key for exhibit in template.exhibits)
    found = []
    if any(denial.source == "835" for denial in denials):
        pages = 1 if len({denial.claim_id for denial in denials}) == 1 else None
        found.append(EnclosureChoice(REMITTANCE, _EXTRACT, REMITTANCE, used=True, pages=pages))
    papers = papers_of(session, appeal.practice_id, [denial.id for denial in denials])
    found += [_file(paper, REMITTANCE) for paper in papers if paper.kind == "eob"]
    found += [_file(file, _BELOW_KEYS[file.kind]) for file in _of_level_below(session, appeal)]
    late = [_file(paper, paper.kind)._replace(used=False) for paper in papers if paper.kind != "eob"]
    found += [*late, *_asking_letters(session, denials, used="request" in named)]
    for note, used in offered_notes(session, appeal, denials, named):
        consent = consent_words(session, note) if is_protected(note.protection) else ""
        choice = EnclosureChoice(note_key(note), note_title(note), note.public_id, used, note=note, consent=consent)
        found.append(choice)
    for key, page in records_of(session, appeal):
        found.append(EnclosureChoice(key, page.title, f"record-{key}", _STANDS_FOR[key] in named, record=page))
    titles = {exhibit.title: exhibit.key for exhibit in template.exhibits}
    found += [_file(file, titles.get(file.title, "file")) for file in _files(session, appeal, ("exhibit",))]
    # Form sheets are left out until a person ticks them.
    sheets = [sheet for sheet in sheets_of(session, appeal) if sheet.enclose]
    return [*found, *(EnclosureChoice(SHEET, sheet.title, sheet.source, used=False, sheet=sheet) for sheet in sheets)]


def _asking_letters(session: Session, denials: Sequence[Denial], *, used: bool) -> list[EnclosureChoice]:
    """Return the payer's letters that asked for records of the claims."""
    query = (
        select(Attachment)
        .join(
            RecordsRequest,
            and_(RecordsRequest.practice_id == Attachment.practice_id, RecordsRequest.letter_id == Attachment.id),
        )
        .where(
            RecordsRequest.practice_id == denials[0].practice_id,
            RecordsRequest.claim_id.in_({denial.claim_id for denial in denials}),
        )
    )
    files = session.scalars(query.options(defer(Attachment.content)).order_by(Attachment.id))
    return [_file(file, "request")._replace(used=used) for file in files]


_BELOW_KEYS = {"decision": "decision", "proof": "proof_of_sending"}


def _file(file: Attachment, key: str) -> EnclosureChoice:
    return EnclosureChoice(key, file.title, file.public_id, used=True, pages=file.pages, attachment=file)


def note_title(note: Note) -> str:
    """Return a note's title as an enclosure: ``Daily note of June 30, 2026``."""
    kind = KINDS.get(note.kind, "Note")
    return f"{kind} of {long_date(note.service_date)}" if note.service_date else kind


def _of_level_below(session: Session, appeal: Appeal) -> Sequence[Attachment]:
    if appeal.previous_id is None:
        return ()
    below = session.get_one(Appeal, (appeal.practice_id, appeal.previous_id))
    return _files(session, below, tuple(_BELOW_KEYS))


def _files(session: Session, appeal: Appeal, kinds: tuple[str, ...]) -> Sequence[Attachment]:
    """Return files kept with an appeal; their bytes are read only when they are asked for."""
    query = select(Attachment).where(
        Attachment.practice_id == appeal.practice_id, Attachment.appeal_id == appeal.id, Attachment.kind.in_(kinds)
    )
    return session.scalars(query.options(defer(Attachment.content)).order_by(Attachment.id)).all()


def exhibit_files(facts: LetterFacts, chosen: Sequence[EnclosureChoice], patient: Patient) -> list[ExhibitFile]:
    """Return the files of the enclosures used, in their order. Raises what making a PDF raises."""
    return [
        ExhibitFile(choice.title, exhibit_content(facts, choice, patient), choice.placed.dropped, choice.placed.turned)
        for choice in chosen
    ]


def exhibit_content(facts: LetterFacts, choice: EnclosureChoice, patient: Patient) -> bytes:
    """Return an enclosure as it is before pages are dropped or turned. Raises what making a PDF raises."""
    if choice.attachment is not None:
        return choice.attachment.content
    if choice.note is not None:
        return make_note_page(_page_of(choice.note, facts, patient, choice.consent))
    if choice.sheet is not None:
        return make_sheet(choice.sheet, facts)
    return make_record_page(choice.record) if choice.record is not None else make_remittance_page(facts)


def _page_of(note: Note, facts: LetterFacts, patient: Patient, consent: str) -> NotePage:
    return NotePage(
        practice=facts.practice.name,
        patient=facts.patient.name,
        title=KINDS.get(note.kind, "Note"),
        text=note.text,
        service_date=note.service_date,
        birth_date=patient.birth_date,
        author=note.author,
        notice=notice_of(note.protection),
        consent=consent,
    )


def keys_by_note(chosen: Iterable[EnclosureChoice]) -> Mapping[str, str]:
    """Return the enclosure key of every enclosed note, by its public id."""
    return {choice.source: choice.key for choice in chosen if choice.note is not None}
