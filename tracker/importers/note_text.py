"""The text of a note, out of a text file or a PDF. Nothing here looks at scans: a picture of a note has no text."""

from pathlib import PurePath

from tracker.importers.errors import ImportProblem

MAX_TEXT = 2_000_000
_FEWEST_LETTERS_A_PAGE = 20
_PASTE = "Open it, copy the text, and paste it."
_NEW_LINES = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\x00": None, "\ufffe": "-", "\u2028": "\n", "\u2029": "\n"})


def read_note(filename: str, data: bytes) -> str:
    """Return the text of a note from a .txt or .pdf file, with plain line ends.

    A PDF is for a process of its own: it comes from outside and its reader is not Python. Raises ImportProblem.
    """
    if not data.strip():
        raise ImportProblem("File", "The file is empty.", "Choose the note again.")
    if b"%PDF-" in data[:1024]:
        return pdf_text(data)
    if PurePath(filename).suffix.lower() == ".pdf":
        raise ImportProblem("File", "The file is named .pdf but is no PDF.", _PASTE)
    return plain_text(data)


def plain_text(data: bytes) -> str:
    """Return text stored as UTF-8, UTF-16 with a mark, or Windows-1252. Raises ImportProblem for anything else."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _tidy(data.decode("utf-16", errors="replace"))
    if b"\0" in data:
        raise ImportProblem("File", "The file is no text.", "The selected file must be a TXT or PDF.")
    try:
        return _tidy(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _tidy(data.decode("cp1252", errors="replace"))


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
