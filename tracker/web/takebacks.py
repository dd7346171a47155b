"""Money payers took back: the list of tasks, each accepted or disputed."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.due import due
from tracker.domain.takebacks import TASKS
from tracker.models import ProviderAdjustment
from tracker.reports.takebacks_list import open_takebacks, takebacks_list
from tracker.services.takebacks import TakebackRefused, settle
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.forms.version import VersionForm
from tracker.web.navigation import refuse, say
from tracker.web.other_version import other_version

blueprint = Blueprint("takebacks", __name__)

_MOST_WORDS = 300


@blueprint.get("/takebacks")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List the takebacks, those to look at first."""
    rows = takebacks_list(g.session)
    shown(len(rows))
    return render_template("takebacks/index.html", rows=rows, open=open_takebacks(g.session), tasks=TASKS, due=due)


@blueprint.post("/takebacks/<public_id>")
@needs(Action.WORK_QUEUE)
def change(public_id: str) -> Any:
    """Accept a takeback, record its dispute, or open it again."""
    words = " ".join(request.form.get("words", "").split())[:_MOST_WORDS]
    with transaction(g.session) as session:
        takeback = session.scalar(select(ProviderAdjustment).where(ProviderAdjustment.public_id == public_id))
        if takeback is None or not takeback.task:
            abort(404)
        form = VersionForm()
        if form.version.data != str(takeback.version):
            now = VersionForm(formdata=None, version=str(takeback.version))
            return other_version(form, now, takeback, url_for(".index"))
        try:
            settle(session, takeback, request.form.get("task", ""), words, g.now, g.user.id)
            say(f"Takeback: {TASKS[takeback.task].lower()}.")
        except TakebackRefused as refusal:
            refuse(f"{refusal}. Nothing was changed.")
    return redirect(url_for(".index"), 303)
