"""Files in quarantine: given to the practice they are for, with its number added if need be, or deleted."""

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.importers.errors import ImportProblem
from tracker.models import ImportFile, Practice
from tracker.services.import_batches import stage_released
from tracker.services.own_numbers import NumberProblem, add_number
from tracker.services.quarantine import drop, find_held, payees_of
from tracker.web.access import allows, needs
from tracker.web.imports import staging_for
from tracker.web.navigation import say

blueprint = Blueprint("quarantine", __name__, url_prefix="/import/held")


def _held(public_id: str) -> ImportFile:
    return find_held(g.session, public_id) or abort(404)


def _asked(action: Action) -> Practice | None:
    """Return the practice the form names, if the person may do the action there."""
    asked = request.form.get("practice", "")
    return next((one for one in g.practices if one.public_id == asked and allows(action, one.id)), None)


def _to_imports(words: str) -> BaseResponse:
    say(words)
    return redirect(url_for("imports.choose"), 303)


@blueprint.post("/<public_id>/take")
@needs(Action.WORK_QUEUE)
def take(public_id: str) -> BaseResponse:
    """Give the file to a practice whose numbers it names."""
    return _release(_held(public_id), _asked(Action.WORK_QUEUE))


def _release(row: ImportFile, practice: Practice | None) -> BaseResponse:
    if practice is None or practice.id not in g.scope:
        return _to_imports("Choose a practice you work for, and switch to it or to all practices first.")
    try:
        with transaction(g.session) as session:
            batch = stage_released(session, row, practice, staging_for(practice)).batch
    except ImportProblem as problem:
        return _to_imports(f"{problem.why} {problem.what_to_do} Nothing was changed.")
    return redirect(url_for("imports.check", batch=batch), 303)


@blueprint.post("/<public_id>/add-number")
@needs(Action.SETTINGS, fresh=True)
def add_and_take(public_id: str) -> BaseResponse:
    """Add a number of the file to the own numbers of a practice, then give the file to it."""
    row, practice = _held(public_id), _asked(Action.SETTINGS)
    number = request.form.get("number", "")
    if practice is None or practice.id not in g.scope:
        return _to_imports("Choose a practice whose settings you may change. Nothing was changed.")
    if number not in {part for payee in payees_of(row) for part in payee if part}:
        return _to_imports("That number does not stand in the file. Nothing was changed.")
    try:
        with transaction(g.session) as session:
            add_number(session, practice, number, g.now, g.user.id)
    except NumberProblem as problem:
        return _to_imports(f"{problem}. Nothing was changed.")
    if not allows(Action.WORK_QUEUE, practice.id):
        return _to_imports("Number added. Somebody who works the queue can take the file now.")
    return _release(_held(public_id), practice)


@blueprint.post("/<public_id>/delete")
@needs(Action.WORK_QUEUE)
def delete(public_id: str) -> BaseResponse:
    """Delete the file; nothing of it was ever stored."""
    row = _held(public_id)
    with transaction(g.session) as session:
        drop(session, row, g.now, g.user.id)
    return _to_imports("File deleted. Nothing of it was stored.")
