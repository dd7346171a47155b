import pytest

from tests import build
from tracker.importers.errors import ImportProblem
from tracker.letters.note_page import NotePage, make_note_page
from tracker.services import note_files
from tracker.services.note_files import read_note_file


def test_a_text_file_is_read():
    assert read_note_file("note.txt", "S: café ok\r\nO: 97110 × 22 min".encode()) == "S: café ok\nO: 97110 × 22 min"


def test_a_pdf_is_read():
    pdf = make_note_page(NotePage("Eastside PT", "Nora Quill", "Daily note", "Ther ex x 22 min", build.VISIT))
    assert "Ther ex x 22 min" in read_note_file("note.pdf", pdf)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("note.pdf", b"%PDF-1.7 cut off", "damaged"),
        ("note.pdf", b"plain words", "no PDF"),
        ("note.txt", b"", "empty"),
        ("note.txt", b"\x00\x01\x02", "no text"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(name, content, why):
    with pytest.raises(ImportProblem, match=why) as refused:
        read_note_file(name, content)
    assert refused.value.what_to_do


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(note_files, "WALL_SECONDS", 0.001)
    with pytest.raises(ImportProblem, match="time and memory"):
        read_note_file("note.txt", b"Ther ex")
