"""The text of a note, out of a text file, a PDF, a C-CDA document or FHIR. A picture of a note has no text."""

import re
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from tracker.importers.ccda import read_ccda
from tracker.importers.document_note import DocumentNote
from tracker.importers.errors import ImportProblem
from tracker.importers.fhir_notes import FhirNote, html_text, read_fhir, read_fhir_notes

MAX_TEXT = 2_000_000
_FEWEST_LETTERS_A_PAGE = 20
_PASTE = "Open it, copy the text, and paste it."
_MUST_BE = "The selected file must be a TXT or PDF."
# What other files begin with: their bytes would pass for Windows-1252, where nearly every byte is a letter.
_NO_TEXT = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIF)"),
    (b"MM\x00*", "a picture (TIF)"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a compressed (gzip) file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a text document (RTF)"),
)
# Control signs other than white space, and what could not be decoded: more than a few, and one in a hundred, is no text.
_STRANGE = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f\ufffd]")
_FEW = 4
_NEW_LINES = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\x00": None, "\ufffe": "-", "\u2028": "\n", "\u2029": "\n"})


def read_note(filename: str, data: bytes) -> str:
    """Return the text of a note from a .txt, .pdf, .xml (C-CDA) or .json (FHIR) file, with plain line ends.

    A PDF is for a process of its own: it comes from outside and its reader is not Python. Raises ImportProblem.
    """
    if not data.strip():
        raise ImportProblem("File", "The file is empty.", "Choose the note again.")
    ending, is_pdf = PurePath(filename).suffix.lower(), b"%PDF-" in data[:1024]
    if ending not in {".txt", ".pdf", ".xml", ".json"}:
        raise ImportProblem("File", "The file's name must end in .txt, .pdf, .xml or .json.", _PASTE)
    if is_pdf and ending != ".pdf":
        raise ImportProblem(
            "File", f"The file is named {ending} but is a PDF.", "Save it anew as .pdf and choose that."
        )
    if ending == ".pdf" and not is_pdf:
        raise ImportProblem("File", "The file is named .pdf but is no PDF.", _PASTE)
    if is_pdf:
        return pdf_text(data)
    if ending == ".xml":
        return _of_ccda(data)
    return _of_fhir(data) if ending == ".json" else plain_text(data)


def _of_ccda(data: bytes) -> str:
    found = read_ccda(data)
    if isinstance(found, DocumentNote):
        return _tidy(found.as_text())
    note, inside = found
    return _with_facts(note, pdf_text(inside) if b"%PDF-" in inside[:1024] else plain_text(inside))


def _of_fhir(data: bytes) -> str:
    return _fhir_text(read_fhir(data))


def _fhir_text(found: FhirNote) -> str:
    note, kind, content, _ = found
    if kind == "application/pdf":
        return _with_facts(note, pdf_text(content))
    if kind.endswith("xml"):
        return _of_ccda(content)
    text = plain_text(content)
    return _with_facts(note, html_text(text) if kind == "text/html" else text)


class FoundNote(NamedTuple):
    """A note found in a document: what is said of it, and its text, or why there is none."""

    about: DocumentNote
    text: str
    problem: str = ""


def read_document(filename: str, data: bytes) -> list[FoundNote]:
    """Return every note of a C-CDA (.xml) or FHIR (.json) file, in its order.

    For a process of its own: a PDF can be inside. Raises ImportProblem for another file, or one without any note.
    """
    ending = PurePath(filename).suffix.lower()
    if ending == ".xml":
        found = read_ccda(data)
        return [FoundNote(found if isinstance(found, DocumentNote) else found[0], _of_ccda(data))]
    if ending != ".json":
        raise ImportProblem("File", "The file's name must end in .xml (C-CDA) or .json (FHIR).", "Choose another file.")
    return [_found(one) for one in read_fhir_notes(data)]


def _found(one: FhirNote) -> FoundNote:
    if one.problem is not None:
        return FoundNote(one.about, "", one.problem.why)
    try:
        return FoundNote(_said_inside(one), _fhir_text(one))
    except ImportProblem as problem:
        return FoundNote(one.about, "", problem.why)


def _said_inside(one: FhirNote) -> DocumentNote:
    """Return what is said of a note; what the resource leaves open, a clinical document inside it may say."""
    if not one.kind.endswith("xml"):
        return one.about
    inside = read_ccda(one.content)
    told = inside if isinstance(inside, DocumentNote) else inside[0]
    mine = one.about
    return DocumentNote(
        mine.last_name or told.last_name, mine.first_name or told.first_name, mine.birth_date or told.birth_date,
        mine.visit_date or told.visit_date, mine.author or told.author, (), mine.title or told.title,
    )  # fmt: skip


def _with_facts(note: DocumentNote, text: str) -> str:
    return _tidy(replace(note, sections=(("", text),)).as_text())


def plain_text(data: bytes) -> str:
    """Return text stored as UTF-8, UTF-16 with a mark, or Windows-1252. Raises ImportProblem for anything else."""
    for beginning, name in _NO_TEXT:
        if data.startswith(beginning):
            raise ImportProblem("File", f"The file is named as a text but is {name}.", _MUST_BE)
    text = _decoded(data)
    if len(_STRANGE.findall(text)) > max(_FEW, len(text) // 100):
        raise ImportProblem("File", "The file is no text.", _MUST_BE)
    return _tidy(text)


def _decoded(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise ImportProblem("File", "The file is no text.", _MUST_BE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def pdf_text(data: bytes) -> str:
    """Return the text of all pages of a PDF, a blank line between pages.

    Raises ImportProblem when it is locked, broken, or a scan (fewer than 20 characters a page).
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(data) as document:
            pages = [_page_text(document, number) for number in range(len(document))]
    except PdfiumError as error:
        raise _unreadable(error) from None
    text = _tidy("\n\n".join(pages))
    if sum(not letter.isspace() for letter in text) < _FEWEST_LETTERS_A_PAGE * max(len(pages), 1):
        raise ImportProblem("File", "This PDF is a picture of a note: it holds no text.", "Type or paste the text.")
    return text


def _page_text(document: object, number: int) -> str:
    page = document[number]  # type: ignore[index]  # pypdfium2 has no types
    textpage = page.get_textpage()
    try:
        return str(textpage.get_text_bounded())
    finally:
        textpage.close()
        page.close()


def _unreadable(error: Exception) -> ImportProblem:
    if "password" in str(error).lower():
        what = "Save it without the password and add it again."
        return ImportProblem("File", "The selected file is password protected.", what)
    return ImportProblem("File", "This PDF is damaged and cannot be opened.", _PASTE)


def _tidy(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ImportProblem("File", f"The note is longer than {MAX_TEXT:,} characters.", "Add the visit's own note.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NEW_LINES)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
