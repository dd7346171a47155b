"""The packet: what is in it, in which order, with which labels; what cannot be put in."""

import struct
import zlib
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.letters.reading import bookmarks, page_texts
from tracker.letters import packet_pages
from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.limited import Refusal
from tracker.letters.note_page import NotePage, make_note_page
from tracker.letters.packet import ExhibitFile, count_pages, make_packet
from tracker.letters.pdf import make_pdf
from tracker.letters.problems import PacketProblem
from tracker.letters.remittance_page import make_remittance_page


@pytest.fixture(scope="module")
def letter() -> bytes:
    shown = sample("l01_medical_necessity")
    return make_pdf(draft(templates()["L01"], shown.facts, shown.fields).html)


def _drawn(*contents: bytes, size: tuple[int, int] = (612, 792), rotate: int = 0) -> bytes:
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
    return _saved(pdf)


def _saved(pdf: pikepdf.Pdf, **how) -> bytes:
    written = BytesIO()
    pdf.save(written, **how)
    return written.getvalue()


def _words(text: str, x: int = 100, y: int = 700) -> bytes:
    return f"BT /F 12 Tf {x} {y} Td ({text}) Tj ET".encode()


def _picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (850, 1100), **how) -> bytes:
    written = BytesIO()
    Image.new(mode, size, "white").save(written, kind, **how)
    return written.getvalue()


def test_the_packet_holds_the_letter_and_its_exhibits_in_order_with_labels(letter, necessity):
    remittance = make_remittance_page(necessity)
    note = make_note_page(NotePage("Lakeview Rehab", "Łukasz Nguyễn", "Daily note", "Line one\nLine two"))
    upload = _drawn(_words("plan, first page"), _words("plan, second page"))
    packet = make_packet(
        letter,
        [ExhibitFile("Remittance", remittance), ExhibitFile("Daily note", note), ExhibitFile("Plan of care", upload)],
    )
    texts = page_texts(packet.pdf)
    assert packet.pages == len(texts) == 6
    assert packet.letter_pages == 2
    assert [(each.label, each.title, each.first_page, each.pages) for each in packet.exhibits] == [
        ("Exhibit A", "Remittance", 3, 1),
        ("Exhibit B", "Daily note", 4, 1),
        ("Exhibit C", "Plan of care", 5, 2),
    ]
    for text, words in zip(
        texts,
        ["Dear|Lakeview Rehab", "Sincerely", "Remittance extract", "Line two", "plan, first page", "plan, second page"],
        strict=True,
    ):
        assert words.split("|")[-1] in text
    for text, label in zip(
        texts[2:], ["Exhibit A, 1 of 1", "Exhibit B, 1 of 1", "Exhibit C, 1 of 2", "Exhibit C, 2 of 2"], strict=True
    ):
        assert label in text
    assert all(f"Packet page {number} of 6" in text for number, text in enumerate(texts, start=1))


