"""Pictures in letters: drawn anew from what was uploaded, shown with words, the same bytes again."""

import struct
import zlib
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from tests.letters.drawing import picture
from tests.letters.reading import accessibility_failures, text_of
from tracker.letters.catalog import templates
from tracker.letters.draft import draft
from tracker.letters.facts import SignerFacts
from tracker.letters.pdf import make_pdf
from tracker.letters.pictures import LOGO, MAX_BYTES, SIGNATURE, hash_in, hash_of, name_of, tidy_picture
from tracker.letters.problems import PdfFailed, PictureProblem


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def saved(image: Image.Image, kind: str, **how) -> bytes:
    written = BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be this large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_becomes_a_png_of_our_own_that_fits(kind):
    made = opened(tidy_picture(picture(kind, size=(3000, 1500)), LOGO))
    assert (made.format, made.mode) == ("PNG", "RGB")
    assert made.width <= LOGO.width
    assert made.height <= LOGO.height
    assert made.width == 2 * made.height


def test_what_is_transparent_becomes_white_paper():
    ink = Image.new("RGBA", (60, 20), (0, 0, 0, 0))
    ink.putpixel((5, 5), (0, 0, 0, 255))
    made = opened(tidy_picture(saved(ink, "PNG"), SIGNATURE))
    assert made.getpixel((0, 0)) == (255, 255, 255)
    assert made.getpixel((5, 5)) == (0, 0, 0)


def test_a_photograph_stands_upright_and_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010E] = "taken at home"
    made = tidy_picture(saved(Image.new("RGB", (80, 40), "white"), "JPEG", exif=exif.tobytes()), LOGO)
    assert opened(made).size == (40, 80)
    assert b"taken at home" not in made


def test_the_same_picture_gives_the_same_bytes():
    content = picture("JPEG")
    assert tidy_picture(content, LOGO) == tidy_picture(content, LOGO)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 no picture", "no PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG or JPEG"),
        (picture("GIF"), "no PNG or JPEG"),
        (picture("TIFF", size=(20, 20)), "no PNG or JPEG"),
        (b"", "no PNG or JPEG"),
        (b"\xff\xd8\xff" + b"x" * MAX_BYTES, "larger than 2 MB"),
        (b"\x89PNG\r\n\x1a\n" + b"rubbish" * 9, "damaged"),
        (picture("PNG")[:-40], "damaged"),
        (picture("JPEG")[:-40], "damaged"),
        (png_that_says(9000, 9000), "million pixels"),
        (png_that_says(60_000, 60_000), "million pixels"),
    ],
)
def test_what_is_no_sound_picture_is_refused_in_words(content, words):
    with pytest.raises(PictureProblem, match=words):
        tidy_picture(content, LOGO)


def test_a_name_gives_its_hash_back_and_nothing_else_does():
    assert hash_in(name_of("a" * 64)) == "a" * 64
    assert [hash_in(name) for name in ("", "letter.css", "a.png", "G" * 64 + ".png", "../" + "a" * 61 + ".png")] == [
        ""
    ] * 5
    assert name_of("") == ""


@pytest.fixture
def shown(necessity):
    """A letter under a letterhead, signed with a picture, and its pictures."""
    logo, ink = (
        tidy_picture(picture("PNG", size=(400, 200)), LOGO),
        tidy_picture(picture("JPEG", size=(300, 90)), SIGNATURE),
    )
    names = name_of(hash_of(logo)), name_of(hash_of(ink))
    facts = replace(
        necessity,
        practice=replace(necessity.practice, logo=names[0], logo_words="Logo of Eastside PT"),
        signer=SignerFacts("Dana Whitfield", "Director", necessity.letter_date, "PT, DPT", "Alice Poe", names[1]),
    )
    letter = draft(templates()["L01"], facts, {"rule": "The rule.", "skilled_need": "As quoted."})
    return letter, dict(zip(names, (logo, ink), strict=True))


def alternatives(pdf: bytes) -> set[str]:
    """The words that stand for the figures of a PDF."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return {
            str(each.Alt)
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        }


def test_logo_and_signature_are_in_the_pdf_with_words_for_who_hears_it(shown):
    letter, pictures = shown
    pdf = make_pdf(letter.html, pictures=pictures)
    assert alternatives(pdf) == {"Logo of Eastside PT", "Signature of Alice Poe"}
    assert accessibility_failures(pdf) == []
    words = text_of(pdf)
    assert "Signed electronically by Alice Poe for Dana Whitfield on" in words
    assert "Dana Whitfield, PT, DPT" in words


def test_the_same_letter_with_its_pictures_gives_the_same_bytes(shown):
    letter, pictures = shown
    assert make_pdf(letter.html, pictures=pictures) == make_pdf(letter.html, pictures=pictures)


def test_a_picture_that_is_not_handed_over_is_loaded_from_nowhere(shown):
    letter, pictures = shown
    with pytest.raises(PdfFailed, match="may load nothing"):
        make_pdf(letter.html, pictures=dict(list(pictures.items())[:1]))


def test_a_logo_without_words_keeps_the_letter_from_being_signed(necessity):
    facts = replace(necessity, practice=replace(necessity.practice, logo=name_of("a" * 64)))
    gaps = draft(templates()["L01"], facts, {"rule": "The rule."}).gaps
    assert "Say what the practice's logo shows, in Settings under Letterhead" in [gap.message for gap in gaps]
