import io

import pikepdf
import pytest
from weasyprint import HTML

from tracker.importers.errors import ImportProblem
from tracker.importers.note_text import read_note

NOTE = "Therapeutic exercise 24 minutes.\nManual therapy to left shoulder, 15 minutes.\nPlan: continue 2x/week."


def pdf(body: str) -> bytes:
    return HTML(string=f"<html lang='en'><title>Note</title><body>{body}</body></html>").write_pdf()


def test_text_keeps_its_lines_in_utf_8_and_windows_1252():
    assert read_note("visit.txt", NOTE.encode()) == NOTE
    assert (
        read_note("visit.txt", "ROM 90° – patient’s shoulder\r\nok".encode("cp1252"))
        == "ROM 90° – patient’s shoulder\nok"
    )
    assert read_note("visit.txt", b"\xef\xbb\xbfMarked") == "Marked"


def test_a_pdf_gives_its_text_page_by_page():
    data = pdf("<p>Therapeutic exercise 24 minutes</p><p style='page-break-before: always'>Second page of the note</p>")
    text = read_note("visit.pdf", data)
    assert "Therapeutic exercise 24 minutes" in text
    assert text.index("24 minutes") < text.index("Second page")


def test_a_pdf_without_text_is_said_to_be_a_picture():
    with pytest.raises(ImportProblem, match="a picture of a note"):
        read_note("scan.pdf", pdf("<svg width='200' height='200'><rect width='90' height='90'/></svg>"))


def test_a_locked_pdf_asks_for_a_copy_without_password():
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("<p>Therapeutic exercise 24 minutes</p>"))) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    with pytest.raises(ImportProblem, match="password protected"):
        read_note("locked.pdf", locked.getvalue())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("note.pdf", b"%PDF-1.7 broken"),
        ("note.pdf", b"plain words"),
        ("a.txt", b""),
        ("a.txt", b"a\0b"),
        ("a.docx", b"plain words"),
        ("a", b"plain words"),
    ],
)
def test_a_broken_file_is_refused(name, data):
    with pytest.raises(ImportProblem):
        read_note(name, data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x81" * 90, "is a picture \\(PNG\\)"),
        (b"\xff\xd8\xff\xe1" + b"Exif" * 90, "is a picture \\(JPG\\)"),
        (b"PK\x03\x04" + b"word/document.xml" * 9, "is a ZIP archive or an Office document"),
        (b"{\\rtf1\\ansi Ther ex}", "is a text document \\(RTF\\)"),
        (b"%PDF-1.7 and more", "named .txt but is a PDF"),
        (b"Ther ex" + bytes(range(1, 9)) * 20, "no text"),
        (b"\xff\xfe" + b"\x00\xd8" * 50, "no text"),
    ],
)
def test_a_text_file_that_holds_something_else_is_refused_by_what_it_is(data, what):
    with pytest.raises(ImportProblem, match=what) as refused:
        read_note("visit.txt", data)
    assert refused.value.what_to_do


def test_a_stray_control_sign_of_a_printer_makes_no_text_a_binary():
    assert read_note("visit.txt", f"\x02{NOTE}\x0c\x03".encode()).strip("\x02\x03\n") == NOTE
    assert read_note("visit.txt", b"MZ, 61, comes for her knee.") == "MZ, 61, comes for her knee."
