"""Money payers took back: the list of tasks, each accepted or disputed."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.due import due
from tracker.domain.takebacks import TASKS
from tracker.models import ProviderAdjustment
from tracker.reports.takebacks_list import open_takebacks, takebacks_list
from tracker.services.takebacks import TakebackRefused, settle
from tracker.web.navigation import say

blueprint = Blueprint("takebacks", __name__)

_MOST_WORDS = 300


@blueprint.get("/takebacks")
def index() -> str:
    """List the takebacks, those to look at first."""
    return render_template(
        "takebacks/index.html", rows=takebacks_list(g.session), open=open_takebacks(g.session), tasks=TASKS, due=due
    )


@blueprint.post("/takebacks/<public_id>")
def change(public_id: str) -> BaseResponse:
    """Accept a takeback, record its dispute, or open it again."""
    words = " ".join(request.form.get("words", "").split())[:_MOST_WORDS]
    with transaction(g.session) as session:
        takeback = session.scalar(select(ProviderAdjustment).where(ProviderAdjustment.public_id == public_id))
        if takeback is None or not takeback.task:
            abort(404)
        if request.form.get("version") != str(takeback.version):
            say("Somebody changed this takeback since you opened the page. Nothing was changed.")
            return redirect(url_for(".index"), 303)
        try:
            settle(session, takeback, request.form.get("task", ""), words, g.now, g.user.id)
            say(f"Takeback: {TASKS[takeback.task].lower()}.")
        except TakebackRefused as refusal:
            say(f"{refusal}. Nothing was changed.")
    return redirect(url_for(".index"), 303)
