"""Letter templates: the shipped ones and a practice's own, changed beside a preview and tried before they are kept."""

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.catalog import LetterTemplate
from tracker.letters.own_template import Trial, shipped_of, tried, written
from tracker.letters.pdf import why_unavailable
from tracker.letters.problems import LetterProblem
from tracker.letters.template_check import frame_of
from tracker.letters.template_names import filters, functions, name_groups
from tracker.models import Denial, Practice
from tracker.reports.templates_page import compared, level_words, template_rows
from tracker.services.own_templates import (
    Change,
    TemplateConflict,
    copy_template,
    current_text,
    letters_of,
    own_row,
    save_text,
)
from tracker.services.template_trials import TrialAt, TrialFacts, denial_sample, invented
from tracker.web.access import allows, needs
from tracker.web.forms.templates import CopyForm, TemplateForm
from tracker.web.letters import letter_page
from tracker.web.navigation import say
from tracker.web.once import once

blueprint = Blueprint("templates", __name__, url_prefix="/templates")


class _Unfit(Exception):  # noqa: N818  # says what happened
    """The denial to try a template on cannot be used."""


# ---- the list ----


@blueprint.get("")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List the letters of a practice: the one the address names, or the first."""
    practices = [one for one in g.practices if one.id in g.scope]
    asked = request.args.get("practice")
    practice = next((one for one in practices if one.public_id == asked), None) if asked else practices[0]
    if practice is None:
        abort(404)
    return render_template(
        "templates/index.html", practice=practice, practices=practices, rows=template_rows(g.session, practice.id)
    )


def find_practice(public_id: str) -> Practice:
    """Return the practice of an address, or answer 404."""
    own = (one for one in g.practices if one.public_id == public_id and one.id in g.scope)
    found: Practice | None = next(own, None)
    return found if found is not None else abort(404)


def find_template(practice: Practice, template_id: str) -> LetterTemplate:
    """Return the letter of an address, or answer 404."""
    found = letters_of(g.session, practice.id).get(template_id)
    return found if found is not None else abort(404)


def change_of(practice: Practice, template_id: str, seen: int) -> Change:
    """Return who changes a template, now."""
    return Change(practice.id, template_id, seen, g.now, g.user.id)


# ---- one letter ----


@blueprint.get("/<practice_id>/<template_id>")
@needs(Action.WORK_QUEUE)
def show(practice_id: str, template_id: str) -> str:
    """Show a letter's text with its preview and what it may say."""
    practice = find_practice(practice_id)
    template = find_template(practice, template_id)
    row = own_row(g.session, practice.id, template.id)
    text = current_text(g.session, practice.id, template.id)
    return _page(practice, template, TemplateForm.of(template, text, row.version if row else 0))


def _page(practice: Practice, template: LetterTemplate, form: TemplateForm, copy: CopyForm | None = None) -> str:
    shipped, row = shipped_of(template), own_row(g.session, practice.id, template.id)
    frame, text = frame_of(shipped.base), current_text(g.session, practice.id, template.id)
    return render_template(
        "templates/show.html",
        practice=practice,
        template=template,
        shipped=shipped,
        level=level_words(template),
        own=row,
        used=next(one for one in template_rows(g.session, practice.id) if one.template.id == template.id),
        form=form,
        copy=copy or CopyForm(formdata=None),
        can_change=allows(Action.TEMPLATES, practice.id),
        theirs=compared(form.text(), text, template) if row is not None and form.seen != row.version else [],
        groups=name_groups(shipped),
        filters=filters(),
        functions=functions(),
        blocks=sorted(frame.blocks - frame.parts),
        parts=sorted(frame.parts),
        no_pdf=why_unavailable(),
    )


@blueprint.post("/<practice_id>/<template_id>")
@needs(Action.TEMPLATES, fresh=True)
def save(practice_id: str, template_id: str) -> BaseResponse | tuple[str, int]:
    """Try a text on invented facts, then keep it as the one in use."""
    practice = find_practice(practice_id)
    template = find_template(practice, template_id)
    form = TemplateForm.of(template)
    if not form.validate():
        return _page(practice, template, form), 422
    g.session.rollback()  # no lock is held while the text is tried
    try:
        trial = _tried(form, invented(template), as_pdf=True)
    except LetterProblem as problem:
        form.body.errors = [f"{form.body.label.text}: {problem}"]
        return _page(practice, template, form), 422
    if trial.faults:
        form.show(trial.faults)
        return _page(practice, template, form), 422
    try:
        with transaction(g.session) as session:
            row = save_text(session, change_of(practice, template.id, form.seen), form.text())
            edition = row.edition if row is not None else 0
    except TemplateConflict:
        return _page(practice, template, form), 409
    say(f"Version {edition} saved. Drafts and new letters use it." if edition else "Nothing was changed.")
    return redirect(url_for(".show", practice_id=practice_id, template_id=template_id), 303)


