"""Everything the packet page shows: the exhibits in their order with pages and warnings, the whole, the parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from tracker.letters.arrangement import page_words
from tracker.letters.facts import exhibit_label
from tracker.letters.kept import Kept, key_of, made_pdf
from tracker.letters.packet import count_pages
from tracker.letters.packet_check import PersonName, ReadPage, draw_exhibit, read_exhibit, warnings
from tracker.letters.packet_parts import PacketLimits
from tracker.letters.problems import LetterProblem
from tracker.models import Appeal, Attachment, Patient
from tracker.reports.signed_packet import limits_of
from tracker.services.letter_drafts import LetterInHand
from tracker.services.letter_exhibits import EnclosureChoice, exhibit_content
from tracker.services.patient_names import names_in

_INDEX_PAGES = 1
_PICTURES_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """One enclosure. ``total`` counts the original's pages, None when it cannot be read; ``problem`` says why."""

    choice: EnclosureChoice
    label: str
    total: int | None
    size: int
    warnings: tuple[str, ...] = ()
    problem: str = ""

    @property
    def pages(self) -> int:
        """The pages that stay."""
        return self.choice.placed.count(self.total) if self.total else 0

    @property
    def dropped(self) -> str:
        """The dropped pages as a person types them."""
        return page_words(self.choice.placed.dropped)

    @property
    def turned(self) -> str:
        """The turned pages as a person types them."""
        return page_words(self.choice.placed.turned)


@dataclass(frozen=True, slots=True)
class PacketPage:
    """The packet of a draft. ``letter_pages`` is None while the letter has gaps."""

    exhibits: tuple[ExhibitView, ...]
    letter_pages: int | None
    limits: PacketLimits
    letter_bytes: int = 0

    @property
    def used(self) -> list[ExhibitView]:
        """The exhibits that go in."""
        return [view for view in self.exhibits if view.choice.used]

    @property
    def pages(self) -> int:
        """All pages that are known: letter, index, exhibits."""
        return (self.letter_pages or 0) + (_INDEX_PAGES if self.used else 0) + sum(view.pages for view in self.used)

    @property
    def size(self) -> int:
        """About how many bytes the packet takes."""
        return self.letter_bytes + sum(view.size for view in self.used)


@dataclass(frozen=True, slots=True)
class _Read:
    pages: tuple[ReadPage, ...]
    size: int


_read: Kept[_Read] = Kept(200)
_pictures: Kept[list[bytes]] = Kept(400)


def packet_page(session: Session, hand: LetterInHand) -> PacketPage:
    """Return the packet of a draft; every enclosure that is used is read, and looked at for what to warn of."""
    others = _other_patients(session, hand.rows.patient)
    views, number = [], 0
    for choice in hand.enclosures:
        label = exhibit_label(number) if choice.used else ""
        number += choice.used
        views.append(_view(hand, choice, label, others))
    letter_pages, size = _letter(hand)
    return PacketPage(tuple(views), letter_pages, limits_of(hand.rows.profile), size)


def _other_patients(session: Session, own: Patient) -> list[PersonName]:
    known = names_in(session, own.practice_id)
    names = {PersonName(name.first, name.last) for name in known if name.first and name.last}
    return sorted(names - {PersonName(own.first_name, own.last_name)})


def _view(hand: LetterInHand, choice: EnclosureChoice, label: str, others: Sequence[PersonName]) -> ExhibitView:
    try:
        read = _read_choice(hand, choice)
    except LetterProblem as problem:
        return ExhibitView(choice, label, None, 0, problem=str(problem))
    said = warnings(read.pages, choice.placed, others) if choice.used else []
    return ExhibitView(choice, label, len(read.pages), read.size, tuple(said))


def _read_choice(hand: LetterInHand, choice: EnclosureChoice) -> _Read:
    def read() -> _Read:
        content = exhibit_content(hand.facts, choice, hand.rows.patient)
        return _Read(read_exhibit(choice.title, content), len(content))

    return _read.get(_content_key(hand, choice), read)


def _content_key(hand: LetterInHand, choice: EnclosureChoice) -> str:
    """Return what stands for an enclosure's bytes: a file's stored hash, else the hash of the page made."""
    if choice.attachment is not None:
        return choice.attachment.content_hash
    return key_of(exhibit_content(hand.facts, choice, hand.rows.patient))


def _letter(hand: LetterInHand) -> tuple[int | None, int]:
    if hand.draft.gaps:
        return None, 0
    try:
        content = made_pdf(hand.draft.html, pictures=hand.pictures, own=hand.draft.own)
        return count_pages("The letter", content), len(content)
    except LetterProblem:
        return None, 0


def file_picture(session: Session, appeal: Appeal, source: str, number: int) -> bytes | None:
    """Return a small JPEG of page ``number`` (from 1) of a file of an appeal or of the level below it, if it is one."""
    query = select(Attachment).where(
        Attachment.practice_id == appeal.practice_id,
        Attachment.appeal_id.in_([appeal.id, appeal.previous_id or appeal.id]),
        Attachment.public_id == source,
    )
    file = session.scalar(query.options(defer(Attachment.content)))
    return kept_picture(file, number) if file is not None else None


def kept_picture(file: Attachment, number: int) -> bytes | None:
    """Return a small JPEG of page ``number`` (from 1) of a kept file, None where it has no such page."""
    return _picture(file.title, file.content_hash, lambda: file.content, number)


def page_picture(hand: LetterInHand, source: str, number: int) -> bytes | None:
    """Return a small JPEG of page ``number`` (from 1) of an enclosure that is made from records, if there is one."""
    choice = next((each for each in hand.enclosures if each.source == source), None)
    if choice is None:
        return None
    try:
        content = exhibit_content(hand.facts, choice, hand.rows.patient)
    except LetterProblem:
        return None
    return _picture(choice.title, key_of(content), lambda: content, number)


def _picture(title: str, key: str, content: Callable[[], bytes], number: int) -> bytes | None:
    """Return a page's picture; its neighbours are drawn with it, since they are asked for next."""
    first = (number - 1) // _PICTURES_AT_ONCE * _PICTURES_AT_ONCE + 1
    last = first + _PICTURES_AT_ONCE - 1
    try:
        drawn = _pictures.get(key_of(key, str(first)), lambda: draw_exhibit(title, content(), first, last))
    except LetterProblem:
        return None
    return drawn[number - first] if number - first < len(drawn) else None
