"""Emergency access: owners make sealed codes under Settings; what one opened from the sign-in page can only be read."""

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.services import emergency
from tracker.services.sessions import EMERGENCY_FOR, EMERGENCY_HOURS
from tracker.web.access import SENT_WHILE_READING, needs
from tracker.web.navigation import refuse, say
from tracker.web.request import is_changing
from tracker.web.settings import own_practice

blueprint = Blueprint("emergency", __name__)


def init_app(app: Flask) -> None:
    """Refuse every change in a session that a code opened; runs after the sign-in check."""
    app.before_request(_refuse_change)
    app.jinja_env.globals["emergency_ends"] = lambda: g.sign_in.created_at + EMERGENCY_FOR


def _refuse_change() -> None:
    if g.user is not None and g.emergency is not None and is_changing() and request.endpoint not in SENT_WHILE_READING:
        raise Forbidden("With emergency access you can look and print, and change nothing. Nothing was changed.")


@blueprint.get("/settings/emergency")
@needs(Action.OWN_PRACTICE)
def show() -> str:
    """Show the codes of the practices in view, and the forms that make and revoke them."""
    places = [practice for practice in g.practices if practice.id in g.scope]
    codes = emergency.codes_in(g.session, g.scope, g.now)
    people = {practice.id: emergency.people_in(g.session, practice.id) for practice in places}
    return render_template(
        "settings/emergency.html", practices=places, codes=codes, people=people, hours=EMERGENCY_HOURS
    )


@blueprint.post("/settings/practices/<public_id>/emergency")
@needs(Action.OWN_PRACTICE, fresh=True)
def make(public_id: str) -> BaseResponse | str:
    """Make a code for a person in place of their unused one, and show it, once."""
    practice = own_practice(public_id)
    people = emergency.people_in(g.session, practice.id)
    person = next((one for one in people if one.public_id == request.form.get("person")), None)
    if person is None:
        refuse("Choose the person the code is for. Nothing was changed.")
        return redirect(url_for(".show"), 303)
    with transaction(g.session) as session:
        code = emergency.make_code(session, practice.id, person, g.user.id, g.now)
    return render_template(
        "settings/emergency_code.html", code=code, person=person, practice=practice, hours=EMERGENCY_HOURS
    )


@blueprint.post("/settings/practices/<public_id>/emergency/revoke")
@needs(Action.OWN_PRACTICE, fresh=True)
def revoke(public_id: str) -> BaseResponse:
    """Let a code open nothing more; somebody who is in by it is out."""
    practice = own_practice(public_id)
    with transaction(g.session) as session:
        found = emergency.revoke(session, practice.id, request.form.get("code", ""), g.now)
    say("Emergency code revoked." if found else "That code opens nothing any more.")
    return redirect(url_for(".show"), 303)
