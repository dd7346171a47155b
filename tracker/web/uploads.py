"""Files out of forms: a note's text, pasted or of the chosen file; a paper to enclose."""

from werkzeug.datastructures import FileStorage

from tracker.importers.errors import ImportProblem
from tracker.letters.packet import count_pages
from tracker.letters.problems import LetterProblem
from tracker.services.letter_drafts import AddedFile
from tracker.services.note_files import read_note_file
from tracker.services.notes import NewNote, NoteError
from tracker.web.forms.letters import ExhibitForm
from tracker.web.forms.notes import NoteForm
from tracker.web.request import settings


def note_from(form: NoteForm) -> NewNote:
    """Return the note a person pasted or uploaded; pasted text wins over a file.

    Raises NoteError saying why a file cannot be taken.
    """
    text = form.text.data or ""
    upload = form.file.data
    if not text.strip() and isinstance(upload, FileStorage) and upload.filename:
        text = _read(upload)
    return NewNote(text, form.service_date.data, form.kind.data, form.discipline.data, form.author.data)


def _read(upload: FileStorage) -> str:
    most = settings().max_upload_mb
    content = upload.stream.read(most * 1_000_000 + 1)
    if len(content) > most * 1_000_000:
        raise NoteError(f"The selected file must be smaller than {most} MB")
    try:
        return read_note_file(upload.filename or "", content)
    except ImportProblem as problem:
        raise NoteError(f"{problem.why} {problem.what_to_do}".strip()) from None


def exhibit_from(form: ExhibitForm) -> AddedFile | None:
    """Return the paper a person adds, checked in a process of its own; None with the reason as the field's error."""
    upload, most = form.file.data, settings().max_upload_mb
    if not isinstance(upload, FileStorage) or not upload.filename:
        form.file.errors = ["Choose a file"]
        return None
    content = upload.stream.read(most * 1_000_000 + 1)
    if len(content) > most * 1_000_000:
        form.file.errors = [f"The selected file must be smaller than {most} MB"]
        return None
    try:
        pages = count_pages(form.title.data, content)
    except LetterProblem as problem:
        form.file.errors = [f"{problem}"]
        return None
    return AddedFile.of(form.title.data, content, pages)
