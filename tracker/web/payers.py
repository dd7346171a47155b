"""Payers: where appeals go, and what a practice knows better than the usual limits."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.payer_habits import HABITS
from tracker.knowledge import load
from tracker.models import Claim, Payer, Practice
from tracker.services.coverage import EditConflict
from tracker.services.payer_figures import profile_of, set_figures
from tracker.web.coverage_form import conflict_page
from tracker.web.filters import plural
from tracker.web.forms.payers import AddressForm, FiguresForm
from tracker.web.navigation import say

blueprint = Blueprint("payers", __name__)

_YES_NO = {True: "yes", False: "no", None: ""}


@blueprint.get("/payers")
def index() -> str:
    """List the payers of the practices' claims."""
    return render_template("payers/index.html", payers=_payers())


def _payers() -> list[Payer]:
    used = select(Claim.payer_id).distinct()
    return list(g.session.scalars(select(Payer).where(Payer.id.in_(used)).order_by(Payer.name)))


@blueprint.get("/payers/<public_id>")
def show(public_id: str) -> str:
    """Show a payer."""
    return _page(_payer(public_id))


def _payer(public_id: str) -> Payer:
    """Return a payer the practices of this person deal with."""
    payer = next((one for one in _payers() if one.public_id == public_id), None)
    if payer is None:
        abort(404)
    return payer


def _own_practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


def _page(payer: Payer, address: Any = None, sent: tuple[int, Any] | None = None) -> str:
    forms = {
        practice.id: sent[1] if sent and sent[0] == practice.id else _figures_form(practice, payer)
        for practice in _own_practices()
    }
    return render_template(
        "payers/show.html",
        payer=payer,
        address=address or AddressForm(formdata=None, address=payer.appeal_address, fax=payer.fax),
        practices=_own_practices(),
        forms=forms,
        refused=address or (sent[1] if sent else None),
        rule=load().clock_rule(payer.kind, on=g.today),
        usual=load().payer_defaults(payer.kind),
        habits=HABITS,
    )


def _figures_form(practice: Practice, payer: Payer) -> FiguresForm:
    profile = profile_of(g.session, practice.id, payer.id)
    known: dict[str, Any] = {}
    if profile is not None:
        known = {
            "version": str(profile.version),
            "appeal_days": profile.appeal_days,
            "filing_days": profile.filing_days,
            "counting_method": profile.counting_method or "",
            "requires_discipline_modifier": _YES_NO[profile.requires_discipline_modifier],
            **{name: _YES_NO[value] if HABITS[name].is_flag else value for name, value in profile.habits.items()},
        }
    return FiguresForm(formdata=None, prefix=f"{practice.public_id}-", **known)


@blueprint.post("/payers/<public_id>/address")
def set_address(public_id: str) -> BaseResponse | tuple[str, int]:
    """Set where appeals go."""
    payer = _payer(public_id)
    form = AddressForm()
    if not form.validate():
        return _page(payer, address=form), 422
    with transaction(g.session):
        payer.appeal_address = "\n".join(line.strip() for line in (form.address.data or "").splitlines()).strip()
        payer.fax = form.fax.data
    say("Address for appeals saved.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/payers/<public_id>/figures")
def set_own(public_id: str) -> BaseResponse | tuple[str, int]:
    """Set a practice's own figures; the clocks of its open denials follow."""
    payer = _payer(public_id)
    practice = next((one for one in _own_practices() if one.public_id == request.args.get("practice")), None)
    if practice is None:
        abort(404)
    form = FiguresForm(prefix=f"{practice.public_id}-")
    if not form.validate():
        return _page(payer, sent=(practice.id, form)), 422
    values = {
        "appeal_days": form.appeal_days.data,
        "filing_days": form.filing_days.data,
        "counting_method": form.counting_method.data or None,
        "requires_discipline_modifier": {"yes": True, "no": False}.get(form.requires_discipline_modifier.data),
        "habits": form.habits(),
    }
    seen = form.version.data or ""
    try:
        with transaction(g.session):
            version = int(seen) if seen.isdigit() else None
            moved = set_figures(g.session, practice.id, payer, version, values, load(), g.today)
    except EditConflict:
        return conflict_page()
    say(f"Figures saved. {plural(moved, 'deadline')} changed.")
    return redirect(url_for(".show", public_id=public_id), 303)
