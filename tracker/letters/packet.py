"""The packet: the letter and its exhibits in one PDF, every page labelled, with bookmarks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.letters.facts import exhibit_label
from tracker.letters.index_page import IndexRow, make_index
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
    "empty": "Leave the exhibit out, or keep a page of it",
}


@dataclass(frozen=True, slots=True)
class ExhibitFile:
    """An enclosure: its title and its bytes, a PDF or a PNG, JPEG or TIFF picture.

    ``dropped`` pages (from 1) are left out, ``turned`` ones turned clockwise by so many degrees.
    """

    title: str
    content: bytes
    dropped: frozenset[int] = frozenset()
    turned: Mapping[int, int] = field(default_factory=dict)


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
    return _counts([title], [content])[0]


def _counts(titles: Sequence[str], contents: Sequence[bytes]) -> list[int]:
    answer = run_limited("count", {}, contents, on_refusal=problem_with(titles), seconds=_MAKING_SECONDS)
    pages: list[int] = answer.values["pages"]
    return pages


def problem_with(titles: Sequence[str]) -> Callable[[Refusal], LetterProblem]:
    """Return what makes a refusal the problem of the enclosure it is about; ``titles`` are those of the blobs."""
    return lambda refusal: PacketProblem(titles[refusal.about], refusal.why, _WHAT_TO_DO[refusal.kind])


def make_packet(
    letter: bytes, exhibits: Sequence[ExhibitFile], *, title: str = "Appeal packet", practice: str = ""
) -> Packet:
    """Return the letter, an index and the exhibits in their order, labelled Exhibit A, B ... on every page.

    ``title`` becomes the document's title: it names no patient. The index stands after the letter when ``practice`` is
    given. The same files give the same bytes. Raises PacketProblem naming the exhibit that cannot be used.
    """
    if not practice or not exhibits:
        return _merged((letter,), exhibits, title)
    titles = ["The letter", *(each.title for each in exhibits)]
    letter_pages, *counts = _counts(titles, [letter, *(each.content for each in exhibits)])
    kept = [count - sum(page <= count for page in each.dropped) for each, count in zip(exhibits, counts, strict=True)]
    index = make_index(practice, title, index_rows(_packed(exhibits, kept, letter_pages + 2)))
    index_pages = count_pages("The index", index)
    if index_pages > 1:  # every exhibit begins later than it says
        index = make_index(practice, title, index_rows(_packed(exhibits, kept, letter_pages + index_pages + 1)))
    return _merged((letter, index), exhibits, title)


def index_rows(packed: Sequence[PackedExhibit]) -> list[IndexRow]:
    """Return the exhibits as the index lists them."""
    return [IndexRow(each.label, each.title, each.first_page, each.pages) for each in packed]


def _packed(exhibits: Sequence[ExhibitFile], counts: Sequence[int], first: int) -> tuple[PackedExhibit, ...]:
    """Return where the exhibits stand when the first begins on page ``first``."""
    packed = []
    for number, (exhibit, pages) in enumerate(zip(exhibits, counts, strict=True)):
        packed.append(PackedExhibit(exhibit_label(number), exhibit.title, first, pages))
        first += pages
    return tuple(packed)


def _merged(fronts: Sequence[bytes], exhibits: Sequence[ExhibitFile], title: str) -> Packet:
    labels = [exhibit_label(number) for number in range(len(exhibits))]
    names = [f"{label}: {exhibit.title}" for label, exhibit in zip(labels, exhibits, strict=True)]
    front_names = ("Letter", "Index of exhibits")[: len(fronts)]
    answer = run_limited(
        "merge",
        {
            "title": title, "labels": labels, "bookmarks": [*front_names, *names], "fronts": len(fronts),
            "changes": [{"dropped": sorted(each.dropped), "turned": dict(each.turned)} for each in exhibits],
        },
        (*fronts, *(exhibit.content for exhibit in exhibits)),
        on_refusal=problem_with(["The letter", "The index"][: len(fronts)] + [exhibit.title for exhibit in exhibits]),
        seconds=_MAKING_SECONDS,
    )  # fmt: skip
    counts: list[int] = answer.values["pages"]
    front_pages = sum(counts[: len(fronts)])
    packed = _packed(exhibits, counts[len(fronts) :], front_pages + 1)
    return Packet(answer.blobs[0], sum(counts), counts[0], packed)
