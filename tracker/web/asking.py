"""The sheet that asks a therapist about a note: to print, as a PDF, and recorded when it was handed over."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.ask_sheet import ADDENDUM, ADDENDUM_SOURCE, AskSheet, make_ask_sheet
from tracker.letters.problems import LetterProblem
from tracker.models import Denial
from tracker.reports.asking import ask_sheet
from tracker.reports.denial_page import find_denial
from tracker.reports.to_sign import asked_about
from tracker.services import working
from tracker.services.asking import NewAsk, record_answer, record_asked
from tracker.web.access import allows, needs
from tracker.web.forms.asking import AskedForm
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.other_version import other_version

blueprint = Blueprint("asking", __name__)


@blueprint.get("/denials/<public_id>/ask")
@needs(Action.ANSWER_REQUESTS)
def show(public_id: str) -> str:
    """Show the sheet; looking at it changes nothing."""
    denial = _find(public_id)
    sheet = _sheet(denial)
    return _page(denial, sheet, _new_form(denial, sheet))


def _new_form(denial: Denial, sheet: AskSheet) -> AskedForm:
    return AskedForm(formdata=None, version=str(denial.version), asked_of=sheet.author, answer_by=sheet.answer_by)


def _find(public_id: str) -> Denial:
    denial = find_denial(g.session, public_id)
    if denial is None:
        abort(404)
    if not allows(Action.WORK_QUEUE, denial.practice_id) and denial not in asked_about(g.session, g.user):
        abort(404)  # who only answers sees what they were asked
    return denial


def _sheet(denial: Denial) -> AskSheet:
    return ask_sheet(g.session, denial, load(), g.today)


def _page(denial: Denial, sheet: AskSheet, form: AskedForm) -> str:
    return render_template(
        "denials/ask.html", denial=denial, sheet=sheet, form=form, addendum=ADDENDUM, addendum_source=ADDENDUM_SOURCE
    )


@blueprint.get("/denials/<public_id>/ask.pdf")
@needs(Action.ANSWER_REQUESTS)
def download(public_id: str) -> BaseResponse:
    """Return the sheet as a PDF."""
    denial = _find(public_id)
    sheet = _sheet(denial)
    if not sheet.questions:
        abort(404)
    try:
        content = make_ask_sheet(sheet)
    except LetterProblem as problem:
        refuse(f"{problem}.")
        return redirect(url_for(".show", public_id=public_id), 303)
    headers = {"Content-Disposition": f'attachment; filename="questions-D-{denial.number}.pdf"'}
    return Response(content, content_type="application/pdf", headers=headers)


@blueprint.post("/denials/<public_id>/asked")
@needs(Action.WORK_QUEUE)
@once
def record(public_id: str) -> Any:
    """Record that the therapist was asked; with ``move`` the denial waits for the note."""
    denial, form = _find(public_id), AskedForm().prepare(g.today)
    if form.version.data and form.version.data != str(denial.version):
        now = _new_form(denial, _sheet(denial))
        return other_version(form, now, denial, url_for(".show", public_id=public_id))
    sheet = _sheet(denial)
    if not form.validate():
        return _page(denial, sheet, form), 422
    moves = bool(request.form.get("move")) and denial.is_open
    with transaction(g.session) as session:
        asked = NewAsk(form.asked_of.data, [each.rule_id for each in sheet.questions], form.answer_by.given)
        record_asked(session, denial, asked, g.now, g.today, g.user.id)
        event = working.set_status(session, [denial], "needs_note", g.now, g.user.id) if moves else None
    words = f"D-{denial.number}: recorded that the therapist was asked, answer by {form.answer_by.given:%m/%d/%Y}"
    say(f"{words}, status Needs note." if moves else f"{words}.", undo=str(event.id) if event else "")
    return redirect(url_for("denials.show", public_id=public_id), 303)


@blueprint.post("/denials/<public_id>/answered")
@needs(Action.WORK_QUEUE)
def answered(public_id: str) -> BaseResponse:
    """Record that the therapist answered."""
    denial = _find(public_id)
    with transaction(g.session) as session:
        was_open = record_answer(session, denial, g.now, g.today, g.user.id)
    say(
        f"D-{denial.number}: recorded that the therapist answered."
        if was_open
        else "Nobody waits for an answer about this denial."
    )
    return redirect(url_for("denials.show", public_id=public_id, _anchor="notes"), 303)
