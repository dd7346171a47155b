"""Undo: taking back the last change, until the next page."""

from flask import Blueprint, abort, g, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import Event
from tracker.services.working import ChangeError, undo
from tracker.web.access import needs
from tracker.web.addresses import local_path
from tracker.web.filters import plural
from tracker.web.navigation import refuse, say

blueprint = Blueprint("activity", __name__)


@blueprint.post("/undo", endpoint="undo")
@needs(Action.WORK_QUEUE)
def undo_change() -> BaseResponse:
    """Undo the change of the event that the form names, and go back to where the form was."""
    number = request.form.get("event", "")
    with transaction(g.session) as session:
        event = session.scalar(select(Event).where(Event.id == int(number))) if number.isdigit() else None
        if event is None:
            abort(404)
        try:
            say(f"Undone: {plural(undo(session, event, g.now, g.user.id), 'denial')} put back.")
        except ChangeError as problem:
            session.rollback()
            refuse(f"{problem}. Nothing was changed.")
    return redirect(local_path(request.form.get("next")) or url_for("queue.show"), 303)
