"""Settings: how the pages look, where the digest goes, practices and who signs for them."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import Practice
from tracker.services.backups import backup_folder, last_good
from tracker.services.practices import FIELDS, PracticeProblem, add_practice, change_practice
from tracker.services.preferences import set_email, set_looks
from tracker.services.storage import room_of
from tracker.services.user_mail import About
from tracker.web.access import needs, require
from tracker.web.forms.settings import LooksForm, MailForm, PracticeForm, RemoveDemoForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version
from tracker.web.proof import tell
from tracker.web.request import sessions, settings

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
@needs(Action.OWN_ACCOUNT)
def show() -> str:
    """Show all settings."""
    return _page({})


def _page(sent: dict[str, FlaskForm]) -> str:
    """Return the page; ``sent`` holds the form that was refused, with what was typed."""
    user = g.user
    looks = LooksForm(
        formdata=None,
        theme=user.theme,
        compact_rows=user.compact_rows,
        single_keys=user.single_keys,
        mask_names=user.masks_names,
    )
    forms: dict[str, Any] = {
        "looks": looks, "mail": MailForm(formdata=None, email=user.email), "demo": RemoveDemoForm(formdata=None),
    }  # fmt: skip
    return render_template(
        "settings/show.html",
        **(forms | sent),
        refused=next(iter(sent.values()), None),
        by_mail=bool(settings().smtp_url),
        data_dir=settings().data_dir,
        backup_dir=backup_folder(settings()),
        last_backup=last_good(g.session, g.now),
        rooms={one.id: room_of(g.session, one, settings().practice_mb) for one in g.practices if one.id in g.scope},
        on_postgres=not settings().database_url.startswith("sqlite"),
    )


def _done(words: str) -> BaseResponse:
    say(words)
    return redirect(url_for(".show"), 303)


@blueprint.post("/looks")
@needs(Action.OWN_ACCOUNT)
def looks() -> BaseResponse | tuple[str, int]:
    """Keep colors, row height, shortcuts and masked names."""
    form = LooksForm()
    if not form.validate():
        return _page({"looks": form}), 422
    with transaction(g.session) as session:
        set_looks(
            session, g.user.id, form.theme.data, compact=form.compact_rows.data, single_keys=form.single_keys.data,
            masks_names=form.mask_names.data,
        )  # fmt: skip
    return _done("Settings saved.")


@blueprint.post("/mail")
@needs(Action.OWN_ACCOUNT, fresh=True)
def mail() -> BaseResponse | tuple[str, int]:
    """Keep where the digest goes."""
    form = MailForm()
    if not form.validate():
        return _page({"mail": form}), 422
    with transaction(g.session) as session:
        set_email(session, g.user.id, form.email.data)
        if form.email.data != g.user.email:
            tell(session, g.user, About.EMAIL, to=g.user.email)
    return _done("E-mail address saved.")


# ---- practices ----


def own_practice(public_id: str) -> Practice:
    """Return a practice whose settings the person may change; others are not found, as foreign ones are."""
    practice = g.session.scalar(select(Practice).where(Practice.public_id == public_id, Practice.id.in_(g.scope)))
    if practice is None:
        abort(404)
    found: Practice = practice
    return found


@blueprint.get("/practices/new")
@needs(Action.SETTINGS)
def new_practice() -> str:
    """Show the empty form of a practice."""
    return render_template(
        "settings/practice.html", by_mail=bool(settings().smtp_url), form=PracticeForm(formdata=None), practice=None
    )


@blueprint.post("/practices/new")
@needs(Action.SETTINGS)
@once
def add() -> BaseResponse | tuple[str, int]:
    """Add a practice that the person owns."""
    form = PracticeForm()
    if not form.validate():
        return render_template(
            "settings/practice.html", by_mail=bool(settings().smtp_url), form=form, practice=None
        ), 422
    try:
        with transaction(g.session) as session:
            practice = add_practice(session, g.user.id, _typed(form), mail_reports=form.mail_reports.data)
    except PracticeProblem as problem:
        form[problem.field].errors = [str(problem)]
        return render_template(
            "settings/practice.html", by_mail=bool(settings().smtp_url), form=form, practice=None
        ), 422
    return _done(f"{practice.name} added.")


@blueprint.get("/practices/<public_id>")
@needs(Action.SETTINGS)
def practice(public_id: str) -> str:
    """Show the form of a practice."""
    found = own_practice(public_id)
    return render_template(
        "settings/practice.html",
        by_mail=bool(settings().smtp_url),
        form=PracticeForm(formdata=None, obj=found),
        practice=found,
    )


@blueprint.post("/practices/<public_id>")
@needs(Action.SETTINGS)
def change(public_id: str) -> Any:
    """Change a practice."""
    form, found = PracticeForm(), own_practice(public_id)
    if not form.validate():
        return render_template(
            "settings/practice.html", by_mail=bool(settings().smtp_url), form=form, practice=found
        ), 422
    if form.version.data != str(found.version):
        return other_version(
            form, PracticeForm(formdata=None, obj=found), found, url_for(".practice", public_id=public_id)
        )
    try:
        with transaction(g.session) as session:
            change_practice(session, found, _typed(form), mail_reports=form.mail_reports.data)
    except PracticeProblem as problem:
        form[problem.field].errors = [str(problem)]
        return render_template(
            "settings/practice.html", by_mail=bool(settings().smtp_url), form=form, practice=own_practice(public_id)
        ), 422
    return _done(f"{found.name} saved.")


def _typed(form: PracticeForm) -> dict[str, str]:
    return {name: (form[name].data or "").strip() for name in FIELDS}


# ---- demo ----


@blueprint.post("/demo")
@needs(Action.OWN_PRACTICE, fresh=True)
def remove_demo() -> BaseResponse | tuple[str, int]:
    """Take the demo away, once there is a practice of one's own to stay for."""
    from tracker.demo.load import remove_demo as remove

    form = RemoveDemoForm()
    if not form.validate():
        return _page({"demo": form}), 422
    for one in g.practices:
        if one.is_demo:
            require(Action.OWN_PRACTICE, one)
    if all(one.is_demo for one in g.practices):
        form.sure.errors = ["Add your own practice first, so that you can still sign in"]
        return _page({"demo": form}), 422
    remove(sessions())
    return _done("Demo data removed.")
