"""Notes out of documents of an EMR (C-CDA, FHIR): bring a file, look over what is in it, keep the notes chosen."""

from pathlib import PurePath

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.importers.errors import ImportProblem
from tracker.importers.typed import DateError, read_date
from tracker.knowledge import load
from tracker.models import Attachment, Practice
from tracker.services.added_files import AddedFile
from tracker.services.document_notes import Chosen, NoteRow, RowProblem, keep_notes, note_rows
from tracker.services.note_files import read_document_file
from tracker.services.notes import KINDS
from tracker.services.scans import DOCUMENT, document_of, keep_waiting
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.filters import plural
from tracker.web.forms.document_notes import DocumentForm
from tracker.web.forms.notes import PROTECTIONS
from tracker.web.navigation import say
from tracker.web.request import acting
from tracker.web.uploads import UploadProblem, content_of

blueprint = Blueprint("document_notes", __name__)

_ENDINGS = {"application/xml": ".xml", "application/json": ".json"}


@blueprint.get("/notes/documents")
@needs(Action.WORK_QUEUE)
def choose() -> str:
    """Show the form that takes a file."""
    return _choose(DocumentForm(formdata=None).offer(_practices()))


def _choose(form: DocumentForm) -> str:
    return render_template("document_notes/choose.html", form=form)


def _practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


@blueprint.post("/notes/documents")
@needs(Action.WORK_QUEUE)
def take() -> BaseResponse | tuple[str, int]:
    """Keep the file for a day and lead to what is in it."""
    form = DocumentForm().offer(_practices())
    if not form.validate():
        return _choose(form), 422
    practice = next((one for one in _practices() if one.public_id == form.practice.data), None)
    if practice is None:
        abort(404)
    try:
        return staged(form.file.data, practice.id)
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
        return _choose(form), 422


def is_document(upload: object) -> bool:
    """Whether a form's file is a document with notes in it, by its name."""
    return isinstance(upload, FileStorage) and _ending(upload) in _ENDINGS.values()


def _ending(upload: FileStorage) -> str:
    return PurePath(upload.filename or "").suffix.lower()


def staged(upload: FileStorage, practice_id: int) -> BaseResponse:
    """Keep a document for a day and lead to the page that shows what is in it. Raises UploadProblem."""
    content, ending = content_of(upload, practice_id), _ending(upload)
    try:
        found = read_document_file(f"document{ending}", content)
    except ImportProblem as problem:
        raise UploadProblem(f"{problem.why} {problem.what_to_do}".strip()) from None
    kind = next(kind for kind, each in _ENDINGS.items() if each == ending)
    file = AddedFile("Document with notes", kind, content, len(found))
    with transaction(g.session) as session:
        public_id = keep_waiting(session, practice_id, DOCUMENT, file, g.now, g.user.id).public_id
    return redirect(url_for("document_notes.check", public_id=public_id), 303)


def _find(public_id: str) -> Attachment:
    return document_of(g.session, public_id, g.user.id) or abort(404)


def _rows(document: Attachment) -> list[NoteRow]:
    found = read_document_file(f"document{_ENDINGS[document.content_type]}", document.content)
    return list(note_rows(g.session, document.practice_id, found))


@blueprint.get("/notes/documents/<public_id>")
@needs(Action.WORK_QUEUE)
def check(public_id: str) -> str:
    """Show every note of the document, whose it is and which visit's; nothing is kept yet."""
    return _check_page(_find(public_id))


def _check_page(document: Attachment, problem: RowProblem | None = None) -> str:
    rows = _rows(document)
    shown(len(rows))
    return render_template(
        "document_notes/check.html", document=document, rows=rows, problem=problem, kinds=KINDS,
        protections=PROTECTIONS, typed=request.form,
    )  # fmt: skip


@blueprint.post("/notes/documents/<public_id>/keep")
@needs(Action.WORK_QUEUE)
def keep(public_id: str) -> BaseResponse | tuple[str, int]:
    """Keep the ticked notes, all or none."""
    document = _find(public_id)
    try:
        chosen = [
            _chosen(int(number)) for number in request.form.getlist("take") if number.isascii() and number.isdigit()
        ]
        with transaction(g.session) as session:
            new = keep_notes(session, _rows(document), chosen, load(), acting())
            session.delete(document)
    except RowProblem as problem:
        return _check_page(_find(public_id), problem), 422
    said = f"{plural(new, 'note')} added. The likely causes were looked for again."
    say(said if new == len(chosen) else f"{said} {plural(len(chosen) - new, 'note')} were here already.")
    return redirect(url_for(".choose"), 303)


def _chosen(number: int) -> Chosen:
    """Return what the form says of a note. Raises RowProblem for a date that is none."""

    def told(name: str) -> str:
        return request.form.get(f"{name}-{number}", "")

    try:
        day = read_date(told("day")) if told("day").strip() else None
    except DateError:
        raise RowProblem(number, "Date of the visit must be a date like 11/29/2026") from None
    kind, protection = told("kind"), told("protection")
    return Chosen(
        number, told("patient"), kind if kind in KINDS else "daily", protection if protection in PROTECTIONS else "",
        bool(told("ordinary")), day,
    )  # fmt: skip


@blueprint.post("/notes/documents/<public_id>/drop")
@needs(Action.WORK_QUEUE)
def drop(public_id: str) -> BaseResponse:
    """Throw the document away; nothing of it is kept."""
    document = _find(public_id)
    with transaction(g.session) as session:
        session.delete(document)
    say("Document put away. Nothing was saved.")
    return redirect(url_for(".choose"), 303)
