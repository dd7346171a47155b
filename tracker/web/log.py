"""Logging a denial by hand: from paper, a portal or a phone call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, exists, func, select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.deadlines import Clock
from tracker.importers.typed import DateError, ReasonError, read_date, read_reason
from tracker.knowledge import load
from tracker.models import Attachment, Denial, Payer, Practice
from tracker.reports.scan_pages import MOST_PAGES, page_of
from tracker.services.appealing import AppealRefused, letter_choices, open_appeal
from tracker.services.barring import appeal_barred_by
from tracker.services.clocks import profile_of
from tracker.services.denial_files import TITLES, papers_of
from tracker.services.logging_denials import LoggingProblem, first_clock, likely_same, log_denial
from tracker.services.payers import merged_payer, payer_kind
from tracker.services.scans import KIND, keep_waiting, keep_with_denial, scan_of
from tracker.web.access import needs
from tracker.web.filters import long_date
from tracker.web.forms.log import LogForm
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.uploads import UploadProblem, paper_from

blueprint = Blueprint("log", __name__)

_Answer = BaseResponse | str | tuple[str, int]


class Meaning(NamedTuple):
    """A code with its meaning in our words."""

    code: str
    words: str


@blueprint.get("/denials/new")
@needs(Action.WORK_QUEUE)
def new() -> str:
    """Show the empty form, filled from the filter of the queue or from the denial logged before."""
    payer = g.session.scalar(select(Payer.name).where(Payer.public_id == request.args.get("payer", ""), _is_ours()))
    practice = _place(request.args.get("practice")) or g.practice
    known = {
        "practice": practice.public_id if practice else None,
        "payer": payer,
        "reason": request.args.get("code", ""),
        "denied_on": _date(request.args.get("denied_on", "")),
        "scan": request.args.get("scan", ""),
    }
    return _page(_prepared(LogForm(formdata=None, **known)))


def _keeping_the_file(view: Callable[[], _Answer]) -> Callable[[], _Answer]:
    """Keep the chosen file before the form is looked at, in a transaction of its own: no error of the form loses it."""

    @wraps(view)
    def run() -> _Answer:
        form = _prepared(LogForm())
        place = _place(form.practice.data) or next(iter(_places()))
        g.kept_scan, g.scan_problem = form.scan.data or "", ""
        try:
            with transaction(g.session) as session:
                paper = paper_from(form.file.data, TITLES["eob"], place.id)
                if paper is not None:
                    g.kept_scan = keep_waiting(session, place.id, KIND, paper, g.now, g.user.id).public_id
        except UploadProblem as problem:
            g.scan_problem = str(problem)
        return view()

    return run


@blueprint.post("/denials/new/scan")
@needs(Action.WORK_QUEUE)
@_keeping_the_file
def scan() -> _Answer:
    """Show the chosen file beside what is typed so far, or put it away; nothing is logged."""
    form = _prepared(LogForm())
    if request.form.get("do") == "put-away":
        g.kept_scan = ""
    elif not g.kept_scan and not g.scan_problem:
        g.scan_problem = "Choose a file to show"
    form.file.errors = [g.scan_problem] if g.scan_problem else []
    return _page(form), 422 if g.scan_problem else 200


@blueprint.post("/denials/new")
@needs(Action.WORK_QUEUE)
@_keeping_the_file
@once
def create() -> _Answer:
    """Log the denial, and then draft its appeal or log another if the button says so."""
    form = _prepared(LogForm())
    is_valid = form.validate()
    paper = _scan(form)
    if g.scan_problem:
        form.file.errors = [g.scan_problem]
    if not is_valid or g.scan_problem:
        return _page(form), 422
    practice = _place(form.practice.data)
    if practice is None:
        abort(404)
    typed = form.typed()
    same = likely_same(g.session, practice.id, typed)
    if same is not None and form.anyway.data != str(same.number):
        form.anyway.data = str(same.number)
        return _page(form, same), 422
    try:
        with transaction(g.session) as session:
            denial = log_denial(session, practice.id, typed, load(), g.now, g.today)
            if paper is not None:
                keep_with_denial(session, paper, denial, g.now, g.user.id)
            payer = session.get_one(Payer, denial.payer_id)
            then = _then(denial, practice, payer)
    except LoggingProblem as problem:
        form[problem.field].errors = [str(problem)]
        return _page(form), 422
    return then


def _scan(form: LogForm) -> Attachment | None:
    """Return the scan that the form names; one that was thrown away meanwhile is a problem of the form."""
    form.scan.data = g.get("kept_scan", form.scan.data) or ""
    found = scan_of(g.session, form.scan.data, g.user.id) if form.scan.data else None
    if form.scan.data and found is None:
        g.scan_problem, form.scan.data = "The file was kept for a day and is gone. Choose it again", ""
    return found


@blueprint.get("/scans/<public_id>/<int:number>.jpg")
@needs(Action.WORK_QUEUE)
def page_picture(public_id: str, number: int) -> Response:
    """Return a page of a scan as a picture to read, for the person who added it."""
    found = scan_of(g.session, public_id, g.user.id)
    picture = page_of(found, number) if found is not None else None
    if picture is None:
        abort(404)
    return Response(picture, content_type="image/jpeg")


def _then(denial: Denial, practice: Practice, payer: Payer) -> BaseResponse:
    """Say what was logged and go where the button leads."""
    due = f" File by {long_date(denial.file_by_safe)}." if denial.file_by_safe else ""
    say(f"D-{denial.number} logged.{due}")
    there = redirect(url_for("denials.show", public_id=denial.public_id), 303)
    if request.form.get("do") == "another":
        day, same_paper = denial.denied_on.isoformat(), _paper_of(denial)
        again = url_for(
            ".new", practice=practice.public_id, payer=payer.public_id, denied_on=day, scan=same_paper or None
        )
        return redirect(again, 303)
    if request.form.get("do") == "draft":
        if not appeal_barred_by(denial, load()) and not letter_choices(g.session, denial):
            return redirect(url_for("letters.choose", public_id=denial.public_id), 303)
        try:
            appeal = open_appeal(g.session, denial, None, load(), g.now, g.today, g.user.id)
        except AppealRefused as refusal:
            refuse(f"{refusal}.")
            return there
        return redirect(url_for("letters.edit", public_id=appeal.public_id), 303)
    return there


def _paper_of(denial: Denial) -> str:
    """Return the id of the paper a denial was logged from: it often holds the next one too."""
    papers = papers_of(g.session, denial.practice_id, [denial.id])
    return papers[-1].public_id if papers else ""


@blueprint.get("/denials/new/facts")
@needs(Action.WORK_QUEUE)
def facts() -> str:
    """Give the part of the form that follows from what is typed: the code in plain words, the deadline."""
    return render_template("log/_facts.html", **_facts(request.args))


# ---- parts of the page ----


def _prepared(form: LogForm) -> LogForm:
    return form.prepare(_places(), load(), g.today)


def _places() -> list[Practice]:
    return [one for one in g.practices if one.id in g.scope]


def _place(public_id: str | None) -> Practice | None:
    return next((one for one in _places() if one.public_id == public_id), None)


def _page(form: LogForm, same: Denial | None = None) -> str:
    typed = {
        "reason": form.reason.data or "",
        "payer": form.payer.data or "",
        "practice": form.practice.data or "",
        "denied_on": form.denied_on.data.isoformat() if form.denied_on.data else "",
        "service_date": form.service_date.data.isoformat() if form.service_date.data else "",
    }
    found = _scan(form)
    pages = min(found.pages or 1, MOST_PAGES) if found is not None else 0
    return render_template(
        "log/new.html", form=form, same=same, payers=payer_names(), scan=found, scan_pages=pages, **_facts(typed)
    )


def payer_names() -> Sequence[str]:
    """Return the names of the payers that answered a practice in view."""
    names: Sequence[str] = g.session.scalars(select(Payer.name).where(_is_ours()).order_by(Payer.name)).all()
    return names


def _is_ours() -> ColumnElement[bool]:
    """Payers are shared by all practices of the installation; names are shown of those that answered ours."""
    return exists().where(Denial.practice_id.in_(g.scope), Denial.payer_id == Payer.id)


def _date(text: str) -> date | None:
    try:
        return read_date(text)
    except DateError:
        return None


def _facts(typed: Mapping[str, str]) -> dict[str, Any]:
    try:
        reason = read_reason(typed.get("reason", ""), load())
    except ReasonError:
        return {"meanings": [], "due": None, "not_a_denial": ""}
    carc = load().carc[reason.carc]
    meanings = [Meaning(f"{reason.group}-{reason.carc}", carc.meaning)]
    meanings += [Meaning(remark, load().rarc[remark].meaning) for remark in reason.remarks]
    not_a_denial = {"patient_share": "the patient's share", "contractual": "a contract discount"}
    return {
        "meanings": meanings,
        "not_a_denial": not_a_denial.get(carc.default_class, ""),
        "due": _due(typed, reason.remarks, reason.carc),
    }


def _due(typed: Mapping[str, str], remarks: tuple[str, ...], carc: str) -> Clock | None:
    denied_on, name = _date(typed.get("denied_on", "")), typed.get("payer", "").strip()
    if denied_on is None or not name:
        return None
    practice = _place(typed.get("practice"))
    payer = g.session.scalar(select(Payer).where(func.lower(Payer.name) == name.lower(), _is_ours()))
    if payer is None and practice is not None:
        payer = merged_payer(g.session, practice.id, name)
    draft = Denial(
        denied_on=denied_on, service_date=_date(typed.get("service_date", "")), remarks=" ".join(remarks), carc=carc
    )
    kind = payer.kind if payer else payer_kind(name, "")
    profile = profile_of(g.session, practice.id, payer.id) if practice and payer else None
    return first_clock(kind, profile, draft, load())
