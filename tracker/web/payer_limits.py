"""A practice's limits for a payer: set, checked, with the deadlines a change moves shown before it is saved."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.own_limits import LIMITS, OwnLimit
from tracker.knowledge import load
from tracker.models import Payer, Practice
from tracker.reports.payer_limits import limit_rows, split_key
from tracker.services.clocks import own_limit, profile_of
from tracker.services.coverage import EditConflict
from tracker.services.payer_figures import checked, moves_of_change, set_figures, with_limit
from tracker.web.access import needs
from tracker.web.filters import plural
from tracker.web.forms.payers import LimitForm, NamedForm
from tracker.web.forms.version import VersionForm
from tracker.web.navigation import say
from tracker.web.other_version import other_version, seen_version
from tracker.web.payers import find_payer, named_form, own_practices

blueprint = Blueprint("payer_limits", __name__)

_Form = LimitForm | NamedForm | VersionForm


def _practice() -> Practice:
    asked = request.args.get("practice")
    practice = next((one for one in own_practices() if one.public_id == asked), None)
    if practice is None:
        abort(404)
    return practice


def _limit(key: str) -> tuple[str, int]:
    try:
        return split_key(key)
    except KeyError:
        abort(404)


@blueprint.get("/payers/<public_id>/limits/<key>")
@needs(Action.PAYER_RULES)
def edit(public_id: str, key: str) -> str:
    """Show the form of one limit."""
    payer, practice = find_payer(public_id), _practice()
    return _edit_page(payer, practice, key, _limit_form(payer, practice, key))


def _limit_form(payer: Payer, practice: Practice, key: str) -> LimitForm:
    profile, own = profile_of(g.session, practice.id, payer.id), own_limit_of(practice, payer, key)
    known: dict[str, Any] = {"version": str(profile.version) if profile is not None else ""}
    if own is not None and own.is_own:
        known |= {
            "length": own.length, "unit": own.unit, "counted_from": own.counted_from, "filed_when": own.filed_when,
            "source": own.source,
        }  # fmt: skip
    return LimitForm(formdata=None, **known)


def own_limit_of(practice: Practice, payer: Payer, key: str) -> OwnLimit | None:
    """Return what a practice set or checked of one limit."""
    purpose, level = _limit(key)
    return own_limit(profile_of(g.session, practice.id, payer.id), purpose, level)


def _edit_page(payer: Payer, practice: Practice, key: str, form: LimitForm) -> str:
    profile = profile_of(g.session, practice.id, payer.id)
    row = next((one for one in limit_rows(g.session, payer, profile, load(), g.today) if one.key == key), None)
    return render_template(
        "payers/limit.html", payer=payer, practice=practice, key=key, label=LIMITS[key], form=form, row=row
    )


@blueprint.post("/payers/<public_id>/limits/<key>")
@needs(Action.PAYER_RULES)
def set_limit(public_id: str, key: str) -> Any:
    """Show which deadlines a limit moves, or save it when that was seen or none moves."""
    payer, practice, (purpose, level) = find_payer(public_id), _practice(), _limit(key)
    form = LimitForm()
    if not form.validate():
        return _edit_page(payer, practice, key, form), 422
    limit = None
    if form.length.data is not None:
        limit = OwnLimit(
            form.length.data, form.unit.data, form.counted_from.data, form.filed_when.data, form.source.data,
            g.today, g.user.id,
        )  # fmt: skip
    values = with_limit(profile_of(g.session, practice.id, payer.id), purpose, level, limit)

    def now() -> LimitForm:
        return _limit_form(find_payer(public_id), practice, key)

    return _save_or_show(payer, practice, values, form, now, f"{LIMITS[key]} saved.")


@blueprint.post("/payers/<public_id>/named")
@needs(Action.PAYER_RULES)
def set_named(public_id: str) -> Any:
    """Say which large payer this one is; its limits then count."""
    payer, practice = find_payer(public_id), _practice()
    form = NamedForm().offer(load())

    def now() -> NamedForm:
        return named_form(practice, find_payer(public_id))

    if not form.validate():
        abort(422)
    return _save_or_show(payer, practice, {"named": form.named.data}, form, now, "Payer saved.")


def _save_or_show(
    payer: Payer, practice: Practice, values: dict[str, Any], form: _Form, now: Callable[[], _Form], said: str
) -> Any:
    moves = moves_of_change(g.session, practice.id, payer, values, load())
    if moves and "confirmed" not in request.form:
        kept = {field.name: field.data for field in form if field.name != "csrf_token"}
        kept = {name: "" if value is None else value for name, value in kept.items()}
        return render_template("payers/moves.html", payer=payer, practice=practice, moves=moves, kept=kept)
    return _save(payer, practice, values, form, now, said)


def _save(
    payer: Payer, practice: Practice, values: dict[str, Any], form: _Form, now: Callable[[], _Form], said: str
) -> Any:
    """Save; ``now`` fills the form from what is saved, for who comes second."""
    public_id = payer.public_id
    try:
        with transaction(g.session):
            moved = set_figures(g.session, practice.id, payer, seen_version(form), values, load(), g.today)
    except EditConflict:
        row = profile_of(g.session, practice.id, find_payer(public_id).id)
        return other_version(form, now(), row, url_for("payers.show", public_id=public_id))
    say(f"{said} {plural(moved, 'deadline')} changed.")
    return redirect(url_for("payers.show", public_id=public_id), 303)


@blueprint.post("/payers/<public_id>/limits/<key>/checked")
@needs(Action.PAYER_RULES)
def mark_checked(public_id: str, key: str) -> Any:
    """Say that somebody looked at a limit today and found it right."""
    payer, practice, (purpose, level) = find_payer(public_id), _practice(), _limit(key)
    profile = profile_of(g.session, practice.id, payer.id)
    try:
        values = checked(load(), payer, profile, purpose, level, g.today, g.user.id)
    except LookupError:
        abort(404)

    def now() -> VersionForm:
        found = profile_of(g.session, practice.id, find_payer(public_id).id)
        return VersionForm(formdata=None, version=str(found.version) if found is not None else "")

    return _save(payer, practice, values, VersionForm(), now, f"{LIMITS[key]} marked checked.")
