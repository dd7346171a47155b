"""Draws small PDF files and pictures, for tests."""

from io import BytesIO

import pikepdf
from PIL import Image


def drawn(*contents: bytes, size: tuple[int, int] = (612, 792), rotate: int = 0) -> bytes:
    """A PDF with one page for each content stream."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for content in contents:
        page = pdf.add_blank_page(page_size=size)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.contents_add(content)
        page.obj.Rotate = rotate
    return saved(pdf)


def saved(pdf: pikepdf.Pdf, **how) -> bytes:
    written = BytesIO()
    pdf.save(written, **how)
    return written.getvalue()


def words(text: str, x: int = 100, y: int = 700) -> bytes:
    """A content stream that writes a line."""
    return f"BT /F 12 Tf {x} {y} Td ({text}) Tj ET".encode()


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (850, 1100), **how) -> bytes:
    written = BytesIO()
    Image.new(mode, size, "white").save(written, kind, **how)
    return written.getvalue()
