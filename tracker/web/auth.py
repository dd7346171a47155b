"""Signing in and out, and choosing the practice to see."""

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.audit import Act, Outcome
from tracker.models import User
from tracker.services import sessions as browser_sessions
from tracker.services.sign_in import forget_tries
from tracker.services.user_mail import About
from tracker.services.users import find_user
from tracker.web import cookies
from tracker.web.access import can_open, needs
from tracker.web.addresses import local_path
from tracker.web.audited import also
from tracker.web.browsers import here
from tracker.web.forms.auth import CodeForm, EmergencyForm, SignInForm
from tracker.web.navigation import pages
from tracker.web.proof import (
    MustWait,
    SignInRefused,
    answer_wait,
    check_code,
    check_password,
    tell,
    use_emergency_code,
    wait_words,
)
from tracker.web.request import seconds_left, sessions, settings
from tracker.web.saved_views import start_address

blueprint = Blueprint("auth", __name__)

REFUSED = "The sign-in name or the password is not right"
_WRONG_CODE = "The code is not right, or it was used before. Wait for the next one"


@blueprint.route("/login/emergency", methods=["GET", "POST"], defaults={"by_code": True})
@blueprint.route("/login", methods=["GET", "POST"], defaults={"by_code": False})
def login(by_code: bool) -> BaseResponse | str | tuple[str, int]:
    """Let somebody in: by name and password, or by name and a sealed code of emergency access."""
    return _by_sealed_code() if by_code else _by_password()


