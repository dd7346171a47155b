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

from tests.letters.drawing import drawn, picture, saved
from tests.letters.drawing import words as line
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


def test_the_packet_holds_the_letter_and_its_exhibits_in_order_with_labels(letter, necessity):
    remittance = make_remittance_page(necessity)
    note = make_note_page(NotePage("Lakeview Rehab", "Łukasz Nguyễn", "Daily note", "Line one\nLine two"))
    upload = drawn(line("plan, first page"), line("plan, second page"))
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
    packet = make_packet(letter, [ExhibitFile("Plan of care", drawn(b""))], title="Appeal A-318")
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
    exhibits = [ExhibitFile("Plan", drawn(line("plan"))), ExhibitFile("Scan", picture("PNG"))]
    assert make_packet(letter, exhibits).pdf == make_packet(letter, exhibits).pdf


def test_more_than_26_exhibits_go_on_with_two_letters(letter):
    packet = make_packet(letter, [ExhibitFile(f"Page {number}", drawn(b"")) for number in range(28)])
    assert [each.label for each in packet.exhibits][24:] == ["Exhibit Y", "Exhibit Z", "Exhibit AA", "Exhibit AB"]


@pytest.mark.parametrize(
    "upload",
    [
        drawn(line("here", 60, 60), rotate=90),
        drawn(line("here", 60, 60), rotate=180),
        drawn(line("here", 60, 60), rotate=270),
        drawn(line("here", 60, 60), size=(792, 612)),
        drawn(line("here", 60, 60), size=(5100, 6600)),
        drawn(line("here", 60, 60), size=(200, 100)),
        drawn(b"q 0.01 0 0 0.01 0 0 cm q q " + line("here", 6000, 6000)),  # states that are never restored
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
    packet = make_packet(letter, [ExhibitFile("Black page", drawn(full))])
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
        (picture("PNG"), 1),
        (picture("PNG", "RGBA"), 1),
        (picture("PNG", "P"), 1),
        (picture("JPEG"), 1),
        (picture("TIFF", "1"), 1),
        (
            picture(
                "TIFF", "L", save_all=True, append_images=[Image.new("L", (850, 1100)), Image.new("L", (850, 1100))]
            ),
            3,
        ),
        (drawn(b"", b""), 2),
    ],
    ids=["png", "png with transparency", "png with palette", "jpeg", "fax", "three-page tiff", "pdf"],
)
def test_pictures_and_pdfs_can_be_enclosed(letter, content, pages):
    assert count_pages("Upload", content) == pages
    assert make_packet(letter, [ExhibitFile("Upload", content)]).pages == 2 + pages


def test_a_photo_held_sideways_comes_upright(letter):
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned by 90 degrees
    packet = make_packet(letter, [ExhibitFile("Photo", picture("JPEG", size=(400, 300), exif=turned))])
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
    return saved(pikepdf.open(BytesIO(drawn(b""))), encryption=pikepdf.Encryption(owner="o", user="u"))


