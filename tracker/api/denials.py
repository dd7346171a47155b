"""Denials: the queue, one, logged by hand, changed, closed."""

from typing import Any

from flask import abort, g
from werkzeug.datastructures import MultiDict

from tracker.api.denial_json import denial_json, rows_json, state_json
from tracker.api.resource import OtherVersion, Resource, changes, located, once, page_told
from tracker.api.schemas.denials import Denial as DenialTold
from tracker.api.schemas.denials import DenialChange, DenialClosed, DenialList, DenialLogged, DenialsAsked
from tracker.domain.access import Action
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import Denial, Practice
from tracker.reports.denial_page import find_denial
from tracker.reports.queue import queue_page
from tracker.reports.queue_choices import people
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter
from tracker.services import deciding, working, write_offs
from tracker.services.logging_denials import LoggingProblem, likely_same, log_denial
from tracker.services.working import ChangeError
from tracker.web.access import Refused, assigns, needs
from tracker.web.forms.log import LogForm

blueprint = Resource("denials", "Denied claim lines: the work queue.")


@blueprint.route("/denials")
@blueprint.arguments(DenialsAsked, location="query")
@blueprint.response(200, DenialList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_denials(asked: dict[str, Any]) -> dict[str, Any]:
    """List denials, filtered and sorted as in the queue."""
    wanted = QueueFilter(
        view=asked["view"], payers=tuple(asked["payer"]), code=asked["code"], cause=asked["cause"],
        status=asked["status"], owner=asked["owner"], due=asked["due"], months=tuple(asked["month"]),
        only=asked["counted"], sort=asked["sort"], page=asked["page"], size=asked["page_size"],
    )  # fmt: skip
    found = queue_page(g.session, wanted, Viewer(g.user.id, g.today, g.now))
    ids = found.ids if found.page == wanted.page else ()  # past the end there is nothing, so that a loop ends
    told = page_told(asked, found.denials, rows_json(g.session, ids, g.today))
    return told | {"total_cents": found.cents}


def find(public_id: str) -> Denial:
    """Return a denial of the token's practice, or answer 404."""
    return find_denial(g.session, public_id) or abort(404)


@blueprint.route("/denials/<id:denial_id>")
@blueprint.response(200, DenialTold)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def read_denial(denial_id: str) -> dict[str, Any]:
    """Read one denial with its codes, likely causes, clock, notes and appeals."""
    return denial_json(g.session, find(denial_id), g.today)


# ---- logging ----

_FIELDS = {
    "patient": "patient_last_name",
    "line": "code",
    "amount": "amount_cents",
}


@blueprint.route("/denials", methods=["POST"])
@blueprint.arguments(DenialLogged)
@once
@blueprint.response(201, DenialTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def log_by_hand(sent: dict[str, Any]) -> Any:
    """Log a denial from paper, a portal or a phone call.

    When one of the same claim or patient, day and code is there, the answer is 409 and `current` names it.
    """
    typed = _form(sent).typed()
    same = likely_same(g.session, g.practice.id, typed)
    if same is not None and same.public_id != sent["not_same_as"]:
        raise OtherVersion(state_json(g.session, same, g.today))
    denial = log_denial(g.session, g.practice.id, typed, load(), g.now, g.today)
    return located(denial_json(g.session, denial, g.today), ".read_denial", denial_id=denial.public_id)


def _form(sent: dict[str, Any]) -> LogForm:
    """Return the form of the page "Log denial" with what was sent: its rules hold here too. Raises LoggingProblem."""
    if "," in sent["patient_last_name"]:
        raise LoggingProblem("patient_last_name", "Leave the comma out; the first name has a field of its own")
    units = f"x{sent['units']:g}" if sent["code"] else ""
    cents = sent["amount_cents"]
    words = {
        "practice": g.practice.public_id,
        "payer": sent["payer"],
        "patient": f"{sent['patient_last_name']}, {sent['patient_first_name']}",
        "claim_number": sent["claim_number"],
        "service_date": sent["service_date"].isoformat(),
        "reason": " ".join([sent["reason"], *sent["remarks"]]),
        "line": " ".join([sent["code"], *sent["modifiers"], units]).strip(),
        "amount": f"{cents // 100}.{cents % 100:02}",
        "denied_on": sent["denied_on"].isoformat(),
        "file_by": sent["file_by"].isoformat() if sent["file_by"] else "",
    }
    form = LogForm(MultiDict(words), meta={"csrf": False}).prepare([g.practice], load(), g.today)
    if not form.validate():
        name, told = next(iter(form.errors.items()))
        raise LoggingProblem(_FIELDS.get(name, name), told[0])
    return form


# ---- changing ----


@blueprint.route("/denials/<id:denial_id>", methods=["PATCH"])
@blueprint.arguments(DenialChange)
@changes
@blueprint.response(200, DenialTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def change_denial(sent: dict[str, Any], denial_id: str) -> dict[str, Any]:
    """Change status, owner, snooze date or cause of a denial; a closed one opens again with a status."""
    denial = _in_version(denial_id, sent)
    if "owner" in sent:
        _assign(denial, sent["owner"])
    if "cause" in sent:
        _choose(denial, sent["cause"])
    if "status" in sent:
        working.set_status(g.session, [denial], sent["status"], g.now, g.user.id)
    if "snoozed_to" in sent:
        working.snooze(g.session, [denial], sent["snoozed_to"], g.now, g.today, g.user.id)
    return denial_json(g.session, denial, g.today)


def _in_version(denial_id: str, sent: dict[str, Any]) -> Denial:
    denial = find(denial_id)
    if denial.version != sent["version"]:
        raise OtherVersion(state_json(g.session, denial, g.today))
    return denial


def _assign(denial: Denial, owner: str | None) -> None:
    known = {public_id: row_id for row_id, public_id, _ in people(g.session, g.scope)}
    if owner is not None and owner not in known:
        raise ChangeError("Nobody with this id works in the practice", "owner")
    to_id = known[owner] if owner is not None else None
    if not assigns(denial, to_id):
        raise Refused(Action.ASSIGN, (g.session.get_one(Practice, denial.practice_id),))
    working.assign(g.session, [denial], to_id, g.now, g.user.id)


def _choose(denial: Denial, cause: str) -> None:
    if cause not in load().root_causes:
        raise ChangeError("There is no cause with this code", "cause")
    path = deciding.usual_path(g.session, denial, cause, load(), g.today)
    deciding.choose_cause(g.session, denial, cause, path, g.now, g.user.id)


@blueprint.route("/denials/<id:denial_id>/close", methods=["POST"])
@blueprint.arguments(DenialClosed)
@changes
@blueprint.response(200, DenialTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def close_denial(sent: dict[str, Any], denial_id: str) -> dict[str, Any]:
    """Close a denial; a write-off above the practice's limit waits for approval instead."""
    denial = _in_version(denial_id, sent)
    if sent["reason"] == "written_off":
        write_offs.write_off(g.session, denial, sent["why"], g.now, g.today, g.user.id)
    else:
        working.close(g.session, [denial], sent["reason"], g.now, g.today, g.user.id)
    return denial_json(g.session, denial, g.today)
