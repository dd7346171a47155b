"""In the child process: opens what people enclose, and draws it page by page into the packet.

Every page of an exhibit is drawn onto a fresh letter-size page below a band with its label. So nothing of the
enclosure but its picture comes along (no scripts, links, forms), its content is never covered, and odd page boxes,
rotations or unbalanced graphics states cannot move the label.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, OutlineItem, Page, Pdf, Rectangle
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from tracker.letters.limited import Answer, Refusal

MAX_PAGES = 1000
MAX_PIXELS = 40_000_000
_LETTER = (612, 792)
_MARGIN, _BAND = 18, 30
_ROOM = (_LETTER[0] - 2 * _MARGIN, _LETTER[1] - _BAND - _MARGIN)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_DAMAGED = (pikepdf.PdfError, pikepdf.QpdfRuntimeError)
_STAMP_FONT, _PICTURE = Name("/PacketStamp"), Name("/ExhibitPage")  # fixed, so that the bytes are always the same


def count(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """Return how many pages each enclosure makes. Raises Refusal with the blob's position."""
    counts = []
    for about, blob in enumerate(blobs):
        with _open(blob, about) as pdf:
            counts.append(len(pdf.pages))
    return Answer({"pages": counts}, ())


def merge(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """Return the packet of the letter (first blob) and its exhibits. Raises Refusal with the blob's position.

    ``fronts`` is how many blobs stand in front without a label: the letter, and the index if there is one.
    """
    labels: list[str] = arguments["labels"]
    fronts: int = arguments["fronts"]
    with _open(blobs[0], 0) as packet:
        counts = [len(packet.pages)]
        sources = []
        for about, blob in enumerate(blobs[1:], start=1):
            source = _open(blob, about)
            sources.append(source)  # their streams are read when the packet is saved
            before = len(packet.pages)
            if about < fronts:
                packet.pages.extend(source.pages)
            else:
                position = about - fronts
                _add_exhibit(packet, source, labels[position], arguments["changes"][position], about)
            counts.append(len(packet.pages) - before)
        if len(packet.pages) > MAX_PAGES:
            raise Refusal("too_long", f"The packet has {len(packet.pages)} pages, at most {MAX_PAGES}", len(blobs) - 1)
        _number_pages(packet, letter_pages=sum(counts[:fronts]))
        _add_bookmarks(packet, arguments["bookmarks"], counts)
        _describe(packet, arguments["title"])
        written = BytesIO()
        packet.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        for source in sources:
            source.close()
        return Answer({"pages": counts}, (written.getvalue(),))


def as_pdf(content: bytes, about: int) -> bytes:
    """Return an enclosure as a PDF: pictures are made one. Raises Refusal for anything else."""
    if content.startswith(_PICTURES):
        content = _picture_as_pdf(content, about)
    if b"%PDF-" not in content[:1024]:
        raise Refusal("type", "it is no PDF, PNG, JPG or TIF", about)
    if b"%%EOF" not in content[-2048:]:
        # Repair would find the pages before the break and lose the rest without a word.
        raise Refusal("cut_off", "the PDF stops in the middle", about)
    return content


def _open(content: bytes, about: int) -> Pdf:
    content = as_pdf(content, about)
    try:
        pdf = Pdf.open(BytesIO(content))
        pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise Refusal("locked", "it is password protected", about) from None
    except _DAMAGED:
        raise Refusal("broken", "the PDF is damaged and cannot be read", about) from None
    if pages == 0:
        raise Refusal("broken", "the PDF has no pages", about)
    return pdf


def _picture_as_pdf(content: bytes, about: int) -> bytes:
    """Return a picture as a PDF of one page for each of its pages, upright as the camera held it."""
    written = BytesIO()
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint allows them: half a page of evidence must not pass unseen
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_many_pixels(about)
            several = getattr(picture, "n_frames", 1) > 1
            upright = picture if several else ImageOps.exif_transpose(picture)
            # As many dots an inch as make the picture fill the page, 72 at least.
            dots = max(upright.width / _ROOM[0], upright.height / _ROOM[1], 1) * 72
            upright.save(written, "PDF", save_all=several, resolution=dots)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refusal("broken", "the picture is damaged and cannot be read", about) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels(about) from None
    return written.getvalue()


def _too_many_pixels(about: int) -> Refusal:
    return Refusal("too_big", f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels", about)


def _add_exhibit(packet: Pdf, source: Pdf, label: str, change: dict[str, Any], about: int) -> None:
    """Add the pages that are not dropped, turned as asked; ``turned`` has page numbers as text, as JSON keeps them."""
    dropped, turned = set(change["dropped"]), change["turned"]
    try:
        source.generate_appearance_streams()
        source.flatten_annotations("print")
        kept = [(number, page) for number, page in enumerate(source.pages, start=1) if number not in dropped]
        for position, (number, page) in enumerate(kept, start=1):
            if angle := turned.get(str(number)):
                page.rotate(angle, relative=True)
            _draw(packet, page, f"{label}, {position} of {len(kept)}")
    except (*_DAMAGED, TypeError, ValueError):
        # Pages that the file lists and does not hold, boxes that are no boxes: qpdf's repair finds them only here.
        raise Refusal("broken", "the PDF is damaged and cannot be read", about) from None
    if not kept:
        raise Refusal("empty", "every page is dropped", about)


def _draw(packet: Pdf, page: Page, stamp: str) -> None:
    width, height = _LETTER if _is_upright(page) else _LETTER[::-1]
    new = packet.add_blank_page(page_size=(width, height))
    room = Rectangle(_MARGIN, _MARGIN, width - _MARGIN, height - _BAND)
    form = packet.copy_foreign(page.as_form_xobject())
    new.add_resource(form, Name.XObject, _PICTURE)
    new.contents_add(new.calc_form_xobject_placement(form, _PICTURE, room))
    _stamp(packet, new, right=stamp)


def _is_upright(page: Page) -> bool:
    left, bottom, right, top = (float(each) for each in page.trimbox)
    turned = int(page.obj.get(Name.Rotate, 0)) % 180 == 90  # a quarter turn
    return (abs(top - bottom) >= abs(right - left)) != turned


def _number_pages(packet: Pdf, letter_pages: int) -> None:
    total = len(packet.pages)
    for number, page in enumerate(packet.pages, start=1):
        text = f"Packet page {number} of {total}"
        _stamp(packet, page, **({"right": text} if number <= letter_pages else {"left": text}))


def _stamp(packet: Pdf, page: Page, *, left: str = "", right: str = "") -> None:
    """Draw our own words (plain ASCII) into the band at the top; marked as an artifact, not as content."""
    _, _, width, height = (float(each) for each in page.mediabox)
    text = left or right
    x = _MARGIN if left else width - _MARGIN - len(text) * 4.9  # Helvetica 9 pt: about 4.9 pt a character at most
    page.add_resource(_stamp_font(packet), Name.Font, _STAMP_FONT)
    drawing = f"Q /Artifact BMC q BT {_STAMP_FONT} 9 Tf 0 g {x:.1f} {height - 20:.1f} Td ({text}) Tj ET Q EMC\n"
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(drawing.encode("ascii"))


def _stamp_font(packet: Pdf) -> pikepdf.Object:
    if Name.PacketStampFont not in packet.Root:
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"), Encoding=Name.WinAnsiEncoding
        )
        packet.Root.PacketStampFont = packet.make_indirect(font)
    return packet.Root.PacketStampFont


def _add_bookmarks(packet: Pdf, names: Sequence[str], counts: Sequence[int]) -> None:
    first = 0
    with packet.open_outline() as outline:
        outline.root.clear()
        for name, pages in zip(names, counts, strict=True):
            outline.root.append(OutlineItem(name, first))
            first += pages


def _describe(packet: Pdf, title: str) -> None:
    """Set title and language; the claim to be PDF/UA goes, since enclosures are pictures without tags."""
    packet.Root.Lang = "en-US"
    packet.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with packet.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title
        metadata.pop("pdfuaid:part", None)
    packet.docinfo[Name.Title] = title
