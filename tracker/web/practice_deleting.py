"""Deleting a practice in two steps, and bringing it back during thirty days. For owners; a company takes two of them."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import Practice
from tracker.services.owner_requests import Kind, RequestProblem, ask, open_requests, other_owners
from tracker.services.practice_deletion import (
    RESTORABLE_FOR,
    delete_practice,
    destroyed_on,
    restore_practice,
    rows_of_practice,
)
from tracker.services.user_mail import About
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.filters import us_date
from tracker.web.forms.practice_data import DeleteForm
from tracker.web.navigation import say
from tracker.web.practice_data import tell_owners, two_decide
from tracker.web.settings import own_practice

blueprint = Blueprint("practice_deleting", __name__, url_prefix="/settings")

_NAMED = {
    "patients": "patient", "claims": "claim", "denials": "denial", "notes": "note", "appeals": "appeal",
    "letters": "letter", "imports": "imported file", "memberships": "person with access",
}  # fmt: skip
_MANY = {"memberships": "people with access"}


def what_goes(practice: Practice) -> tuple[list[tuple[int, str, str | None]], int]:
    """Return counts of what people know of a practice, with their words, and of all its rows."""
    counts = rows_of_practice(g.session, practice.id)
    total = sum(counts.values())
    shown(total)
    return [(counts.get(table, 0), one, _MANY.get(table)) for table, one in _NAMED.items()], total


@blueprint.get("/practices/<public_id>/delete")
@needs(Action.OWN_PRACTICE)
def ask_first(public_id: str) -> str:
    """Show what goes with a practice; the second step asks for its name."""
    practice = own_practice(public_id)
    form = DeleteForm(formdata=None, version=practice.version) if request.args.get("step") == "2" else None
    return _page(practice, form)


def _page(practice: Practice, form: DeleteForm | None) -> str:
    counts, total = what_goes(practice)
    return render_template(
        "practice_data/delete.html", practice=practice, form=form, counts=counts, total=total,
        days=RESTORABLE_FOR.days, two_decide=two_decide(), others=other_owners(g.session, practice.id, g.user.id),
        asked=next((one for one in open_requests(g.session, [practice.id], g.now) if one.kind == Kind.DELETE), None),
    )  # fmt: skip


@blueprint.post("/practices/<public_id>/delete")
@needs(Action.OWN_PRACTICE, fresh=True)
def delete(public_id: str) -> BaseResponse | tuple[str, int]:
    """Hide the practice, or ask a second owner to agree."""
    practice, form = own_practice(public_id), DeleteForm()
    form.wanted = practice.name
    if not form.validate():
        return _page(practice, form), 422
    if form.version.data != str(practice.version):
        form.name.errors = ["The practice was changed since this page was opened. Look again at what goes"]
        form.version.data = str(practice.version)
        return _page(practice, form), 409
    if two_decide():
        return _ask(practice, form)
    with transaction(g.session) as session:
        delete_practice(practice, g.now, g.user.id)
        tell_owners(session, practice, About.PRACTICE_DELETED)
    say(f"{practice.name} is deleted. Until {last_day(practice)} an owner can bring it back, below.")
    return redirect(url_for("settings.show", _anchor="deleted"), 303)


def _ask(practice: Practice, form: DeleteForm) -> BaseResponse | tuple[str, int]:
    public_id = practice.public_id
    try:
        with transaction(g.session) as session:
            asked = ask(session, practice, Kind.DELETE, g.now, g.user.id)
            tell_owners(session, practice, About.OWNER_ASKED)
    except RequestProblem as problem:
        form.name.errors = [str(problem)]
        return _page(own_practice(public_id), form), 422
    say("Another owner was asked to confirm. Nothing was deleted yet.")
    return redirect(url_for("practice_requests.show", public_id=public_id, request_id=asked.public_id), 303)


def last_day(practice: Practice) -> str:
    """Return from which day on a deleted practice is destroyed."""
    moment = destroyed_on(practice)
    return us_date(moment.astimezone().date()) if moment else ""


# ---- back ----


def _deleted(public_id: str) -> Practice:
    """Return a deleted practice of the person's own."""
    found = next((one for one in g.deleted if one.public_id == public_id), None)
    if found is None:
        abort(404)
    practice: Practice = g.session.get_one(Practice, found.id)
    return practice


@blueprint.get("/deleted/<public_id>")
@needs(Action.OWN_PRACTICE, deleted=True)
def deleted(public_id: str) -> str:
    """Show a deleted practice: until when it can be brought back."""
    practice = _deleted(public_id)
    counts, total = what_goes(practice)
    return render_template(
        "practice_data/deleted.html", practice=practice, counts=counts, total=total, until=last_day(practice)
    )


@blueprint.post("/deleted/<public_id>")
@needs(Action.OWN_PRACTICE, fresh=True, deleted=True)
def bring_back(public_id: str) -> BaseResponse:
    """Show a deleted practice again, to those who saw it before."""
    practice = _deleted(public_id)
    with transaction(g.session) as session:
        restore_practice(practice)
        tell_owners(session, practice, About.PRACTICE_BACK)
    say(f"{practice.name} is back, for everybody who saw it before.")
    return redirect(url_for("settings.show"), 303)