def test_the_packet_has_bookmarks_a_title_and_a_language(letter):
    packet = make_packet(letter, [ExhibitFile("Plan of care", _drawn(b""))], title="Appeal A-318")
    assert bookmarks(packet.pdf) == ["Letter", "Exhibit A: Plan of care"]
    with pikepdf.open(BytesIO(packet.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "en-US"
        assert str(pdf.docinfo.Title) == "Appeal A-318"
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Appeal A-318"
            assert "pdfuaid:part" not in metadata
        assert pdf.Root.MarkInfo.Marked  # the letter's pages stay tagged


def test_the_letter_alone_is_a_packet_too(letter):
    packet = make_packet(letter, [])
    assert (packet.pages, packet.exhibits) == (2, ())
    assert bookmarks(packet.pdf) == ["Letter"]


def test_the_same_files_give_the_same_bytes(letter):
    exhibits = [ExhibitFile("Plan", _drawn(_words("plan"))), ExhibitFile("Scan", _picture("PNG"))]
    assert make_packet(letter, exhibits).pdf == make_packet(letter, exhibits).pdf


def test_more_than_26_exhibits_go_on_with_two_letters(letter):
    packet = make_packet(letter, [ExhibitFile(f"Page {number}", _drawn(b"")) for number in range(28)])
    assert [each.label for each in packet.exhibits][24:] == ["Exhibit Y", "Exhibit Z", "Exhibit AA", "Exhibit AB"]


@pytest.mark.parametrize(
    "upload",
    [
        _drawn(_words("here", 60, 60), rotate=90),
        _drawn(_words("here", 60, 60), rotate=180),
        _drawn(_words("here", 60, 60), rotate=270),
        _drawn(_words("here", 60, 60), size=(792, 612)),
        _drawn(_words("here", 60, 60), size=(5100, 6600)),
        _drawn(_words("here", 60, 60), size=(200, 100)),
        _drawn(b"q 0.01 0 0 0.01 0 0 cm q q " + _words("here", 6000, 6000)),  # states that are never restored
    ],
    ids=["90", "180", "270", "landscape", "poster", "receipt", "unbalanced"],
)
def test_whatever_the_page_is_like_its_label_stands_upright_at_the_top_right(letter, upload):
    packet = make_packet(letter, [ExhibitFile("Upload", upload)])
    document = pypdfium2.PdfDocument(packet.pdf)
    page = document[2]
    assert sorted(page.get_size()) == [612, 792]
    words = page.get_textpage()
    found = words.search("Exhibit A, 1 of 1")
    start, count = found.get_next()
    left, bottom, _, _ = words.get_charbox(start)
    right_most = words.get_charbox(start + count - 1)[2]
    assert "here" in words.get_text_range()
    assert page.get_height() - 30 < bottom < page.get_height() - 10
    assert page.get_width() / 2 < left < right_most < page.get_width() - 10
    for each in (found, words, page, document):
        each.close()


def test_the_label_never_covers_what_the_page_says(letter):
    full = b"0 0 612 792 re f"
    packet = make_packet(letter, [ExhibitFile("Black page", _drawn(full))])
    document = pypdfium2.PdfDocument(packet.pdf)
    page = document[2]
    picture = page.render(scale=1).to_pil().convert("L")
    band = picture.crop((0, 0, 612, 28))
    assert band.getpixel((300, 5)) == 255
    assert band.getextrema()[0] < 100  # the label is there
    for each in (page, document):
        each.close()


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (_picture("PNG"), 1),
        (_picture("PNG", "RGBA"), 1),
        (_picture("PNG", "P"), 1),
        (_picture("JPEG"), 1),
        (_picture("TIFF", "1"), 1),
        (
            _picture(
                "TIFF", "L", save_all=True, append_images=[Image.new("L", (850, 1100)), Image.new("L", (850, 1100))]
            ),
            3,
        ),
        (_drawn(b"", b""), 2),
    ],
    ids=["png", "png with transparency", "png with palette", "jpeg", "fax", "three-page tiff", "pdf"],
)
def test_pictures_and_pdfs_can_be_enclosed(letter, content, pages):
    assert count_pages("Upload", content) == pages
    assert make_packet(letter, [ExhibitFile("Upload", content)]).pages == 2 + pages


def test_a_photo_held_sideways_comes_upright(letter):
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned by 90 degrees
    packet = make_packet(letter, [ExhibitFile("Photo", _picture("JPEG", size=(400, 300), exif=turned))])
    document = pypdfium2.PdfDocument(packet.pdf)
    page = document[2]
    assert page.get_size() == (612, 792)
    page.close()
    document.close()


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def _locked() -> bytes:
    return _saved(pikepdf.open(BytesIO(_drawn(b""))), encryption=pikepdf.Encryption(owner="o", user="u"))


