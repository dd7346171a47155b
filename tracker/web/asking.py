"""The sheet that asks a therapist about a note: to print, as a PDF, and recorded when it was handed over."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.knowledge import load
from tracker.letters.ask_sheet import ADDENDUM, ADDENDUM_SOURCE, AskSheet, make_ask_sheet
from tracker.letters.problems import LetterProblem
from tracker.models import Denial
from tracker.reports.asking import ask_sheet
from tracker.reports.denial_page import find_denial
from tracker.services import working
from tracker.services.asking import record_asked
from tracker.web.forms.asking import AskedForm
from tracker.web.navigation import say

blueprint = Blueprint("asking", __name__)


@blueprint.get("/denials/<public_id>/ask")
def show(public_id: str) -> str:
    """Show the sheet; looking at it changes nothing."""
    denial = _find(public_id)
    sheet = _sheet(denial)
    form = AskedForm(formdata=None, version=str(denial.version), asked_of=sheet.author)
    return _page(denial, sheet, form)


def _find(public_id: str) -> Denial:
    denial = find_denial(g.session, public_id)
    if denial is None:
        abort(404)
    return denial


def _sheet(denial: Denial) -> AskSheet:
    return ask_sheet(g.session, denial, load())


def _page(denial: Denial, sheet: AskSheet, form: AskedForm) -> str:
    return render_template(
        "denials/ask.html", denial=denial, sheet=sheet, form=form, addendum=ADDENDUM, addendum_source=ADDENDUM_SOURCE
    )


@blueprint.get("/denials/<public_id>/ask.pdf")
def download(public_id: str) -> BaseResponse:
    """Return the sheet as a PDF."""
    denial = _find(public_id)
    sheet = _sheet(denial)
    if not sheet.questions:
        abort(404)
    try:
        content = make_ask_sheet(sheet)
    except LetterProblem as problem:
        say(f"{problem}.")
        return redirect(url_for(".show", public_id=public_id), 303)
    headers = {"Content-Disposition": f'attachment; filename="questions-D-{denial.number}.pdf"'}
    return Response(content, content_type="application/pdf", headers=headers)


@blueprint.post("/denials/<public_id>/asked")
def record(public_id: str) -> Any:
    """Record that the therapist was asked; with ``move`` the denial waits for the note."""
    denial, form = _find(public_id), AskedForm()
    if form.version.data and form.version.data != str(denial.version):
        abort(409)
    sheet = _sheet(denial)
    if not form.validate():
        return _page(denial, sheet, form), 422
    moves = bool(request.form.get("move")) and denial.is_open
    with transaction(g.session) as session:
        record_asked(session, denial, form.asked_of.data, [each.rule_id for each in sheet.questions], g.now, g.user.id)
        event = working.set_status(session, [denial], "needs_note", g.now, g.user.id) if moves else None
    words = f"D-{denial.number}: recorded that the therapist was asked"
    say(f"{words}, status Needs note." if moves else f"{words}.", undo=str(event.id) if event else "")
    return redirect(url_for("denials.show", public_id=public_id), 303)
