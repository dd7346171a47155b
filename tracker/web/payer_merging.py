"""Merging payers that a practice has twice: likely pairs, what a merge would move, the merge, taking it back."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.models import Event, Payer, Practice
from tracker.reports.duplicate_payers import likely_pairs, moved_words
from tracker.services.merging_payers import (
    MERGED,
    UNDO_DAYS,
    PayersStay,
    dealt_with,
    effect_of_merge,
    merge_payers,
    part_payers,
)
from tracker.web.access import needs
from tracker.web.navigation import refuse, say
from tracker.web.payers import own_practices
from tracker.web.request import acting

blueprint = Blueprint("payer_merging", __name__)


@blueprint.get("/duplicate-payers")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List payers that may be the same one."""
    return render_template("payers/duplicates.html", pairs=likely_pairs(g.session, own_practices()))


@blueprint.get("/payers/<public_id>/same-as")
@needs(Action.PAYER_RULES)
def choose(public_id: str) -> BaseResponse:
    """Lead from a payer's page to the comparison with the one chosen there."""
    practice, other = _practice(), request.args.get("other", "")
    if not other:
        return redirect(url_for("payers.show", public_id=public_id), 303)
    there = url_for(".compare", public_id=public_id, other_id=other, practice=practice.public_id)
    return redirect(there, 303)


@blueprint.get("/payers/<public_id>/same-as/<other_id>")
@needs(Action.PAYER_RULES)
def compare(public_id: str, other_id: str) -> str:
    """Show two payers side by side, each with what a merge into it would move."""
    return _compare_page(_practice(), public_id, other_id)


def _compare_page(practice: Practice, public_id: str, other_id: str) -> str:
    one, other = _both(practice, public_id, other_id)
    effects = [
        effect_of_merge(g.session, practice.id, stays, goes, load()) for stays, goes in ((one, other), (other, one))
    ]
    return render_template(
        "payers/compare.html", practice=practice, both=(one, other), effects=effects, days=UNDO_DAYS,
    )  # fmt: skip


def _practice() -> Practice:
    asked = request.args.get("practice")
    practice = next((one for one in own_practices() if one.public_id == asked), None)
    return practice or abort(404)


def _both(practice: Practice, *public_ids: str) -> list[Payer]:
    """Return two different payers that the practice deals with."""
    known = {payer.public_id: payer for payer in dealt_with(g.session, practice.id)}
    found = [known[public_id] for public_id in dict.fromkeys(public_ids) if public_id in known]
    return found if len(found) == len(public_ids) else abort(404)


@blueprint.post("/payers/<public_id>/same-as/<other_id>")
@needs(Action.PAYER_RULES)
def merge(public_id: str, other_id: str) -> Any:
    """Merge the other payer into this one, with the numbers that the page showed."""
    practice = _practice()
    stays, goes = _both(practice, public_id, other_id)
    name, seal = goes.name, request.form.get("seal", "")
    try:
        with transaction(g.session) as session:
            effect = merge_payers(session, practice.id, stays, goes, seal, load(), acting())
    except PayersStay as problem:
        refuse(f"{problem}. Nothing was changed.")
        return _compare_page(practice, public_id, other_id), 409
    say(f"{name} merged: {moved_words(effect.rows)} moved. You can undo this here for {UNDO_DAYS} days.")
    return redirect(url_for("payers.show", public_id=public_id), 303)


@blueprint.post("/payers/<public_id>/part")
@needs(Action.PAYER_RULES)
def part(public_id: str) -> BaseResponse:
    """Undo the merge that the form names."""
    practice, number = _practice(), request.form.get("event", "")
    payer = next((one for one in dealt_with(g.session, practice.id) if one.public_id == public_id), None)
    event = g.session.get(Event, (practice.id, int(number))) if number.isdigit() and len(number) < 20 else None
    if payer is None or event is None or event.kind != MERGED or event.subject_id != payer.id:
        abort(404)
    try:
        with transaction(g.session) as session:
            other = part_payers(session, practice.id, payer, event, load(), acting())
        say(f"Merge undone. {other.name} is a payer of its own again.")
    except PayersStay as problem:
        refuse(f"{problem}. Nothing was changed.")
    return redirect(url_for("payers.show", public_id=public_id), 303)
