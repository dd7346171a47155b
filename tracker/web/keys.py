"""The keys under Settings: what opens the data, new recovery code and master key, keys of practices renewed and destroyed."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.audit import Act
from tracker.keys import key_store, open_master
from tracker.models import Practice, PracticeKey
from tracker.reports.keys_page import keys_page
from tracker.sealing.key_store import KeyProblem
from tracker.services.master_key import finish, lock_keys, renew
from tracker.services.practice_keys import OldKeysInUse, ask_for_rotation, destroy_old_keys, require_unused
from tracker.web.access import OwnsTooLittle, allows, needs
from tracker.web.audited import also
from tracker.web.filters import plural
from tracker.web.forms.practice_data import NameForm
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.request import settings
from tracker.web.settings import own_practice

blueprint = Blueprint("keys", __name__, url_prefix="/settings")


@blueprint.get("/keys")
@needs(Action.OWN_PRACTICE)
def show() -> str:
    """Show the state of the keys."""
    return _page()


def _page(problem: str = "") -> str:
    places = [practice for practice in g.practices if practice.id in g.scope]
    found = keys_page(g.session, settings(), places)
    return render_template("settings/keys.html", keys=found, owns_all=_owns_all(), problem=problem)


def _owns_all() -> bool:
    """Whether the person owns every practice here: the master key opens them all."""
    ids = g.session.scalars(select(Practice.id).where(Practice.deleted_at.is_(None)))
    return all(allows(Action.OWN_PRACTICE, practice_id) for practice_id in ids)


def _is_stale() -> bool:
    """Whether the form was made for another master key than the one in use."""
    return request.form.get("number", "") != str(key_store(settings()).number)


def _require_all() -> None:
    if not _owns_all():
        raise OwnsTooLittle


def _shown_again() -> BaseResponse:
    refuse("The master key was renewed meanwhile. Nothing was changed.")
    return redirect(url_for(".show"), 303)


@blueprint.post("/keys/recovery-code")
@needs(Action.OWN_PRACTICE, fresh=True)
def new_code() -> BaseResponse | str:
    """Make a new recovery code in place of the one before, and show it, once."""
    with transaction(g.session) as session:
        lock_keys(session)
        if _is_stale():
            return _shown_again()
        _require_all()
        had_one = "recovery" in key_store(settings()).kinds()
        code = key_store(settings()).new_recovery_code(open_master(settings()))
    also(Act.KEYS)
    return render_template("settings/key_code.html", code=code, had_one=had_one, is_renewed=False)


@blueprint.post("/keys/master")
@needs(Action.OWN_PRACTICE, fresh=True)
def renew_master() -> BaseResponse | str | tuple[str, int]:
    """Renew the master key, or finish a renewal that was stopped; show the new recovery code, once."""
    codes, is_begun = list[str](), request.form.get("do") == "finish"
    try:
        with transaction(g.session) as session:  # what is wrapped and sealed by the master key is of no practice
            lock_keys(session)
            if _is_stale():
                return _shown_again()
            _require_all()
            if not is_begun:
                renew(settings(), g.now, codes.append)
            finish(session)
    except KeyProblem as problem:
        return _page(str(problem)), 422
    also(Act.KEYS)
    if codes:
        return render_template("settings/key_code.html", code=codes[0], had_one=True, is_renewed=True)
    say("Renewal finished." if is_begun else "Master key renewed. Make a backup soon.")
    return redirect(url_for(".show"), 303)


@blueprint.post("/practices/<public_id>/keys")
@needs(Action.OWN_PRACTICE, fresh=True)
@once
def rotate(public_id: str) -> BaseResponse:
    """Ask for a new key of a practice and for sealing all its data again, and show how far that is."""
    practice = own_practice(public_id)
    with transaction(g.session) as session:
        job = ask_for_rotation(session, practice.id, g.now, g.user.id)
        public_id = job.public_id
    return redirect(url_for("jobs.show", public_id=public_id), 303)


@blueprint.get("/practices/<public_id>/old-keys")
@needs(Action.OWN_PRACTICE)
def old(public_id: str) -> BaseResponse | str:
    """Say what destroying the older keys of a practice means, and ask for its name; or why it cannot be done yet."""
    practice = own_practice(public_id)
    return _old_page(practice, NameForm())


def _old_page(practice: Practice, form: NameForm, problem: str = "") -> BaseResponse | str:
    kept = select(func.count()).select_from(PracticeKey).where(PracticeKey.practice_id == practice.id)
    count = (g.session.scalar(kept) or 1) - 1
    if not count:
        say(f"No older keys of {practice.name} are kept.")
        return redirect(url_for(".show"), 303)
    if not problem:
        try:
            require_unused(g.session, practice.id, g.now)
        except OldKeysInUse as found:
            problem = str(found)
    return render_template("settings/old_keys.html", practice=practice, form=form, count=count, problem=problem)


@blueprint.post("/practices/<public_id>/old-keys")
@needs(Action.OWN_PRACTICE, fresh=True)
def destroy_old(public_id: str) -> BaseResponse | str | tuple[BaseResponse | str, int]:
    """Destroy the older keys of a practice once its name is typed; never while something is sealed with one."""
    practice = own_practice(public_id)
    form = NameForm()
    form.wanted = practice.name
    if not form.validate():
        return _old_page(practice, form), 422
    try:
        with transaction(g.session) as session:
            gone = destroy_old_keys(session, practice.id, g.now)
    except OldKeysInUse as problem:
        return _old_page(own_practice(public_id), form, str(problem)), 409
    also(Act.KEYS, practice_id=practice.id)
    say(f"{plural(gone, 'older key')} of {practice.name} destroyed.")
    return redirect(url_for(".show"), 303)
