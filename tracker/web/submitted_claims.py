"""How many claims a practice submitted each month: what the HFMA basis of the denial rate divides by."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.submitted import SubmittedError, read_submitted, written
from tracker.models import Practice
from tracker.services.practices import set_submitted
from tracker.web.access import needs
from tracker.web.forms.settings import SubmittedForm
from tracker.web.navigation import say
from tracker.web.other_version import other_version
from tracker.web.settings import own_practice

blueprint = Blueprint("submitted_claims", __name__, url_prefix="/settings/practices")


@blueprint.get("/<public_id>/submitted")
@needs(Action.SETTINGS)
def show(public_id: str) -> str:
    """Show the counts."""
    practice = own_practice(public_id)
    return _page(practice, _form_of(practice))


def _form_of(practice: Practice) -> SubmittedForm:
    text = written(practice.submitted_claims or {})
    return SubmittedForm(formdata=None, counts=text, version=str(practice.version))


def _page(practice: Practice, form: SubmittedForm) -> str:
    return render_template("settings/submitted.html", practice=practice, form=form)


@blueprint.post("/<public_id>/submitted")
@needs(Action.SETTINGS)
def save(public_id: str) -> Any:
    """Keep the counts, all of them in place of those before."""
    practice, form = own_practice(public_id), SubmittedForm()
    try:
        counts = read_submitted(form.counts.data or "")
    except SubmittedError as problem:
        form.validate()
        form.counts.errors = [str(problem)]
        return _page(practice, form), 422
    if not form.validate():
        return _page(practice, form), 422
    if form.version.data != str(practice.version):
        back = url_for(".show", public_id=public_id)
        return other_version(form, _form_of(practice), practice, back)
    with transaction(g.session) as session:
        set_submitted(session, practice, counts)
    say("Submitted claims saved. Insights can show the HFMA basis.")
    return redirect(url_for(".show", public_id=public_id), 303)
