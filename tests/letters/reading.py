"""Reads PDF files back, for tests."""

import re
from io import BytesIO

import page
import pikepdf
import pypdfium2


def page_texts(pdf: bytes) -> list[str]:
    """Each page's text with single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    texts = []
    for leaf in document:
        words = leaf.get_textpage()
        texts.append(" ".join(words.get_text_range().split()))
        words.close()
        leaf.close()
    document.close()
    return texts


def text_of(pdf: bytes) -> str:
    return " ".join(page_texts(pdf))


def signs_of(text: str) -> str:
    """The text without white space and without hyphens, where a line's end may have changed them."""
    return re.sub(r"[\s\x02\ufffe-]", "", text)


def accessibility_failures(pdf: bytes) -> list[str]:
    """What keeps a PDF from being PDF/UA-1, rule by rule."""
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def bookmarks(pdf: bytes) -> list[str]:
    with pikepdf.open(BytesIO(pdf)) as opened, opened.open_outline() as outline:
        return [item.title for item in outline.root]
