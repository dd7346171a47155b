"""Payers: where appeals go, and what a practice knows better than the usual limits."""

from typing import Any, NamedTuple

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.deadlines import CONFIDENCE_WORDS, ClockRule
from tracker.domain.payer_habits import HABITS
from tracker.knowledge import load
from tracker.models import Claim, Payer, PayerAlias, Practice
from tracker.reports.decided import payer_year
from tracker.reports.duplicate_payers import likely_pairs, merges_shown
from tracker.reports.payer_limits import LimitRow, limit_rows, open_denials, other_limits
from tracker.reports.queue_filter import QueueFilter
from tracker.services.clocks import profile_of
from tracker.services.coverage import EditConflict
from tracker.services.merging_payers import dealt_with
from tracker.services.payer_figures import PACKET_LIMITS, set_figures
from tracker.web.access import needs
from tracker.web.filters import plural
from tracker.web.forms.payers import AddressForm, FiguresForm, NamedForm
from tracker.web.navigation import say
from tracker.web.other_version import other_version

blueprint = Blueprint("payers", __name__)

_YES_NO = {True: "yes", False: "no", None: ""}


@blueprint.get("/payers")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List the payers of the practices' claims."""
    payers = listed_payers()
    return render_template(
        "payers/index.html", payers=payers, twice=len(likely_pairs(g.session, own_practices())),
        kinds={one.kind: load().payer_defaults(one.kind).title for one in payers},
    )  # fmt: skip


def listed_payers() -> list[Payer]:
    """Return the payers of the practices' claims, by name."""
    used = select(Claim.payer_id).distinct()
    return list(g.session.scalars(select(Payer).where(Payer.id.in_(used)).order_by(Payer.name)))


