"""The packet: the letter and its exhibits in one PDF, every page labelled, with bookmarks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.letters.facts import exhibit_label
from tracker.letters.limited import Refusal, run_limited
from tracker.letters.problems import LetterProblem, PacketProblem

_MAKING_SECONDS = 30.0
_WHAT_TO_DO = {
    "type": "Add a PDF, PNG, JPG or TIF",
    "locked": "Save it without the password and add it again",
    "broken": "Open it, print it to a new PDF and add that",
    "cut_off": "Download or scan it again, then add it here",
    "too_big": "Scan it in black and white at 200 dpi and add it again",
    "too_long": "Leave out what the payer does not need",
}


@dataclass(frozen=True, slots=True)
class ExhibitFile:
    """An enclosure: its title and its bytes, a PDF or a PNG, JPEG or TIFF picture."""

    title: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PackedExhibit:
    """Where an exhibit stands in the packet; pages count from 1."""

    label: str
    title: str
    first_page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One PDF with everything; ``pages`` is the total."""

    pdf: bytes
    pages: int
    letter_pages: int
    exhibits: tuple[PackedExhibit, ...]


def count_pages(title: str, content: bytes) -> int:
    """Return how many pages an enclosure makes.

    Raises PacketProblem naming ``title`` when it is no PDF or picture, is broken, locked or empty.
    """
    answer = run_limited("count", {}, (content,), on_refusal=_problem([title]))
    pages: int = answer.values["pages"]
    return pages


def _problem(titles: Sequence[str]) -> Callable[[Refusal], LetterProblem]:
    return lambda refusal: PacketProblem(titles[refusal.about], refusal.why, _WHAT_TO_DO[refusal.kind])


def make_packet(letter: bytes, exhibits: Sequence[ExhibitFile], *, title: str = "Appeal packet") -> Packet:
    """Return the letter with its exhibits in their order, labelled Exhibit A, B ... on every page.

    ``title`` becomes the document's title: it names no patient. The same files give the same bytes. Raises
    PacketProblem naming the exhibit that cannot be used.
    """
    labels = [exhibit_label(number) for number in range(len(exhibits))]
    names = [f"{label}: {exhibit.title}" for label, exhibit in zip(labels, exhibits, strict=True)]
    answer = run_limited(
        "merge",
        {"title": title, "labels": labels, "bookmarks": names},
        (letter, *(exhibit.content for exhibit in exhibits)),
        on_refusal=_problem(["The letter", *(exhibit.title for exhibit in exhibits)]),
        seconds=_MAKING_SECONDS,
    )
    letter_pages, *counts = answer.values["pages"]
    packed, first = [], letter_pages + 1
    for label, exhibit, pages in zip(labels, exhibits, counts, strict=True):
        packed.append(PackedExhibit(label, exhibit.title, first, pages))
        first += pages
    return Packet(answer.blobs[0], first - 1, letter_pages, tuple(packed))