@blueprint.post("/<practice_id>/<template_id>/copy")
@needs(Action.TEMPLATES, fresh=True)
@once
def copy(practice_id: str, template_id: str) -> BaseResponse | tuple[str, int]:
    """Make a letter of the practice's own from another."""
    practice = find_practice(practice_id)
    template = find_template(practice, template_id)
    form = CopyForm()
    taken = {one.title.casefold() for one in letters_of(g.session, practice.id).values()}
    if form.validate() and form.title.data.casefold() in taken:
        form.title.errors = ["There is a letter with this name. Enter another one"]
    if form.errors:
        row = own_row(g.session, practice.id, template.id)
        text = current_text(g.session, practice.id, template.id)
        return _page(practice, template, TemplateForm.of(template, text, row.version if row else 0), form), 422
    with transaction(g.session) as session:
        made = copy_template(session, change_of(practice, template.id, 0), form.title.data).template
    say("Copy made. It is offered beside the letter it was made from.")
    return redirect(url_for(".show", practice_id=practice_id, template_id=made), 303)


# ---- trying ----


def _tried(form: TemplateForm, known: TrialFacts, *, as_pdf: bool) -> Trial:
    sample = known.sample
    return tried(form.text(), sample.facts, sample.fields, as_pdf=as_pdf, pictures=known.pictures)


def _known(practice: Practice, template: LetterTemplate, number: str) -> TrialFacts:
    """Return the facts to try a letter on: those of a denial of the practice by its number, or invented ones.

    Raises _Unfit saying why a denial cannot be used.
    """
    if not number:
        return invented(template)
    digits = number.upper().removeprefix("D-")
    denial = None
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        query = select(Denial).where(Denial.practice_id == practice.id, Denial.number == int(digits))
        denial = g.session.scalar(query)
    if denial is None:
        raise _Unfit(f"{practice.name} has no denial {number}. Enter a number such as D-1042, or leave it empty")
    try:
        return denial_sample(g.session, denial, template, load(), TrialAt(g.now, g.today, g.user.id))
    finally:
        g.session.rollback()


@blueprint.get("/<practice_id>/<template_id>/preview")
@needs(Action.WORK_QUEUE)
def preview(practice_id: str, template_id: str) -> Response:
    """Return the letter in use with invented facts, for a frame."""
    template = find_template(find_practice(practice_id), template_id)
    sample = invented(template).sample
    try:
        return letter_page(written(template, sample.facts, sample.fields).html)
    except LetterProblem as problem:
        return _problems([f"{problem}."])


@blueprint.post("/<practice_id>/<template_id>/preview")
@needs(Action.TEMPLATES)
def try_html(practice_id: str, template_id: str) -> Response:
    """Return what a text that is not kept makes of the facts chosen, for a frame."""
    trial = _trial(practice_id, template_id, as_pdf=False)
    return trial if isinstance(trial, Response) else letter_page(trial.draft.html if trial.draft else "")


@blueprint.post("/<practice_id>/<template_id>/preview.pdf")
@needs(Action.TEMPLATES)
def try_pdf(practice_id: str, template_id: str) -> Response:
    """Return the PDF of a text that is not kept, with the facts chosen."""
    trial = _trial(practice_id, template_id, as_pdf=True)
    if isinstance(trial, Response):
        return trial
    if not trial.pdf:
        return _problems([f"{why_unavailable()}."])
    headers = {"Content-Disposition": f'inline; filename="letter-{template_id}-preview.pdf"'}
    return Response(trial.pdf, content_type="application/pdf", headers=headers)


def _trial(practice_id: str, template_id: str, *, as_pdf: bool) -> Trial | Response:
    practice = find_practice(practice_id)
    template = find_template(practice, template_id)
    form = TemplateForm.of(template)
    if not form.validate():
        abort(400)
    try:
        known = _known(practice, template, form.denial.data or "")
        g.session.rollback()  # no lock is held while the text is tried
        trial = _tried(form, known, as_pdf=as_pdf)
    except (_Unfit, LetterProblem) as problem:
        return _problems([f"{problem}."])
    if trial.faults:
        form.show(trial.faults)
        return _problems([f"{error}." for field in form.texts for error in field.errors])
    return trial


def _problems(found: list[str]) -> Response:
    return letter_page(render_template("templates/problems.html", problems=found), 422)
