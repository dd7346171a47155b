"""Appeals on their way: the list, and each one sent, followed up, decided and taken to the next level."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.appeal_life import STATUSES, Result
from tracker.domain.due import due
from tracker.knowledge import load
from tracker.models import Appeal, Attachment
from tracker.reports.appeal_page import appeal_page
from tracker.reports.appeals_list import appeals_list, decisions_of
from tracker.reports.takebacks_list import open_takebacks
from tracker.reports.time_spent import SURVEY_MINUTES, time_spent
from tracker.services.added_files import AddedFile
from tracker.services.appeal_sending import (
    FollowUp,
    Sending,
    record_follow_up,
    record_sent,
    usual_reply_due,
    withdraw,
)
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused
from tracker.services.letter_drafts import keep_file
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, record_decision, undecided
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.filters import plural
from tracker.web.forms.appeals import DecisionForm, FollowUpForm, SentForm
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.other_version import other_version
from tracker.web.uploads import UploadProblem, paper_from

blueprint = Blueprint("appeals", __name__)

_Forms = dict[str, Any]
# How a kept picture's file name ends; everything else is a PDF.
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif"}


@blueprint.get("/appeals")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """Show the appeals, those to work on first."""
    rows, (takebacks, _) = appeals_list(g.session), open_takebacks(g.session)
    shown(len(rows))
    return render_template(
        "appeals/index.html", rows=rows, statuses=STATUSES, due=due, takebacks=takebacks,
        spent=time_spent(g.session), decided=decisions_of(g.session, [row.appeal for row in rows]), survey_minutes=SURVEY_MINUTES,
    )  # fmt: skip


@blueprint.get("/appeals/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show one appeal: where it stands, what happened, what can be recorded."""
    return _page(_find(public_id), {})


def _find(public_id: str) -> Appeal:
    appeal: Appeal | None = g.session.scalar(select(Appeal).where(Appeal.public_id == public_id))
    if appeal is None:
        abort(404)
    return appeal


def _page(appeal: Appeal, refused: _Forms) -> str:
    page = appeal_page(g.session, appeal, load())
    forms = _new_forms(appeal) | refused
    return render_template(
        "appeals/show.html",
        page=page,
        minutes=appeal.minutes_spent or 0,
        appeal=appeal,
        forms=forms,
        refused=next(iter(refused.values()), None),
        statuses=STATUSES,
        results={one.value: one.label for one in Result},
        due=due,
    )


def _new_forms(appeal: Appeal) -> _Forms:
    """Return unsent forms with what is usual; each carries the appeal's version."""
    version = str(appeal.version)
    return {
        "sent": SentForm(formdata=None, prefix="sent-", version=version, sent_on=g.today, method="mail"),
        "follow_up": FollowUpForm(formdata=None, prefix="follow_up-", version=version, on=g.today),
        "decision": DecisionForm(formdata=None, prefix="decision-", version=version).ask(
            undecided(g.session, appeal), g.today
        ),
    }


def _take(public_id: str, name: str, form: Any, work: Callable[[Appeal], str]) -> Any:
    """Do what a form asks for and go back to the appeal; with a problem show the page again with what was typed."""
    appeal = _find(public_id)
    if not form.validate():
        return _page(appeal, {name: form}), 422
    if form.version.data != str(appeal.version):
        return other_version(form, _new_forms(appeal)[name], appeal, url_for(".show", public_id=public_id))
    try:
        with transaction(g.session):
            words = work(appeal)
    except AppealRefused as refusal:
        g.session.rollback()
        form.version.errors = [str(refusal)]
        return _page(_find(public_id), {name: form}), 422
    say(words)
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/appeals/<public_id>/sent")
@needs(Action.WORK_QUEUE)
@once
def sent(public_id: str) -> Any:
    """Record that the appeal was sent, with its proof."""
    form = SentForm(prefix="sent-")

    def work(appeal: Appeal) -> str:
        sent_on = form.sent_on.given
        reply_due = form.reply_due.data or usual_reply_due(g.session, appeal, sent_on, load())
        sending = Sending(sent_on, form.method.data, form.tracking.data or "")
        paper = _upload(appeal, "Proof of sending")
        record_sent(g.session, appeal, sending, reply_due, g.now, g.today, g.user.id)
        _keep(appeal, "proof", paper)
        return f"A-{appeal.number} is with the payer."

    return _take(public_id, "sent", form, work)


def _upload(appeal: Appeal, title: str) -> AddedFile | None:
    """Return the chosen file, before anything is written. Raises AppealRefused for one that cannot be taken."""
    try:
        return paper_from(request.files.get("file"), title, appeal.practice_id)
    except UploadProblem as problem:
        raise AppealRefused(str(problem)) from None


