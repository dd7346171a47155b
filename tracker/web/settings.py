"""Settings: how the pages look, the password and sessions of a person, practices and who signs for them."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.models import Practice, User
from tracker.services import users
from tracker.services.practices import FIELDS, PracticeProblem, add_practice, change_practice
from tracker.services.preferences import set_email, set_looks
from tracker.web.filters import plural
from tracker.web.forms.settings import LooksForm, MailForm, PasswordForm, PracticeForm, RemoveDemoForm
from tracker.web.navigation import say
from tracker.web.request import sessions, settings

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
def show() -> str:
    """Show all settings."""
    return _page({})


def _page(sent: dict[str, FlaskForm]) -> str:
    """Return the page; ``sent`` holds the form that was refused, with what was typed."""
    user = g.user
    looks = LooksForm(formdata=None, theme=user.theme, compact_rows=user.compact_rows, single_keys=user.single_keys)
    forms: dict[str, Any] = {
        "looks": looks, "mail": MailForm(formdata=None, email=user.email), "password": PasswordForm(formdata=None), "demo": RemoveDemoForm(formdata=None),
    }  # fmt: skip
    awake = g.now - timedelta(minutes=settings().session_idle_minutes)
    return render_template(
        "settings/show.html",
        **(forms | sent),
        refused=next(iter(sent.values()), None),
        living=users.living_sessions(g.session, user.id, awake),
        least=users.MIN_PASSWORD,
        by_mail=bool(settings().smtp_url),
        data_dir=settings().data_dir,
        on_postgres=not settings().database_url.startswith("sqlite"),
    )


def _done(words: str) -> BaseResponse:
    say(words)
    return redirect(url_for(".show"), 303)


@blueprint.post("/looks")
def looks() -> BaseResponse | tuple[str, int]:
    """Keep colors, row height and shortcuts."""
    form = LooksForm()
    if not form.validate():
        return _page({"looks": form}), 422
    with transaction(g.session) as session:
        keys, compact = form.single_keys.data, form.compact_rows.data
        set_looks(session, g.user.id, form.theme.data, compact=compact, single_keys=keys)
    return _done("Settings saved.")


@blueprint.post("/mail")
def mail() -> BaseResponse | tuple[str, int]:
    """Keep where the digest goes."""
    form = MailForm()
    if not form.validate():
        return _page({"mail": form}), 422
    with transaction(g.session) as session:
        set_email(session, g.user.id, form.email.data)
    return _done("E-mail address saved.")


@blueprint.post("/password")
def password() -> BaseResponse | tuple[str, int]:
    """Change the password; other browsers are signed out."""
    form = PasswordForm()
    if not form.validate():
        return _page({"password": form}), 422
    try:
        with transaction(g.session) as session:
            user = session.get_one(User, g.user.id)
            fast = settings().fast_hash
            users.change_password(session, user, form.old.data, form.new.data, g.sign_in.id, g.now, fast=fast)
    except users.WrongPassword as problem:
        form.old.errors = [str(problem)]
        return _page({"password": form}), 422
    except users.UserProblem as problem:
        form.new.errors = [str(problem)]
        return _page({"password": form}), 422
    return _done("Password changed. Other browsers were signed out.")


@blueprint.post("/sessions")
def end_others() -> BaseResponse:
    """Sign out every other browser of this person."""
    with transaction(g.session) as session:
        count = users.end_other_sessions(session, g.user.id, g.sign_in.id, g.now)
    return _done(f"{plural(count, 'other session')} signed out.")


# ---- practices ----


def _own_practice(public_id: str) -> Practice:
    """Return a practice the person owns; others are not found, as foreign ones are."""
    mine = [one.id for one in g.practices if g.roles[one.id] == "owner"]
    practice = g.session.scalar(select(Practice).where(Practice.public_id == public_id, Practice.id.in_(mine)))
    if practice is None:
        abort(404)
    found: Practice = practice
    return found


@blueprint.get("/practices/new")
def new_practice() -> str:
    """Show the empty form of a practice."""
    return render_template("settings/practice.html", form=PracticeForm(formdata=None), practice=None)


@blueprint.post("/practices/new")
def add() -> BaseResponse | tuple[str, int]:
    """Add a practice that the person owns."""
    form = PracticeForm()
    if not form.validate():
        return render_template("settings/practice.html", form=form, practice=None), 422
    try:
        with transaction(g.session) as session:
            practice = add_practice(session, g.user.id, _typed(form))
    except PracticeProblem as problem:
        form[problem.field].errors = [str(problem)]
        return render_template("settings/practice.html", form=form, practice=None), 422
    return _done(f"{practice.name} added.")


@blueprint.get("/practices/<public_id>")
def practice(public_id: str) -> str:
    """Show the form of a practice."""
    found = _own_practice(public_id)
    return render_template("settings/practice.html", form=PracticeForm(formdata=None, obj=found), practice=found)


@blueprint.post("/practices/<public_id>")
def change(public_id: str) -> BaseResponse | tuple[str, int]:
    """Change a practice."""
    form, found = PracticeForm(), _own_practice(public_id)
    if not form.validate():
        return render_template("settings/practice.html", form=form, practice=found), 422
    if form.version.data != str(found.version):
        abort(409)
    try:
        with transaction(g.session) as session:
            change_practice(session, found, _typed(form))
    except PracticeProblem as problem:
        form[problem.field].errors = [str(problem)]
        return render_template("settings/practice.html", form=form, practice=_own_practice(public_id)), 422
    return _done(f"{found.name} saved.")


def _typed(form: PracticeForm) -> dict[str, str]:
    return {name: (form[name].data or "").strip() for name in FIELDS}


# ---- demo ----


@blueprint.post("/demo")
def remove_demo() -> BaseResponse | tuple[str, int]:
    """Take the demo away, once there is a practice of one's own to stay for."""
    from tracker.demo.load import remove_demo as remove

    form = RemoveDemoForm()
    if not form.validate():
        return _page({"demo": form}), 422
    if any(one.is_demo and g.roles[one.id] != "owner" for one in g.practices):
        abort(403)
    if all(one.is_demo for one in g.practices):
        form.sure.errors = ["Add your own practice first, so that you can still sign in"]
        return _page({"demo": form}), 422
    remove(sessions())
    return _done("Demo data removed.")
