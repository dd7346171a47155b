"""The numbers of a practice beside its letterhead's: NPIs and tax IDs under which payers pay it too."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import OwnNumber, Practice
from tracker.services.own_numbers import KINDS, NumberProblem, add_number, listed_numbers, remove_number
from tracker.web.access import needs
from tracker.web.forms.settings import OwnNumberForm
from tracker.web.navigation import say
from tracker.web.settings import own_practice

blueprint = Blueprint("own_numbers", __name__, url_prefix="/settings/practices")


@blueprint.get("/<public_id>/numbers")
@needs(Action.SETTINGS)
def show(public_id: str) -> str:
    """List a practice's numbers."""
    return _page(own_practice(public_id), OwnNumberForm(formdata=None))


def _page(practice: Practice, form: OwnNumberForm) -> str:
    return render_template(
        "settings/numbers.html", practice=practice, numbers=listed_numbers(g.session, practice), kinds=KINDS, form=form
    )


@blueprint.post("/<public_id>/numbers")
@needs(Action.SETTINGS, fresh=True)
def add(public_id: str) -> BaseResponse | tuple[str, int]:
    """Add a number."""
    practice, form = own_practice(public_id), OwnNumberForm()
    if not form.validate():
        return _page(practice, form), 422
    try:
        with transaction(g.session) as session:
            add_number(session, practice, form.number.data, g.now, g.user.id)
    except NumberProblem as problem:
        form.number.errors = [str(problem)]
        return _page(own_practice(public_id), form), 422
    say("Number added. Files for it can be imported now.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/<public_id>/numbers/remove")
@needs(Action.SETTINGS, fresh=True)
def remove(public_id: str) -> BaseResponse:
    """Take a number away."""
    practice = own_practice(public_id)
    asked = OwnNumber.practice_id == practice.id, OwnNumber.public_id == request.form.get("number", "")
    row = g.session.scalar(select(OwnNumber).where(*asked))
    if row is None:
        abort(404)
    with transaction(g.session) as session:
        remove_number(session, row, g.now, g.user.id)
    say("Number taken away. What was stored under it stays.")
    return redirect(url_for(".show", public_id=public_id), 303)
