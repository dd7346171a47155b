"""Notes on the days of the trend chart: one's own, and those for everybody of a practice."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import ChartNote, Practice, User
from tracker.reports.chart_notes import chart_notes, seen_by
from tracker.services.chart_notes import add_note, change_note, put_back, remove_note
from tracker.web.access import allows, needs, require
from tracker.web.forms.chart_notes import ChartNoteForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version

blueprint = Blueprint("chart_notes", __name__, url_prefix="/insights/notes")


@blueprint.get("")
@needs(Action.SEE_INSIGHTS)
def index() -> str:
    """List the notes, those removed, and the form for a new one."""
    return _page(_empty())


def _empty() -> ChartNoteForm:
    return ChartNoteForm(formdata=None, day=g.today).offer(_practices())


def _page(form: ChartNoteForm) -> str:
    notes, removed = chart_notes(g.session, g.user.id), chart_notes(g.session, g.user.id, removed=True)
    makers = {row.made_by_id for row in (*notes, *removed)}
    names = dict(g.session.execute(select(User.id, User.name).where(User.id.in_(makers))).all())
    return render_template(
        "insights/notes.html",
        form=form,
        notes=notes,
        removed=removed,
        practices={practice.id: practice.name for practice in g.practices},
        names=names,
        may_change=_may_change,
        may_share=any(allows(Action.SHARE_VIEWS, practice.id) for practice in _practices()),
        may_add=bool(_practices()),
    )


def _practices() -> list[Practice]:
    """Return the practices in view whose chart the person may write on."""
    return [one for one in g.practices if one.id in g.scope and allows(Action.WORK_QUEUE, one.id)]


def _may_change(row: ChartNote) -> bool:
    """Whether the person may change a note: their own, and with a lead's role those for everybody."""
    if row.made_by_id != g.user.id and not row.is_shared:
        return False
    return allows(Action.SHARE_VIEWS if row.made_by_id != g.user.id else Action.WORK_QUEUE, row.practice_id)


@blueprint.post("")
@needs(Action.WORK_QUEUE)
@once
def add() -> BaseResponse | tuple[str, int]:
    """Put a note on a day."""
    form = ChartNoteForm().offer(_practices())
    if not form.validate():
        return _page(form), 422
    practice = next(one for one in _practices() if one.public_id == form.practice.data)
    _require_sharing(form, practice)
    with transaction(g.session) as session:
        add_note(
            session, practice.id, g.user.id, form.day.given, form.words.data, g.now, is_shared=form.shared.data
        )  # fmt: skip
    say("Note added to the chart.")
    return redirect(url_for(".index"), 303)


def _require_sharing(form: ChartNoteForm, practice: Practice) -> None:
    if form.shared.data:
        require(Action.SHARE_VIEWS, practice)


def _note(public_id: str) -> ChartNote:
    """Return a note the person may change; any other is not found."""
    row: ChartNote | None = g.session.scalar(
        select(ChartNote).where(ChartNote.public_id == public_id, seen_by(g.user.id))
    )
    if row is None or not _may_change(row):
        abort(404)
    return row


def _practice_of(row: ChartNote) -> Practice:
    practice: Practice = next(one for one in g.practices if one.id == row.practice_id)
    return practice


def _form_of(row: ChartNote) -> ChartNoteForm:
    practice = _practice_of(row)
    known = {"day": row.day, "words": row.words, "shared": row.is_shared, "practice": practice.public_id}
    return ChartNoteForm(formdata=None, version=str(row.version), **known).offer([practice])


def _edit_page(row: ChartNote, form: ChartNoteForm) -> str:
    practice = _practice_of(row)
    may_share = allows(Action.SHARE_VIEWS, practice.id)
    return render_template("insights/note.html", note=row, form=form, may_share=may_share)


@blueprint.get("/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show the form of a note."""
    row = _note(public_id)
    return _edit_page(row, _form_of(row))


@blueprint.post("/<public_id>")
@needs(Action.WORK_QUEUE)
def change(public_id: str) -> Any:
    """Change a note."""
    row = _note(public_id)
    form = ChartNoteForm().offer([_practice_of(row)])
    if not form.validate():
        return _edit_page(row, form), 422
    if form.version.data != str(row.version):
        return other_version(form, _form_of(row), row, url_for(".index"))
    if form.shared.data and not row.is_shared:
        _require_sharing(form, _practice_of(row))
    with transaction(g.session) as session:
        change_note(session, row, form.day.given, form.words.data, is_shared=form.shared.data)
    say("Note saved.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<public_id>/remove")
@needs(Action.WORK_QUEUE)
def remove(public_id: str) -> BaseResponse:
    """Take a note off the chart."""
    row = _note(public_id)
    with transaction(g.session) as session:
        remove_note(session, row, g.now)
    say("Note removed from the chart. Below it can be put back.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<public_id>/put-back")
@needs(Action.WORK_QUEUE)
def restore(public_id: str) -> BaseResponse:
    """Put a removed note on the chart again."""
    row = _note(public_id)
    with transaction(g.session) as session:
        put_back(session, row)
    say("Note put back.")
    return redirect(url_for(".index"), 303)
