"""In the child process: cuts a finished packet into parts that a payer's portal or fax takes."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import OutlineItem, Pdf

from tracker.letters.limited import Answer

_TREE = ("/StructParents", "/Tabs")  # point into the whole packet's tree of tags


def weigh(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """Return how many bytes each page of a packet takes alone: never less than what it adds to a part."""
    with Pdf.open(BytesIO(blobs[0])) as packet:
        return Answer(
            {"bytes": [len(_saved(_pages(packet, number, number))) for number in range(len(packet.pages))]}, ()
        )


def cut(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """Return the parts of a packet (first blob), each behind its index (the blobs after it).

    ``parts`` are pairs of first and last page (from 0), ``titles`` the titles of the documents.
    """
    made = []
    with Pdf.open(BytesIO(blobs[0])) as packet:
        outline = _bookmarks(packet)
        for (first, last), title, index in zip(arguments["parts"], arguments["titles"], blobs[1:], strict=True):
            made.append(_part(packet, (first, last), title, index, outline))
    return Answer({}, made)


def _part(packet: Pdf, pages: tuple[int, int], title: str, index: bytes, outline: list[tuple[str, int]]) -> bytes:
    first, last = pages
    part = _pages(packet, first, last)
    with Pdf.open(BytesIO(index)) as front:
        sheets = len(front.pages)
        for position, sheet in enumerate(front.pages):
            part.pages.insert(position, sheet)
            _untag(part.pages[position])
        begun = [name for name, page in outline if page <= first][-1:]
        marks = [("Index of exhibits", 0), *((name, sheets) for name in begun)]
        marks += [(name, sheets + page - first) for name, page in outline if first < page <= last]
        with part.open_outline() as written:
            written.root.extend(OutlineItem(name, page) for name, page in marks)
        part.Root.Lang = "en-US"
        part.docinfo[pikepdf.Name.Title] = title
        return _saved(part)


def _pages(packet: Pdf, first: int, last: int) -> Pdf:
    part = pikepdf.new()
    part.pages.extend(packet.pages[first : last + 1])
    for page in part.pages:
        _untag(page)
    return part


def _untag(page: pikepdf.Page) -> None:
    for name in _TREE:
        if name in page.obj:
            del page.obj[name]


def _bookmarks(packet: Pdf) -> list[tuple[str, int]]:
    """Return the packet's bookmarks with their pages, from 0."""
    numbers = {page.obj.objgen: number for number, page in enumerate(packet.pages)}
    with packet.open_outline() as outline:
        leads = [(item.title, item.destination) for item in outline.root]
        return [(title, numbers[lead[0].objgen]) for title, lead in leads if isinstance(lead, pikepdf.Array)]


def _saved(pdf: Pdf) -> bytes:
    written = BytesIO()
    pdf.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()
