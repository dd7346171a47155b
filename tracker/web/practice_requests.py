"""What one owner asks another to confirm: seen, confirmed with a fresh proof, declined or taken back."""

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import OwnerRequest, Practice, User
from tracker.services.owner_requests import OPEN_FOR, Kind, RequestProblem, confirm, other_owners, turn_down
from tracker.services.practice_deletion import RESTORABLE_FOR
from tracker.services.retention import files_older_than
from tracker.services.user_mail import About
from tracker.web.access import needs
from tracker.web.forms.version import VersionForm
from tracker.web.navigation import say
from tracker.web.other_version import seen_version
from tracker.web.practice_data import tell_owners
from tracker.web.practice_deleting import last_day, what_goes
from tracker.web.settings import own_practice

blueprint = Blueprint("practice_requests", __name__, url_prefix="/settings/practices/<public_id>/requests/<request_id>")

_MEANWHILE = "This was decided by somebody else meanwhile. Nothing was changed now"


def _find(public_id: str, request_id: str) -> tuple[Practice, OwnerRequest]:
    practice = own_practice(public_id)
    query = select(OwnerRequest).where(OwnerRequest.practice_id == practice.id, OwnerRequest.public_id == request_id)
    row = g.session.scalar(query)
    return (practice, row) if row else abort(404)


@blueprint.get("")
@needs(Action.OWN_PRACTICE)
def show(public_id: str, request_id: str) -> str:
    """Show what is asked, by whom, until when, and what it would do."""
    return _page(*_find(public_id, request_id))


def _page(practice: Practice, row: OwnerRequest, problem: str = "") -> str:
    is_deletion = row.kind == Kind.DELETE
    counts, total = what_goes(practice) if is_deletion else ([], 0)
    return render_template(
        "practice_data/request.html", practice=practice, row=row, problem=problem, counts=counts, total=total,
        is_deletion=is_deletion, is_mine=row.asked_by_id == g.user.id, until=row.asked_at + OPEN_FOR,
        is_open=row.state == "open" and row.asked_at > g.now - OPEN_FOR, asker=g.session.get_one(User, row.asked_by_id),
        files=0 if is_deletion else files_older_than(g.session, practice.id, row.months, g.now),
        others=other_owners(g.session, practice.id, g.user.id), days=RESTORABLE_FOR.days,
        form=VersionForm(formdata=None, version=row.version),
    )  # fmt: skip


def _refuse(public_id: str, request_id: str, why: str) -> tuple[str, int]:
    return _page(*_find(public_id, request_id), why), 409


@blueprint.post("/confirm")
@needs(Action.OWN_PRACTICE, fresh=True)
def agree(public_id: str, request_id: str) -> BaseResponse | tuple[str, int]:
    """Do what another owner asked for."""
    practice, row = _find(public_id, request_id)
    if seen_version(VersionForm()) != row.version:
        return _refuse(public_id, request_id, _MEANWHILE)
    try:
        with transaction(g.session) as session:
            confirm(session, row, g.now, g.user.id)
            if row.kind == Kind.DELETE:
                tell_owners(session, practice, About.PRACTICE_DELETED)
    except RequestProblem as problem:
        return _refuse(public_id, request_id, str(problem))
    if row.kind == Kind.DELETE:
        say(f"{practice.name} is deleted. Until {last_day(practice)} an owner can bring it back, below.")
        return redirect(url_for("settings.show", _anchor="deleted"), 303)
    say(f"Imported files are kept {row.months} months. Older ones are removed within minutes.")
    return redirect(url_for("practice_data.show", public_id=public_id), 303)


@blueprint.post("/decline")
@needs(Action.OWN_PRACTICE, fresh=True)
def decline(public_id: str, request_id: str) -> BaseResponse | tuple[str, int]:
    """Decline what another owner asked for, or take back one's own request."""
    _, row = _find(public_id, request_id)
    if seen_version(VersionForm()) != row.version:
        return _refuse(public_id, request_id, _MEANWHILE)
    try:
        with transaction(g.session):
            turn_down(row, g.now, g.user.id)
    except RequestProblem as problem:
        return _refuse(public_id, request_id, str(problem))
    say("Request taken back." if row.state == "withdrawn" else "Request declined. Nothing was changed.")
    return redirect(url_for("practice_data.show", public_id=public_id), 303)