@pytest.mark.parametrize(
    ("content", "why", "what_to_do"),
    [
        (_locked(), "it is password protected", "Save it without the password and add it again"),
        (drawn(b"")[:300], "the PDF stops in the middle", "Download or scan it again, then add it here"),
        (b"%PDF-1.7\n%%EOF", "the PDF is damaged and cannot be read", "Open it, print it to a new PDF and add that"),
        (saved(pikepdf.new()), "the PDF has no pages", "Open it, print it to a new PDF and add that"),
        (b"", "it is no PDF, PNG, JPG or TIF", "Add a PDF, PNG, JPG or TIF"),
        (b"PK\x03\x04 a document", "it is no PDF, PNG, JPG or TIF", "Add a PDF, PNG, JPG or TIF"),
        (
            picture("PNG")[:200],
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
    good = ExhibitFile("Remittance", drawn(b""))
    with pytest.raises(PacketProblem) as problem:
        make_packet(letter, [good, ExhibitFile("Plan of care", content)])
    assert (problem.value.title, problem.value.why, problem.value.what_to_do) == ("Plan of care", why, what_to_do)
    with pytest.raises(PacketProblem):
        count_pages("Plan of care", content)


def test_a_pdf_locked_only_against_changes_can_be_enclosed(letter):
    locked = saved(pikepdf.open(BytesIO(drawn(b""))), encryption=pikepdf.Encryption(owner="o", user=""))
    assert make_packet(letter, [ExhibitFile("Plan", locked)]).pages == 3


def test_what_a_filled_form_shows_is_printed_and_nothing_of_it_runs(letter):
    pdf = pikepdf.open(BytesIO(drawn(b"")))
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
    packet = make_packet(letter, [ExhibitFile("Form", saved(pdf))])
    assert "REDETERMINATION" in page_texts(packet.pdf)[2]
    with pikepdf.open(BytesIO(packet.pdf)) as opened:
        assert not any(
            isinstance(each, pikepdf.Dictionary) and (pikepdf.Name.JS in each or pikepdf.Name.AA in each)
            for each in opened.objects
        )


def test_a_pdf_with_a_damaged_index_is_repaired(letter):
    whole = drawn(line("still here"))
    start = whole.rindex(b"startxref")
    repaired = make_packet(letter, [ExhibitFile("Plan", whole[:start] + b"startxref\n7\n%%EOF\n")])
    assert "still here" in page_texts(repaired.pdf)[2]


def test_too_many_pages_are_refused_with_their_number(letter):
    with pytest.raises(PacketProblem, match="The packet has 1002 pages, at most 1000"):
        make_packet(letter, [ExhibitFile("Whole chart", drawn(*[b""] * 1000))])


_SMALL = drawn(line("a page"), line("another"))


@given(st.lists(st.tuples(st.integers(0, len(_SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_a_damaged_pdf_is_enclosed_or_refused_and_nothing_else(changes):
    damaged = bytearray(_SMALL)
    for place, value in changes:
        damaged[place] = value
    letter = drawn(line("letter"))
    try:
        answer = packet_pages.merge(
            {
                "labels": ["Exhibit A"], "bookmarks": ["Letter", "A"], "title": "T", "fronts": 1,
                "changes": [{"dropped": [], "turned": {}}],
            },
            [letter, bytes(damaged)],
        )  # fmt: skip
    except Refusal:
        return
    assert len(page_texts(answer.blobs[0])) == sum(answer.values["pages"])


def test_dropped_pages_are_gone_and_the_stamps_count_what_is_left(letter):
    chart = drawn(*(line(f"chart page {number}") for number in range(1, 8)))
    packet = make_packet(letter, [ExhibitFile("Chart", chart, dropped=frozenset({2, 3, 7}))])
    texts = page_texts(packet.pdf)[2:]
    assert len(texts) == 4
    for position, number in enumerate((1, 4, 5, 6), start=1):
        assert f"chart page {number}" in texts[position - 1]
        assert f"Exhibit A, {position} of 4" in texts[position - 1]
    assert packet.exhibits[0].pages == 4
    assert count_pages("Chart", chart) == 7


def test_turned_pages_lie_as_asked_below_an_upright_stamp(letter):
    scan = drawn(line("a page"), line("a page lying wrong", 60, 60), rotate=180)
    packet = make_packet(letter, [ExhibitFile("Scan", scan, turned={2: 180})])
    document = pypdfium2.PdfDocument(packet.pdf)
    heights = []
    for number, written in ((2, "a page"), (3, "a page lying wrong")):
        page = document[number]
        text = page.get_textpage()
        found = text.search(written)
        heights.append(text.get_charbox(found.get_next()[0])[1])
        for each in (found, text, page):
            each.close()
    document.close()
    # The first page lies upside down, as it came; the second is upright again, its line near the bottom.
    assert heights[0] < 150
    assert 50 < heights[1] < 150


def test_an_exhibit_of_which_every_page_is_dropped_is_refused(letter):
    with pytest.raises(PacketProblem, match=r"Scan: every page is dropped\. Leave the exhibit out"):
        make_packet(letter, [ExhibitFile("Scan", drawn(b""), dropped=frozenset({1}))])


def test_the_index_stands_after_the_letter_and_names_every_exhibit_with_its_pages(letter):
    exhibits = [
        ExhibitFile("Remittance extract", drawn(b"")),
        ExhibitFile("Nguyễn's plan of care", drawn(*[b""] * 4), dropped=frozenset({4})),
    ]
    packet = make_packet(letter, exhibits, title="Appeal A-318", practice="Lakeview Rehab")
    texts = page_texts(packet.pdf)
    assert "Appeal A-318: index of exhibits" in texts[2]
    assert "Exhibit A Remittance extract 4" in texts[2]
    assert "Exhibit B Nguyễn's plan of care 5 to 7" in texts[2]
    assert "Exhibit B, 1 of 3" in texts[4]
    assert bookmarks(packet.pdf) == [
        "Letter", "Index of exhibits", "Exhibit A: Remittance extract", "Exhibit B: Nguyễn's plan of care",
    ]  # fmt: skip
    assert [(each.first_page, each.pages) for each in packet.exhibits] == [(4, 1), (5, 3)]


def test_an_index_of_two_pages_counts_them_both(letter):
    exhibits = [ExhibitFile(f"Paper number {number} " + "of the chart " * 8, drawn(b"")) for number in range(30)]
    packet = make_packet(letter, exhibits, practice="Lakeview Rehab")
    texts = page_texts(packet.pdf)
    assert "Exhibit A, 1 of 1" in texts[packet.exhibits[0].first_page - 1]
    assert packet.exhibits[0].first_page == 5
    assert "Exhibit A Paper number 0" in texts[2]
