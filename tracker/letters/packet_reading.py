"""In the child process: reads what people enclose with pdfium, for pictures of its pages and for what to warn of."""

import math
from collections.abc import Sequence
from io import BytesIO
from itertools import islice
from typing import Any

import pypdfium2

from tracker.letters.limited import Answer, Refusal
from tracker.letters.packet_pages import as_pdf

_SIGNS = 60  # how many signs of a page show which way it lies
_MOST_TEXT = 20_000  # signs of a page; a page of type has about 3,000


def read_pages(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """Return each page's text and how far it lies turned (0, 90, 180, 270 degrees clockwise; 0 without text)."""
    with _document(blobs[0]) as document:
        pages = [_read(page) for page in document]
        return Answer({"pages": pages}, ())


def draw_pages(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """Return JPEG pictures of pages ``first`` to ``last`` (from 1), at most ``wide`` by ``high`` pixels."""
    within = arguments["wide"], arguments["high"]
    with _document(blobs[0]) as document:
        numbers = range(arguments["first"] - 1, min(arguments["last"], len(document)))
        return Answer({}, [_picture(document[number], *within) for number in numbers])


def _document(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(as_pdf(content, 0))
    except pypdfium2.PdfiumError:
        raise Refusal("broken", "the PDF is damaged and cannot be read") from None


def _read(page: pypdfium2.PdfPage) -> dict[str, Any]:
    words = page.get_textpage()
    text = words.get_text_bounded()[:_MOST_TEXT]
    return {"text": text, "lies": (_lies(words) + page.get_rotation()) % 360 if text.strip() else 0}


def _lies(words: pypdfium2.PdfTextPage) -> int:
    """Return how most signs of a page stand to its own upright, to the nearest quarter turn clockwise."""
    angles = (pypdfium2.raw.FPDFText_GetCharAngle(words, number) for number in range(words.count_chars()))
    quarters = [round(angle / (math.pi / 2)) % 4 for angle in islice((each for each in angles if each >= 0), _SIGNS)]
    return -90 * max(set(quarters), key=quarters.count) % 360 if quarters else 0


def _picture(page: pypdfium2.PdfPage, wide: int, high: int) -> bytes:
    width, height = page.get_size()
    picture = page.render(scale=min(wide / width, high / height)).to_pil().convert("RGB")
    written = BytesIO()
    picture.save(written, "JPEG", quality=70)
    return written.getvalue()