def _keep(appeal: Appeal, kind: str, paper: AddedFile | None) -> None:
    if paper is not None:
        keep_file(g.session, appeal, kind, paper, g.now, g.user.id)


@blueprint.post("/appeals/<public_id>/follow-up")
@needs(Action.WORK_QUEUE)
@once
def follow_up(public_id: str) -> Any:
    """Keep a call or message about the appeal."""
    form = FollowUpForm(prefix="follow_up-")

    def work(appeal: Appeal) -> str:
        told = FollowUp(
            form.on.given,
            form.spoke_to.data or "",
            form.reference.data or "",
            form.words.data or "",
            form.again_on.data,
        )
        record_follow_up(g.session, appeal, told, g.now, g.user.id)
        return "Follow-up saved."

    return _take(public_id, "follow_up", form, work)


@blueprint.post("/appeals/<public_id>/decision")
@needs(Action.WORK_QUEUE)
@once
def decide(public_id: str) -> Any:
    """Record what the payer decided; "Save and start the next level" goes on to its letter."""
    form = DecisionForm(prefix="decision-")
    opened: list[Appeal] = []

    def work(appeal: Appeal) -> str:
        paper = _upload(appeal, "Decision of the payer")
        record_decision(g.session, appeal, _decision(form), load(), g.now, g.today, g.user.id)
        _keep(appeal, "decision", paper)
        if request.form.get("then") == "next":
            opened.append(open_next_level(g.session, appeal, load(), g.now, g.today, g.user.id))
        return f"Decision on A-{appeal.number} recorded."

    answer = _take(public_id, "decision", form, work)
    if opened and isinstance(answer, BaseResponse):
        return _to_next(opened[0])
    return answer


def _to_next(following: Appeal) -> BaseResponse:
    """Go to the letter of the next level, or to the appeal itself where the payer sent it on."""
    if following.status == "sent":
        say(f"A-{following.number} is with the next reviewer. Record the decision when it comes.")
        return redirect(url_for(".show", public_id=following.public_id), 303)
    return redirect(url_for("letters.edit", public_id=following.public_id), 303)


def _decision(form: DecisionForm) -> Decision:
    lines = []
    for entry in form.lines:
        if not entry.result.data:
            raise AppealRefused("Choose what the payer decided on each line")
        number = str(entry.denial.data)
        denial_id = int(number) if number.isdigit() else 0
        lines.append(LineDecision(denial_id, Result(entry.result.data), entry.amount.data or 0))
    return Decision(
        form.decided_on.given, lines, form.reference.data or "", form.reason.data or "", form.records_due.data
    )


@blueprint.post("/appeals/<public_id>/next-level")
@needs(Action.WORK_QUEUE)
@once
def next_level(public_id: str) -> BaseResponse:
    """Start the appeal one level up for the refused lines."""
    appeal = _find(public_id)
    try:
        with transaction(g.session):
            following = open_next_level(g.session, appeal, load(), g.now, g.today, g.user.id)
    except AppealRefused as refusal:
        refuse(f"{refusal}.")
        return redirect(url_for(".show", public_id=public_id), 303)
    return _to_next(following)


@blueprint.post("/appeals/<public_id>/withdraw", endpoint="withdraw")
@needs(Action.WORK_QUEUE)
def withdraw_appeal(public_id: str) -> BaseResponse:
    """Give the appeal up."""
    appeal = _find(public_id)
    try:
        with transaction(g.session):
            waiting = len([denial for denial in denials_of(g.session, appeal) if denial.is_open])
            withdraw(g.session, appeal, load(), g.now, g.user.id)
        say(f"A-{appeal.number} withdrawn. {plural(waiting, 'denial')} back in the queue.")
    except AppealRefused as refusal:
        refuse(f"{refusal}.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.get("/appeals/<public_id>/files/<file_id>")
@needs(Action.WORK_QUEUE)
def file(public_id: str, file_id: str) -> Response:
    """Return a file kept with the appeal, to download."""
    appeal = _find(public_id)
    found = g.session.scalar(
        select(Attachment).where(
            Attachment.practice_id == appeal.practice_id,
            Attachment.appeal_id == appeal.id,
            Attachment.public_id == file_id,
        )
    )
    if found is None:
        abort(404)
    ending = ENDINGS.get(found.content_type, "pdf")
    name = f"appeal-A-{appeal.number}-{found.kind}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.content, content_type=found.content_type, headers=headers)