@pytest.mark.parametrize(
    ("content", "why", "what_to_do"),
    [
        (_locked(), "it is password protected", "Save it without the password and add it again"),
        (_drawn(b"")[:300], "the PDF stops in the middle", "Download or scan it again, then add it here"),
        (b"%PDF-1.7\n%%EOF", "the PDF is damaged and cannot be read", "Open it, print it to a new PDF and add that"),
        (_saved(pikepdf.new()), "the PDF has no pages", "Open it, print it to a new PDF and add that"),
        (b"", "it is no PDF, PNG, JPG or TIF", "Add a PDF, PNG, JPG or TIF"),
        (b"PK\x03\x04 a document", "it is no PDF, PNG, JPG or TIF", "Add a PDF, PNG, JPG or TIF"),
        (
            _picture("PNG")[:200],
            "the picture is damaged and cannot be read",
            "Open it, print it to a new PDF and add that",
        ),
        (
            _png_that_claims(50_000, 50_000),
            "the picture has more than 40 million pixels",
            "Scan it in black and white at 200 dpi and add it again",
        ),
        (
            _png_that_claims(8_000, 8_000),
            "the picture has more than 40 million pixels",
            "Scan it in black and white at 200 dpi and add it again",
        ),
    ],
    ids=["locked", "cut off", "no body", "no pages", "empty", "zip", "cut-off picture", "bomb", "big picture"],
)
def test_what_cannot_be_enclosed_is_named_with_the_reason_and_a_way_out(letter, content, why, what_to_do):
    good = ExhibitFile("Remittance", _drawn(b""))
    with pytest.raises(PacketProblem) as problem:
        make_packet(letter, [good, ExhibitFile("Plan of care", content)])
    assert (problem.value.title, problem.value.why, problem.value.what_to_do) == ("Plan of care", why, what_to_do)
    with pytest.raises(PacketProblem):
        count_pages("Plan of care", content)


def test_a_pdf_locked_only_against_changes_can_be_enclosed(letter):
    locked = _saved(pikepdf.open(BytesIO(_drawn(b""))), encryption=pikepdf.Encryption(owner="o", user=""))
    assert make_packet(letter, [ExhibitFile("Plan", locked)]).pages == 3


def test_what_a_filled_form_shows_is_printed_and_nothing_of_it_runs(letter):
    pdf = pikepdf.open(BytesIO(_drawn(b"")))
    appearance = pdf.make_stream(
        b"/Tx BMC BT /Helv 12 Tf 2 5 Td (REDETERMINATION) Tj ET EMC",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 200, 20],
        Resources=pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                Helv=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        ),
    )
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="level", V="REDETERMINATION",
            F=4, Rect=[100, 600, 300, 620], AP=pikepdf.Dictionary(N=appearance),
        )
    )  # fmt: skip
    pdf.pages[0].obj.Annots = pdf.make_indirect(pikepdf.Array([field]))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('run')")
    pdf.Root.OpenAction = script
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    packet = make_packet(letter, [ExhibitFile("Form", _saved(pdf))])
    assert "REDETERMINATION" in page_texts(packet.pdf)[2]
    with pikepdf.open(BytesIO(packet.pdf)) as opened:
        assert not any(
            isinstance(each, pikepdf.Dictionary) and (pikepdf.Name.JS in each or pikepdf.Name.AA in each)
            for each in opened.objects
        )


def test_a_pdf_with_a_damaged_index_is_repaired(letter):
    whole = _drawn(_words("still here"))
    start = whole.rindex(b"startxref")
    repaired = make_packet(letter, [ExhibitFile("Plan", whole[:start] + b"startxref\n7\n%%EOF\n")])
    assert "still here" in page_texts(repaired.pdf)[2]


def test_too_many_pages_are_refused_with_their_number(letter):
    with pytest.raises(PacketProblem, match="The packet has 1002 pages, at most 1000"):
        make_packet(letter, [ExhibitFile("Whole chart", _drawn(*[b""] * 1000))])


_SMALL = _drawn(_words("a page"), _words("another"))


@given(st.lists(st.tuples(st.integers(0, len(_SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_a_damaged_pdf_is_enclosed_or_refused_and_nothing_else(changes):
    damaged = bytearray(_SMALL)
    for place, value in changes:
        damaged[place] = value
    letter = _drawn(_words("letter"))
    try:
        answer = packet_pages.merge(
            {"labels": ["Exhibit A"], "bookmarks": ["A"], "title": "T"}, [letter, bytes(damaged)]
        )
    except Refusal:
        return
    assert len(page_texts(answer.blobs[0])) == sum(answer.values["pages"])
