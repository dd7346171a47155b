"""Signing in and out, and choosing the practice to see."""

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.services import users
from tracker.web import cookies
from tracker.web.addresses import local_path
from tracker.web.forms.auth import SignInForm
from tracker.web.request import sessions, settings

blueprint = Blueprint("auth", __name__)

REFUSED = "The sign-in name or the password is not right. After 5 wrong tries, wait a minute before the next."


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse | str | tuple[str, int]:
    """Ask for name and password; a right answer opens a session with a new token."""
    if g.user is not None and request.method == "GET":
        return redirect(url_for("queue.show"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.is_submitted():
        return render_template("auth/login.html", form=form)
    token = _token(form.login.data, form.password.data) if form.validate() else None
    if token is None:
        if not form.errors:
            form.password.errors = [REFUSED]
        return render_template("auth/login.html", form=form), 422
    session.clear()  # the CSRF secret of before the sign-in dies with it
    response = redirect(local_path(form.next.data) or url_for("queue.show"), 303)
    cookies.set_token(current_app, response, token)
    return response


def _token(login_name: str, password: str) -> str | None:
    with sessions().reading(()) as database:
        attempt = users.try_password(database, login_name, password, fast_hash=settings().fast_hash)
    with transaction(sessions().system()) as database:
        try:
            user = users.admit(database, attempt, g.now)
        except users.SignInRefused:
            return None
        return users.open_session(database, user, g.now)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End the session and have the browser forget what it holds."""
    with transaction(g.session) as database:
        users.end_session(database, g.sign_in.id, g.now)
    session.clear()
    response = redirect(url_for("auth.login"), 303)
    cookies.drop_token(current_app, response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.post("/practice")
def choose_practice() -> BaseResponse:
    """Narrow what is seen to one practice, or widen it to all."""
    wanted = request.form.get("practice", "")
    practice = next((p for p in g.practices if p.public_id == wanted), None)
    if wanted and practice is None:
        abort(404)
    with transaction(g.session) as database:
        users.choose_practice(database, g.sign_in.id, practice.id if practice else None)
    return redirect(local_path(request.form.get("next")) or url_for("queue.show"), 303)
