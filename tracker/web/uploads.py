"""Files out of forms: a note's text, pasted or of the chosen file; papers to keep or to enclose; a picture for letters."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from flask import g
from werkzeug.datastructures import FileStorage

from tracker.domain.protection import Protection
from tracker.importers.errors import ImportProblem
from tracker.letters.packet import count_pages
from tracker.letters.pictures import MAX_BYTES, Room, tidy_picture
from tracker.letters.problems import LetterProblem
from tracker.models import Practice
from tracker.services.added_files import AddedFile, name_fits
from tracker.services.import_batches import Refusal, Upload
from tracker.services.note_files import read_note_file
from tracker.services.notes import NewNote, NoteError
from tracker.services.storage import NoRoom, require_room
from tracker.services.virus_scan import ScanRefused, scan
from tracker.web.forms.letters import ExhibitForm
from tracker.web.forms.notes import NoteForm
from tracker.web.forms.signing import LogoForm, SignaturePictureForm
from tracker.web.request import settings


class UploadProblem(Exception):  # noqa: N818  # something to choose anew, not a fault
    """Raised for a file that cannot be taken; the message says why and what to do."""


def note_from(form: NoteForm, practice_id: int) -> NewNote:
    """Return the note a person pasted or uploaded for a practice; pasted text wins over a file.

    Raises NoteError saying why a file cannot be taken.
    """
    text = form.text.data or ""
    upload = form.file.data
    if not text.strip() and isinstance(upload, FileStorage) and upload.filename:
        text = form.text.data = _read(upload, practice_id)  # shown again when something else has to be mended
    protection = form.protection.data or (Protection.ORDINARY if form.ordinary.data else "")
    return NewNote(
        text, form.service_date.data, form.kind.data, form.discipline.data, form.author.data, protection=protection
    )


def content_of(upload: FileStorage, practice_id: int) -> bytes:
    """Return the bytes of a file for a practice, looked at for viruses. Raises UploadProblem for one not to keep."""
    most = settings().max_upload_mb
    content: bytes = upload.stream.read(most * 1_000_000 + 1)
    if len(content) > most * 1_000_000:
        raise UploadProblem(f"The selected file must be smaller than {most} MB")
    try:
        require_room(g.session, g.session.get_one(Practice, practice_id), len(content), settings().practice_mb)
        scan(settings().clamd, BytesIO(content))
    except (NoRoom, ScanRefused) as problem:
        raise UploadProblem(str(problem)) from None
    return content


def _read(upload: FileStorage, practice_id: int) -> str:
    try:
        content = content_of(upload, practice_id)
    except UploadProblem as problem:
        raise NoteError(str(problem)) from None
    try:
        return read_note_file(upload.filename or "", content)
    except ImportProblem as problem:
        raise NoteError(f"{problem.why} {problem.what_to_do}".strip()) from None


class Scanned(NamedTuple):
    """Files to import after the virus scan: those that may be read, one after the other, and those refused."""

    uploads: Iterator[Upload]
    refused: tuple[Refusal, ...]


def scanned(files: Iterable[FileStorage]) -> Scanned:
    """Return the files a person sent to import, each looked at for viruses before any is read."""
    clean, refused = list[FileStorage](), list[Refusal]()
    for file in files:
        try:
            scan(settings().clamd, file.stream)
            clean.append(file)
        except ScanRefused as problem:
            refused.append(Refusal(_name_of(file), ImportProblem("File", f"{problem}.", "")))
    return Scanned((Upload(_name_of(file), file.read()) for file in clean), tuple(refused))


def _name_of(file: FileStorage) -> str:
    return PurePosixPath(file.filename or "").name


def picture_from(form: LogoForm | SignaturePictureForm, room: Room) -> bytes | None:
    """Return the picture a person chose, drawn anew in a process of its own; None with the field's error as the reason."""
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        form.file.errors = ["Choose a picture"]
        return None
    content = upload.stream.read(MAX_BYTES + 1)
    try:
        scan(settings().clamd, BytesIO(content))
        tidy = tidy_picture(content, room)
    except (LetterProblem, ScanRefused) as problem:
        form.file.errors = [f"{problem}"]
        return None
    if not name_fits(upload.filename, content):
        form.file.errors = ["The file's name must end as what is in it: .png or .jpg. Save it anew"]
        return None
    return tidy


def paper_from(upload: Any, title: str, practice_id: int) -> AddedFile | None:
    """Return the PDF or picture a person chose for a practice, checked in a process of its own; None without one.

    Raises UploadProblem for one that is too big, broken, locked or of another kind, has no room, or holds a virus.
    """
    if not isinstance(upload, FileStorage) or not upload.filename:
        return None
    content = content_of(upload, practice_id)
    try:
        paper = AddedFile.of(title, content, count_pages(title, content))
    except LetterProblem as problem:
        raise UploadProblem(str(problem)) from None
    if not name_fits(upload.filename, content):
        raise UploadProblem("The file's name must end as what is in it: .pdf, .png, .jpg or .tif. Save it anew")
    return paper


def exhibit_from(form: ExhibitForm, practice_id: int) -> AddedFile | None:
    """Return the paper a person adds; None with the reason as the field's error."""
    try:
        paper = paper_from(form.file.data, form.title.data, practice_id)
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
        return None
    if paper is None:
        form.file.errors = ["Choose a file"]
    return paper
