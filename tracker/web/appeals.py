"""Appeals on their way: the list, and each one sent, followed up, decided and taken to the next level."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.appeal_life import STATUSES, Result
from tracker.domain.due import due
from tracker.knowledge import load
from tracker.letters.packet import count_pages
from tracker.letters.problems import LetterProblem
from tracker.models import Appeal, Attachment
from tracker.reports.appeal_page import appeal_page
from tracker.reports.appeals_list import appeals_list
from tracker.reports.takebacks_list import open_takebacks
from tracker.reports.time_spent import SURVEY_MINUTES, minutes_by_appeal, time_spent
from tracker.services.appeal_sending import (
    FollowUp,
    Sending,
    denials_of,
    record_follow_up,
    record_sent,
    usual_reply_due,
    withdraw,
)
from tracker.services.appealing import AppealRefused
from tracker.services.letter_drafts import AddedFile, keep_file
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, record_decision
from tracker.web.filters import plural
from tracker.web.forms.appeals import DecisionForm, FollowUpForm, SentForm
from tracker.web.navigation import say
from tracker.web.request import settings

blueprint = Blueprint("appeals", __name__)

_Forms = dict[str, Any]


@blueprint.get("/appeals")
def index() -> str:
    """Show the appeals, those to work on first."""
    rows, (takebacks, _) = appeals_list(g.session), open_takebacks(g.session)
    return render_template(
        "appeals/index.html", rows=rows, statuses=STATUSES, due=due, takebacks=takebacks,
        spent=time_spent(g.session), survey_minutes=SURVEY_MINUTES,
    )  # fmt: skip


@blueprint.get("/appeals/<public_id>")
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
        minutes=minutes_by_appeal(g.session, (appeal.id,)).get(appeal.id, 0),
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
            denials_of(g.session, appeal), g.today
        ),
    }


def _take(public_id: str, name: str, form: Any, work: Callable[[Appeal], str]) -> BaseResponse | tuple[str, int]:
    """Do what a form asks for and go back to the appeal; with a problem show the page again with what was typed."""
    appeal = _find(public_id)
    if not form.validate():
        return _page(appeal, {name: form}), 422
    if form.version.data != str(appeal.version):
        form.version.errors = ["Somebody changed this appeal since you opened it. Look at it again, then save"]
        form.version.data = str(appeal.version)
        return _page(appeal, {name: form}), 409
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
def sent(public_id: str) -> BaseResponse | tuple[str, int]:
    """Record that the appeal was sent, with its proof."""
    form = SentForm(prefix="sent-")

    def work(appeal: Appeal) -> str:
        sent_on = form.sent_on.given
        reply_due = form.reply_due.data or usual_reply_due(g.session, appeal, sent_on, load())
        sending = Sending(sent_on, form.method.data, form.tracking.data or "")
        record_sent(g.session, appeal, sending, reply_due, g.now, g.today, g.user.id)
        _keep_upload(appeal, "proof", "Proof of sending")
        return f"A-{appeal.number} is with the payer."

    return _take(public_id, "sent", form, work)


def _keep_upload(appeal: Appeal, kind: str, title: str) -> None:
    """Keep the chosen file with the appeal, if there is one. Raises AppealRefused for a file that cannot be read."""
    upload: FileStorage | None = request.files.get("file")
    if upload is None or not upload.filename:
        return
    most = settings().max_upload_mb
    content = upload.stream.read(most * 1_000_000 + 1)
    if len(content) > most * 1_000_000:
        raise AppealRefused(f"The selected file must be smaller than {most} MB")
    try:
        pages = count_pages(title, content)
    except LetterProblem as problem:
        raise AppealRefused(str(problem)) from None
    keep_file(g.session, appeal, kind, AddedFile.of(title, content, pages), g.now, g.user.id)


@blueprint.post("/appeals/<public_id>/follow-up")
def follow_up(public_id: str) -> BaseResponse | tuple[str, int]:
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
def decide(public_id: str) -> BaseResponse | tuple[str, int]:
    """Record what the payer decided; "Save and start the next level" goes on to its letter."""
    form = DecisionForm(prefix="decision-")
    opened: list[Appeal] = []

    def work(appeal: Appeal) -> str:
        record_decision(g.session, appeal, _decision(form), load(), g.now, g.today, g.user.id)
        _keep_upload(appeal, "decision", "Decision of the payer")
        if request.form.get("then") == "next":
            opened.append(open_next_level(g.session, appeal, load(), g.now, g.today, g.user.id))
        return f"Decision on A-{appeal.number} recorded."

    answer = _take(public_id, "decision", form, work)
    if opened and isinstance(answer, BaseResponse):
        return redirect(url_for("letters.edit", public_id=opened[0].public_id), 303)
    return answer


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
def next_level(public_id: str) -> BaseResponse:
    """Start the appeal one level up for the refused lines."""
    appeal = _find(public_id)
    try:
        with transaction(g.session):
            following = open_next_level(g.session, appeal, load(), g.now, g.today, g.user.id)
    except AppealRefused as refusal:
        say(f"{refusal}.")
        return redirect(url_for(".show", public_id=public_id), 303)
    return redirect(url_for("letters.edit", public_id=following.public_id), 303)


@blueprint.post("/appeals/<public_id>/withdraw", endpoint="withdraw")
def withdraw_appeal(public_id: str) -> BaseResponse:
    """Give the appeal up."""
    appeal = _find(public_id)
    try:
        with transaction(g.session):
            waiting = len([denial for denial in denials_of(g.session, appeal) if denial.is_open])
            withdraw(g.session, appeal, g.now, g.user.id)
        say(f"A-{appeal.number} withdrawn. {plural(waiting, 'denial')} back in the queue.")
    except AppealRefused as refusal:
        say(f"{refusal}.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.get("/appeals/<public_id>/files/<file_id>")
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
    ending = {"image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif"}.get(found.content_type, "pdf")
    name = f"appeal-A-{appeal.number}-{found.kind}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.content, content_type=found.content_type, headers=headers)
