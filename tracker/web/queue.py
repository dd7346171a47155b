"""The work queue: what to do next."""

from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.models import Search

blueprint = Blueprint("queue", __name__)

_SEARCH_LASTS = timedelta(hours=12)


@blueprint.get("/")
@blueprint.get("/queue")
def show() -> str:
    """Show the queue."""
    return render_template("queue/show.html")


@blueprint.post("/queue/search")
def search() -> BaseResponse:
    """Keep the words of a search on the server, so that no address holds a name or a claim number."""
    words = request.form.get("words", "").strip()[:200]
    if not words:
        return redirect(url_for("queue.show"), 303)
    with transaction(g.session) as session:
        found = Search(user_id=g.user.id, words=words, expires_at=g.now + _SEARCH_LASTS)
        session.add(found)
    return redirect(url_for("queue.show", search=found.public_id), 303)
