"""Asking again who is there before a dangerous act (security.md C-09). Nothing that was typed is lost meanwhile."""

from datetime import timedelta

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.audit import Act, Outcome
from tracker.services import sign_in
from tracker.services.sessions import renew
from tracker.web import access, cookies
from tracker.web.access import needs
from tracker.web.addresses import local_path
from tracker.web.audited import also
from tracker.web.forms.auth import ProofForm
from tracker.web.proof import MustWait, SignInRefused, answer_wait, check_code, check_password, wait_words
from tracker.web.request import is_changing, is_htmx, sessions, settings

blueprint = Blueprint("step_up", __name__)


def init_app(app: Flask) -> None:
    """Ask before every dangerous view; runs after the sign-in check."""
    app.before_request(_demand)
    app.after_request(_give_new_token)


def is_recent() -> bool:
    """Whether the person gave a password or a code lately."""
    return bool(g.now - g.sign_in.proved_at <= timedelta(minutes=settings().step_up_minutes))


@blueprint.route("/confirm", methods=["GET", "POST"])
@needs(Action.OWN_ACCOUNT)
def confirm() -> BaseResponse | str | tuple[str, int]:
    """Ask for the password or a code, then go on to the page that needs it."""
    form = ProofForm(next=request.args.get("next", ""))
    refused = _take(form) if form.is_submitted() else _page(form)
    return refused or redirect(local_path(form.next.data) or url_for("auth.home"), 303)


def _demand() -> BaseResponse | str | tuple[str, int] | None:
    """Let a dangerous request through when the proof is recent or comes along; else ask, and carry what was sent."""
    if g.user is None or not access.is_dangerous(request.endpoint) or is_recent():
        return None
    if is_htmx():
        here = local_path(request.headers.get("HX-Current-URL", "").removeprefix(request.host_url.rstrip("/")))
        return Response("", 401, {"HX-Redirect": url_for("step_up.confirm", next=here or None)})
    if not is_changing():
        return redirect(url_for("step_up.confirm", next=request.full_path.rstrip("?")), 303)
    form = ProofForm()
    return _take(form) if "proof" in request.form else (_page(form), 422)


def _take(form: ProofForm) -> BaseResponse | str | tuple[str, int] | None:
    """Take the typed password or code; None when it is right, else the page that says what is wrong."""
    if not form.validate():
        return _page(form), 422
    try:
        _prove(form.proof.data)
    except MustWait as wait:
        form.proof.errors = [wait_words(wait)]
        return answer_wait(_page(form), wait)
    except SignInRefused:
        also(Act.PROOF_FAILED, Outcome.REFUSED)
        form.proof.errors = ["This is not your password" + (", or the code is old" if g.user.totp_since else "")]
        return _page(form), 422
    return None


def _page(form: ProofForm) -> str:
    if g.user.totp_since is not None:
        form.proof.label.text = "Password or code"
    carried: list[tuple[str, str]] = []
    if request.endpoint != "step_up.confirm":
        left_out = {"proof", "next", "csrf_token"}
        carried = [(name, value) for name, value in request.form.items(multi=True) if name not in left_out]
    return render_template("auth/confirm.html", form=form, carried=carried, has_files=bool(request.files))


def _prove(typed: str) -> None:
    """Give the session a new token for a right password or code of the app. Raises SignInRefused or MustWait."""
    code = typed.replace(" ", "")
    if g.user.totp_since is not None and code.isdigit() and len(code) == 6:
        check_code(g.user, code)
    else:
        check_password(g.user.login, typed)
    with transaction(sessions().system()) as database:
        sign_in.forget_tries(database, g.user.login)
        g.new_token = renew(database, g.sign_in.id, g.now)
    g.sign_in.proved_at = g.now
    also(Act.PROVED)


def _give_new_token(response: Response) -> Response:
    if "new_token" in g:
        cookies.set_token(current_app, response, g.new_token)
    return response
