"""A person's own account: password, second factor, where they are signed in."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import User
from tracker.services import notices, second_factor
from tracker.services import sessions as browser_sessions
from tracker.services.password_rules import MIN_ALONE, WeakPassword, normal
from tracker.services.passwords import least_characters, new_hash
from tracker.services.user_mail import About
from tracker.web.access import needs
from tracker.web.addresses import local_path
from tracker.web.filters import plural
from tracker.web.forms.auth import PasswordForm, SecondFactorForm, TurnOffForm
from tracker.web.navigation import say
from tracker.web.proof import MustWait, SignInRefused, answer_wait, check_password, tell, wait_words
from tracker.web.request import limits, owes_second_factor, sessions, settings

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@needs(Action.OWN_ACCOUNT)
def show() -> str:
    """Show the account."""
    return _page({})


def _page(sent: dict[str, FlaskForm]) -> str:
    """Return the page; ``sent`` holds the form that was refused."""
    forms: dict[str, Any] = {"password": PasswordForm(formdata=None), "off": TurnOffForm(formdata=None)}
    return render_template(
        "account/show.html",
        **(forms | sent),
        refused=next(iter(sent.values()), None),
        living=browser_sessions.living_sessions(g.session, g.user.id, g.now, limits()),
        codes_left=second_factor.codes_left(g.session, g.user.id),
        least=least_characters(g.user),
        can_turn_off=settings().profile == "solo",
        sign_on=settings().oidc_issuer and settings().oidc_name,
    )


def _done(words: str) -> BaseResponse:
    say(words)
    return redirect(url_for(".show"), 303)


@blueprint.post("/notices")
@needs(Action.OWN_ACCOUNT)
def read_notices() -> BaseResponse:
    """Note that the person has read what a page told of their account."""
    typed = request.form.get("up_to", "")
    up_to = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 20 else 0
    with transaction(g.session) as session:
        notices.mark_read(session, g.user.id, g.sign_in.id, up_to, g.now)
    return redirect(local_path(request.form.get("next")) or url_for("auth.home"), 303)


# ---- password ----


@blueprint.post("/password")
@needs(Action.OWN_ACCOUNT)
def password() -> BaseResponse | str | tuple[str, int]:
    """Change the password; other browsers are signed out, and this one gets a new token."""
    form = PasswordForm()
    if not form.validate():
        return _page({"password": form}), 422
    refused = _refuse_wrong(form, "old", form.old.data)
    if refused is not None:
        return refused
    try:
        with sessions().reading(()) as database:
            user = database.get_one(User, g.user.id)
            password_hash = new_hash(database, user, form.new.data, fast_hash=settings().fast_hash)
    except WeakPassword as problem:
        form.new.errors = [str(problem)]
        return _page({"password": form}), 422
    with transaction(sessions().system()) as database:
        user = database.get_one(User, g.user.id)
        user.password_hash = password_hash
        browser_sessions.end_sessions(database, user.id, g.now, keep=g.sign_in.id)
        g.new_token = browser_sessions.renew(database, g.sign_in.id, g.now)
        tell(database, user, About.PASSWORD)
    return _done("Password changed. Other browsers were signed out.")


def _refuse_wrong(form: FlaskForm, field: str, typed: str) -> BaseResponse | tuple[str, int] | None:
    """Return the page that says the present password is wrong; None when it is right."""
    name = "password" if field == "old" else "off"
    try:
        check_password(g.user.login, typed)
    except MustWait as wait:
        form[field].errors = [wait_words(wait)]
        return answer_wait(_page({name: form}), wait)
    except SignInRefused:
        form[field].errors = ["The present password is not right"]
        return _page({name: form}), 422
    return None


# ---- second factor ----


@blueprint.get("/second-factor")
@needs(Action.OWN_ACCOUNT)
def second_factor_page() -> str:
    """Show a new seed as a QR code and as text; nothing is kept until a code proves that it arrived in an app."""
    return _factor_page(SecondFactorForm(formdata=None, seed=second_factor.new_seed()))


def _factor_page(form: SecondFactorForm) -> str:
    return render_template(
        "account/second_factor.html",
        form=form,
        picture=second_factor.picture(form.seed.data, g.user.login),
        must=owes_second_factor(),
    )


@blueprint.post("/second-factor")
@needs(Action.OWN_ACCOUNT, fresh=True)
def turn_on() -> BaseResponse | str | tuple[str, int]:
    """Turn the second factor on, or move it to another app; show the recovery codes, once."""
    form = SecondFactorForm()
    if not second_factor.is_seed(form.seed.data):
        abort(400)
    if not form.validate():
        return _factor_page(form), 422
    try:
        with transaction(sessions().system()) as database:
            user = database.get_one(User, g.user.id)
            codes = second_factor.turn_on(database, user, form.seed.data, form.code.data, g.now)
            browser_sessions.end_sessions(database, user.id, g.now, keep=g.sign_in.id)
            g.new_token = browser_sessions.renew(database, g.sign_in.id, g.now, has_factor=True)
            tell(database, user, About.FACTOR_ON)
    except second_factor.WrongCode:
        form.code.errors = ["The code does not fit. Type the one that the app shows now, and check the phone's clock"]
        return _factor_page(form), 422
    return render_template("account/recovery_codes.html", codes=codes, is_first=True)


@blueprint.post("/second-factor/off")
@needs(Action.OWN_ACCOUNT)
def turn_off() -> BaseResponse | str | tuple[str, int]:
    """Turn the second factor off, where that is allowed: the password has to be long enough to stand alone."""
    if settings().profile != "solo" or g.user.totp_since is None:
        abort(404)
    form = TurnOffForm()
    if not form.validate():
        return _page({"off": form}), 422
    if len(normal(form.password.data)) < MIN_ALONE:
        form.password.errors = [f"Choose a password of at least {MIN_ALONE} characters first: it will be alone"]
        return _page({"off": form}), 422
    refused = _refuse_wrong(form, "password", form.password.data)
    if refused is not None:
        return refused
    with transaction(sessions().system()) as database:
        user = database.get_one(User, g.user.id)
        second_factor.turn_off(database, user)
        browser_sessions.end_sessions(database, user.id, g.now, keep=g.sign_in.id)
        tell(database, user, About.FACTOR_OFF)
    return _done("Second factor turned off. Other browsers were signed out.")


@blueprint.post("/recovery-codes")
@needs(Action.OWN_ACCOUNT, fresh=True)
def new_codes() -> str:
    """Make new recovery codes in place of the old ones, and show them, once."""
    if g.user.totp_since is None:
        abort(404)
    with transaction(sessions().system()) as database:
        codes = second_factor.new_recovery_codes(database, g.user.id)
        tell(database, g.user, About.NEW_CODES)
    return render_template("account/recovery_codes.html", codes=codes, is_first=False)


# ---- sessions ----


@blueprint.post("/sessions")
@needs(Action.OWN_ACCOUNT)
def end_others() -> BaseResponse:
    """Sign out every other browser of this person."""
    with transaction(g.session) as database:
        count = browser_sessions.end_sessions(database, g.user.id, g.now, keep=g.sign_in.id)
    return _done(f"{plural(count, 'other session')} signed out.")


@blueprint.post("/sessions/<public_id>")
@needs(Action.OWN_ACCOUNT)
def end_one(public_id: str) -> BaseResponse:
    """Sign out one browser of this person."""
    with transaction(g.session) as database:
        if not browser_sessions.end_own_session(database, g.user.id, public_id, g.now):
            abort(404)
    if public_id == g.sign_in.public_id:
        return redirect(url_for("auth.login"), 303)
    return _done("Session signed out.")