def _by_password() -> BaseResponse | str | tuple[str, int]:
    """Ask for name and password; a right answer opens a session with a new token, or asks for the second factor."""
    if g.user is not None and request.method == "GET":
        return redirect(url_for("auth.home"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.is_submitted():
        return _sign_in_page(form)
    if not form.validate():
        return _sign_in_page(form), 422
    try:
        user = check_password(form.login.data, form.password.data)
    except MustWait as wait:
        form.password.errors = [wait_words(wait)]
        return answer_wait(_sign_in_page(form), wait)
    except SignInRefused:
        also(Act.SIGN_IN_FAILED, Outcome.REFUSED, find_user(g.session, form.login.data))
        form.password.errors = [REFUSED]
        return _sign_in_page(form), 422
    return enter(user, form.next.data, has_factor=False)


def _sign_in_page(form: SignInForm) -> str:
    own = settings()
    return render_template(
        "auth/login.html",
        form=form,
        sign_on=own.oidc_issuer and own.oidc_name,
        on_laptop=own.profile == "solo",
    )


def _by_sealed_code() -> BaseResponse | str | tuple[str, int]:
    """Ask for a sealed code and its person's sign-in name; both open the practice for some hours, to read."""
    form = EmergencyForm()
    if not form.is_submitted():
        return _code_page(form)
    if not form.validate():
        return _code_page(form), 422
    try:
        opened = use_emergency_code(form.login.data, form.code.data)
    except MustWait as wait:
        form.code.errors = [wait_words(wait)]
        return answer_wait(_code_page(form), wait)
    except SignInRefused:
        also(Act.SIGN_IN_FAILED, Outcome.REFUSED, find_user(g.session, form.login.data))
        form.code.errors = ["This code does not open anything for this sign-in name. It may have been used or revoked"]
        return _code_page(form), 422
    also(Act.EMERGENCY, user=opened.user, practice_id=opened.practice_id)
    return go_in(opened.token, None)


def _code_page(form: EmergencyForm) -> str:
    return render_template("auth/emergency.html", form=form, hours=browser_sessions.EMERGENCY_HOURS)


def enter(user: User, next_page: str | None, *, has_factor: bool) -> BaseResponse:
    """Open a session for a person and go on; who has a second factor gives it first, unless they have given one.

    A session that the browser had before ends.
    """
    awaits_code = user.totp_since is not None and not has_factor
    with transaction(sessions().system()) as database:
        if g.user is not None:
            browser_sessions.end_session(database, g.sign_in.id, g.now)
        if awaits_code:
            token = browser_sessions.open_session(database, user.id, g.now, here(), awaits_code=True)
        else:
            token = open_whole_session(database, user, has_factor=has_factor)
    return go_in(token, url_for("auth.code", next=next_page or None) if awaits_code else next_page)


def open_whole_session(database: Session, user: User, *, has_factor: bool) -> str:
    """Return the token of a person's new session; wrong tries are forgotten, and a new place is told elsewhere."""
    place = here()
    also(Act.SIGNED_IN, user=user)
    is_new = browser_sessions.is_new_place(database, user.id, place)
    token = browser_sessions.open_session(database, user.id, g.now, place, has_factor=has_factor)
    if is_new:
        own = browser_sessions.id_of(database, token)
        tell(database, user, About.NEW_PLACE, session_id=own, browser=place.browser)
    forget_tries(database, user.login)
    return token


def go_in(token: str, address: str | None) -> BaseResponse:
    """Give the browser the token of its new session and lead on."""
    session.clear()  # the CSRF secret of before the sign-in dies with it
    response = redirect(local_path(address) or url_for("auth.home"), 303)
    cookies.set_token(current_app, response, token)
    return response


@blueprint.route("/login/code", methods=["GET", "POST"])
@needs(Action.OWN_ACCOUNT)
def code() -> BaseResponse | str | tuple[str, int]:
    """Ask who gave the right password for the second factor."""
    if g.waiting is None:
        return redirect(url_for("auth.home"), 303)
    form = CodeForm(next=request.args.get("next", ""))
    if not form.is_submitted():
        return render_template("auth/code.html", form=form)
    if not form.validate():
        return render_template("auth/code.html", form=form), 422
    user = g.waiting.user
    try:
        check_code(user, form.code.data)
    except MustWait as wait:
        form.code.errors = [wait_words(wait)]
        return answer_wait(render_template("auth/code.html", form=form), wait)
    except SignInRefused:
        also(Act.SIGN_IN_FAILED, Outcome.REFUSED)
        form.code.errors = [_WRONG_CODE]
        return render_template("auth/code.html", form=form), 422
    with transaction(sessions().system()) as database:
        browser_sessions.end_session(database, g.waiting.session.id, g.now)
        token = open_whole_session(database, user, has_factor=True)
    return go_in(token, form.next.data)


@blueprint.get("/")
@needs(Action.OWN_ACCOUNT)
def home() -> BaseResponse:
    """Go to the view of the queue the person begins with, or to the first page that their role opens."""
    return redirect(start_address() if can_open("queue.show") else pages()[0].address, 303)


@blueprint.post("/logout")
@needs(Action.OWN_ACCOUNT)
def logout() -> BaseResponse:
    """End the session and have the browser forget what it holds."""
    with transaction(g.session) as database:
        browser_sessions.end_session(database, g.sign_in.id, g.now)
    also(Act.SIGNED_OUT)
    session.clear()
    response = redirect(url_for("auth.login"), 303)
    cookies.drop_token(current_app, response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.post("/stay")
@needs(Action.OWN_ACCOUNT)
def stay() -> tuple[str, int, dict[str, str]]:
    """Stay signed in: any request does; the answer says for how many seconds."""
    return "", 204, {"X-Session-Seconds": str(seconds_left())}


@blueprint.post("/practice")
@needs(Action.OWN_ACCOUNT)
def choose_practice() -> BaseResponse:
    """Narrow what is seen to one practice, or widen it to all."""
    wanted = request.form.get("practice", "")
    practice = next((p for p in g.practices if p.public_id == wanted), None)
    if wanted and practice is None:
        abort(404)
    with transaction(g.session) as database:
        browser_sessions.choose_practice(database, g.sign_in.id, practice.id if practice else None)
    return redirect(local_path(request.form.get("next")) or url_for("auth.home"), 303)
