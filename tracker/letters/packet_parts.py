"""A packet in parts, where a payer takes only so many pages or megabytes in one file."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.letters.index_page import IndexRow, make_index
from tracker.letters.limited import Refusal, run_limited
from tracker.letters.problems import LetterProblem, PacketProblem, PdfFailed
from tracker.letters.words import and_list

_MEGABYTE = 1_000_000  # portals differ between 10**6 and 2**20; the smaller one is safe with both
_INDEX_BYTES = 120_000  # of an index page with its fonts, about twice what it takes
_CUTTING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class PacketLimits:
    """What a payer takes; None means no limit that is known. Megabytes are millions of bytes."""

    files: int | None = None
    file_mb: int | None = None
    total_mb: int | None = None
    file_pages: int | None = None

    def __bool__(self) -> bool:
        """Whether there is any limit."""
        return any(each is not None for each in (self.files, self.file_mb, self.total_mb, self.file_pages))


@dataclass(frozen=True, slots=True)
class PacketPart:
    """One file of a packet: its pages of the packet from ``first_page`` to ``last_page``, behind an index."""

    pdf: bytes
    number: int
    of: int
    first_page: int
    last_page: int


def plan_parts(page_bytes: Sequence[int], limits: PacketLimits) -> list[tuple[int, int]]:
    """Return the first and last page (from 0) of each part: as many pages in each as the limits of one file allow.

    Raises PacketProblem when one page alone is too big for a file.
    """
    most_bytes = limits.file_mb * _MEGABYTE - _INDEX_BYTES if limits.file_mb else None
    most_pages = max(limits.file_pages - 1, 1) if limits.file_pages else None  # the index takes one
    parts: list[tuple[int, int]] = []
    first, taken = 0, 0
    for number, size in enumerate(page_bytes):
        if most_bytes is not None and size > most_bytes:
            why = f"page {number + 1} alone takes {size / _MEGABYTE:.1f} MB, and this payer takes {limits.file_mb} MB a file"
            raise PacketProblem("The packet", why, "Scan that page in black and white and add it again")
        is_full = most_bytes is not None and taken + size > most_bytes
        is_full = is_full or (most_pages is not None and number - first >= most_pages)
        if is_full:
            parts.append((first, number - 1))
            first, taken = number, 0
        taken += size
    return [*parts, (first, len(page_bytes) - 1)]


def over_limits(sizes: Sequence[int], limits: PacketLimits) -> str:
    """Return why the parts together are more than the payer takes, in words, or an empty text."""
    total = sum(sizes)
    if limits.files is not None and len(sizes) > limits.files:
        return f"The packet makes {len(sizes)} files, and this payer takes {limits.files}"
    if limits.total_mb is not None and total > limits.total_mb * _MEGABYTE:
        return f"The packet has {total / _MEGABYTE:.1f} MB, and this payer takes {limits.total_mb} MB in all"
    return ""


def fits_whole(packet: bytes, pages: int, limits: PacketLimits) -> bool:
    """Return whether the payer takes the packet in one file."""
    is_small = limits.file_mb is None or len(packet) <= limits.file_mb * _MEGABYTE
    return is_small and (limits.file_pages is None or pages <= limits.file_pages)


def split_packet(
    packet: bytes, rows: Sequence[IndexRow], limits: PacketLimits, *, title: str, practice: str
) -> list[PacketPart]:
    """Return a finished packet in parts, each behind an index that says which part holds what.

    ``rows`` are the packet's exhibits. The same packet gives the same bytes. Raises PacketProblem for a page that is
    too big for a file, and what making a PDF raises.
    """
    weighed = run_limited("weigh", {}, (packet,), on_refusal=_problem, seconds=_CUTTING_SECONDS)
    ranges = plan_parts(weighed.values["bytes"], limits)
    names = [f"Part {number} of {len(ranges)}" for number in range(1, len(ranges) + 1)]
    rows = [row._replace(parts=_parts_of(row, ranges)) for row in rows]
    indexes = [
        make_index(practice, title, rows, f"{name}, packet pages {first + 1} to {last + 1}")
        for name, (first, last) in zip(names, ranges, strict=True)
    ]
    arguments = {"parts": ranges, "titles": [f"{title}, {name.lower()}" for name in names]}
    answer = run_limited("cut", arguments, (packet, *indexes), on_refusal=_problem, seconds=_CUTTING_SECONDS)
    return [
        PacketPart(pdf, number, len(ranges), first + 1, last + 1)
        for number, (pdf, (first, last)) in enumerate(zip(answer.blobs, ranges, strict=True), start=1)
    ]


def _parts_of(row: IndexRow, ranges: Sequence[tuple[int, int]]) -> str:
    begin, end = row.first_page - 1, row.first_page + row.pages - 2
    return and_list([n for n, (first, last) in enumerate(ranges, start=1) if first <= end and begin <= last])


def _problem(refusal: Refusal) -> LetterProblem:
    return PdfFailed(refusal.why)