@blueprint.get("/payers/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str | BaseResponse:
    """Show a payer; one that was merged leads to the one that stayed."""
    stays = _merged_into(public_id)
    if stays is not None and not any(payer.public_id == public_id for payer in listed_payers()):
        return redirect(url_for(".show", public_id=stays.public_id), 303)
    return _page(find_payer(public_id))


def _merged_into(public_id: str) -> Payer | None:
    query = select(PayerAlias.stays_id).join(Payer, Payer.id == PayerAlias.payer_id)
    stays_id = g.session.scalar(query.where(Payer.public_id == public_id).limit(1))
    return g.session.get(Payer, stays_id) if stays_id is not None else None


def find_payer(public_id: str) -> Payer:
    """Return a payer the practices of this person deal with."""
    payer = next((one for one in listed_payers() if one.public_id == public_id), None)
    if payer is None:
        abort(404)
    return payer


def own_practices() -> list[Practice]:
    """Return the practices in view."""
    return [practice for practice in g.practices if practice.id in g.scope]


def _page(payer: Payer, address: Any = None, sent: tuple[int, Any] | None = None) -> str:
    forms = {
        practice.id: sent[1] if sent and sent[0] == practice.id else _figures_form(practice, payer)
        for practice in own_practices()
    }
    return render_template(
        "payers/show.html",
        payer=payer,
        address=address or _address_form(payer),
        practices=own_practices(),
        forms=forms,
        refused=address or (sent[1] if sent else None),
        limits={practice.id: _limits(practice, payer) for practice in own_practices()},
        open_denials=open_denials(g.session, payer),
        of_payer=QueueFilter(payers=(payer.public_id,)).query(),
        year=payer_year(g.session, payer, g.today),
        carcs=load().carc,
        usual=load().payer_defaults(payer.kind),
        habits=HABITS,
        confidences=CONFIDENCE_WORDS,
        merges={practice.id: merges_shown(g.session, practice.id, payer, g.now) for practice in own_practices()},
        others={practice.id: _others(practice, payer) for practice in own_practices()},
    )


def _others(practice: Practice, payer: Payer) -> list[Payer]:
    """Return the payers of a practice that this one could be merged with: none where it does not deal with this one."""
    known = dealt_with(g.session, practice.id)
    return [one for one in known if one.id != payer.id] if payer in known else []


def _address_form(payer: Payer) -> AddressForm:
    known = {"address": payer.appeal_address, "fax": payer.fax, "portal": payer.portal}
    return AddressForm(formdata=None, version=str(payer.version), **known)


class Limits(NamedTuple):
    """What a practice's card shows of a payer's limits; ``likely`` are the large payers its name is like."""

    rows: tuple[LimitRow, ...]
    others: tuple[ClockRule, ...]
    named: NamedForm
    likely: tuple[str, ...]
    version: str


def _limits(practice: Practice, payer: Payer) -> Limits:
    knowledge, profile = load(), profile_of(g.session, practice.id, payer.id)
    rows = limit_rows(g.session, payer, profile, knowledge, g.today)
    version = str(profile.version) if profile is not None else ""
    likely = tuple(each.title for each in knowledge.named_payers.values() if each.is_like(payer.name))
    others = other_limits(payer, profile, rows, knowledge, g.today)
    return Limits(rows, others, named_form(practice, payer), likely, version)


def named_form(practice: Practice, payer: Payer) -> NamedForm:
    """Return the form that says which large payer this one is, filled from what the practice said."""
    profile = profile_of(g.session, practice.id, payer.id)
    known = {"named": profile.named, "version": str(profile.version)} if profile is not None else {"named": ""}
    return NamedForm(formdata=None, **known).offer(load())


def _figures_form(practice: Practice, payer: Payer) -> FiguresForm:
    profile = profile_of(g.session, practice.id, payer.id)
    known: dict[str, Any] = {}
    if profile is not None:
        known = {
            "version": str(profile.version),
            "counting_method": profile.counting_method or "",
            "requires_discipline_modifier": _YES_NO[profile.requires_discipline_modifier],
            **{name: getattr(profile, name) for name in PACKET_LIMITS},
            **{name: _YES_NO[value] if HABITS[name].is_flag else value for name, value in profile.habits.items()},
        }
    return FiguresForm(formdata=None, prefix=f"{practice.public_id}-", **known)


@blueprint.post("/payers/<public_id>/address")
@needs(Action.PAYER_RULES)
def set_address(public_id: str) -> Any:
    """Set where appeals go."""
    payer = find_payer(public_id)
    form = AddressForm()
    if not form.validate():
        return _page(payer, address=form), 422
    if form.version.data != str(payer.version):
        return other_version(form, _address_form(payer), payer, url_for(".show", public_id=public_id))
    with transaction(g.session):
        payer.appeal_address = "\n".join(line.strip() for line in (form.address.data or "").splitlines()).strip()
        payer.fax, payer.portal = form.fax.data, form.portal.data
    say("Address for appeals saved.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/payers/<public_id>/figures")
@needs(Action.PAYER_RULES)
def set_own(public_id: str) -> Any:
    """Set a practice's own figures; the clocks of its open denials follow."""
    payer = find_payer(public_id)
    practice = next((one for one in own_practices() if one.public_id == request.args.get("practice")), None)
    if practice is None:
        abort(404)
    form = FiguresForm(prefix=f"{practice.public_id}-")
    if not form.validate():
        return _page(payer, sent=(practice.id, form)), 422
    values = {
        "counting_method": form.counting_method.data or None,
        "requires_discipline_modifier": {"yes": True, "no": False}.get(form.requires_discipline_modifier.data),
        "habits": form.habits(),
        **{name: form[name].data for name in PACKET_LIMITS},
    }
    seen = form.version.data or ""
    try:
        with transaction(g.session):
            version = int(seen) if seen.isdigit() else None
            moved = set_figures(g.session, practice.id, payer, version, values, load(), g.today)
    except EditConflict:
        payer = find_payer(public_id)
        row = profile_of(g.session, practice.id, payer.id)
        return other_version(form, _figures_form(practice, payer), row, url_for(".show", public_id=public_id))
    say(f"Figures saved. {plural(moved, 'deadline')} changed.")
    return redirect(url_for(".show", public_id=public_id), 303)
