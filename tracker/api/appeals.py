"""Appeals: the list, one, opened from denials, sent, followed up."""

from typing import Any

from flask import abort, g
from sqlalchemy import select

from tracker.api.denials import find
from tracker.api.resource import OtherVersion, Resource, changes, located, once, page_told, skipped
from tracker.api.schemas.appeals import Appeal as AppealTold
from tracker.api.schemas.appeals import AppealList, AppealOpened, AppealsAsked, AppealSent, FollowUpSent
from tracker.domain.access import Action
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import Appeal, Patient
from tracker.reports.appeal_page import AppealPage, LineOutcome, appeal_page
from tracker.reports.appeals_list import AppealRow, appeals_list, count_appeals
from tracker.services.appeal_sending import FollowUp, Sending, record_follow_up, record_sent, usual_reply_due
from tracker.services.appealing import open_appeal
from tracker.services.joining import open_joined
from tracker.services.own_templates import letters_of
from tracker.services.working import ChangeError
from tracker.web.access import needs

blueprint = Resource("appeals", "Requests to payers, on their way from draft to decision.")


@blueprint.route("/appeals")
@blueprint.arguments(AppealsAsked, location="query")
@blueprint.response(200, AppealList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_appeals(asked: dict[str, Any]) -> dict[str, Any]:
    """List appeals, those to work on first."""
    rows = appeals_list(g.session, asked["status"], skipped(asked), asked["page_size"])
    return page_told(asked, count_appeals(g.session, asked["status"]), [_row(row) for row in rows])


def _row(row: AppealRow) -> dict[str, Any]:
    return numbered(row.appeal) | {
        "version": row.appeal.version, "level": row.appeal.level, "payer": row.payer, "denials_count": row.denials,
        "denied_cents": row.cents, "due_on": row.due_on, "sent_on": row.appeal.sent_on,
        "reply_due": row.appeal.reply_due,
    }  # fmt: skip


def numbered(appeal: Appeal) -> dict[str, Any]:
    """Return an appeal with the number that people see."""
    return {"id": appeal.public_id, "number": f"A-{appeal.number}", "status": appeal.status}


def find_appeal(public_id: str) -> Appeal:
    """Return an appeal of the token's practice, or answer 404."""
    found: Appeal | None = g.session.scalar(select(Appeal).where(Appeal.public_id == public_id))
    return found or abort(404)


def appeal_in_version(public_id: str, sent: dict[str, Any]) -> Appeal:
    """Return an appeal as the program has read it. Raises OtherVersion."""
    appeal = find_appeal(public_id)
    if appeal.version != sent["version"]:
        raise OtherVersion(numbered(appeal) | {"version": appeal.version})
    return appeal


@blueprint.route("/appeals/<id:appeal_id>")
@blueprint.response(200, AppealTold)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def read_appeal(appeal_id: str) -> dict[str, Any]:
    """Read one appeal: where it stands, its denials, what happened."""
    return appeal_json(find_appeal(appeal_id))


def appeal_json(appeal: Appeal) -> dict[str, Any]:
    """Return an appeal with all of it."""
    page = appeal_page(g.session, appeal, load())
    patient = g.session.get_one(Patient, (appeal.practice_id, appeal.patient_id))
    of_appeal = ("version", "level", "opened_at", "sent_on", "sent_method", "tracking", "reply_due")
    return numbered(appeal) | {name: getattr(appeal, name) for name in of_appeal} | _page(page) | {
        "patient": {"id": patient.public_id, "name": f"{patient.last_name}, {patient.first_name}".rstrip(", ")},
    }  # fmt: skip


def _page(page: AppealPage) -> dict[str, Any]:
    return {
        "payer": {"id": page.payer.public_id, "name": page.payer.name},
        "denials": [_line(line) for line in page.lines],
        "denied_cents": page.denied_cents,
        "allowed_cents": page.allowed_cents,
        "letter": page.letter.public_id,
        "below": numbered(page.below) if page.below else None,
        "above": numbered(page.above) if page.above else None,
        "can_go_up": page.can_go_up,
        "files": page.files,
        "history": page.history,
    }


def _line(line: LineOutcome) -> dict[str, Any]:
    denial, outcome = line
    return {
        "id": denial.public_id, "number": f"D-{denial.number}", "status": denial.status,
        "denied_cents": denial.amount_cents, "result": outcome.result if outcome else None,
        "allowed_cents": outcome.amount_cents if outcome else None,
    }  # fmt: skip


@blueprint.route("/appeals", methods=["POST"])
@blueprint.arguments(AppealOpened)
@once
@blueprint.response(201, AppealTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def open_for_denials(sent: dict[str, Any]) -> Any:
    """Open an appeal with its first letter; a denial whose appeal is not sent yet leads to that one."""
    denials = [find(public_id) for public_id in dict.fromkeys(sent["denials"])]
    template = sent.get("template")
    if template is not None and template not in letters_of(g.session, g.practice.id):
        raise ChangeError("There is no letter template with this id", "template")
    if len(denials) > 1 and template is not None:
        raise ChangeError("The letter for several denials is the one that answers them best; leave it out", "template")
    acting = (load(), g.now, g.today, g.user.id)
    if len(denials) == 1:
        appeal = open_appeal(g.session, denials[0], template, *acting)
    else:
        appeal = open_joined(g.session, denials, *acting)
    g.session.flush()
    return located(appeal_json(appeal), ".read_appeal", appeal_id=appeal.public_id)


@blueprint.route("/appeals/<id:appeal_id>/sent", methods=["POST"])
@blueprint.arguments(AppealSent)
@changes
@blueprint.response(200, AppealTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def record_sending(sent: dict[str, Any], appeal_id: str) -> dict[str, Any]:
    """Record that an appeal was sent; its denials wait for the payer from then on."""
    appeal = appeal_in_version(appeal_id, sent)
    reply_due = sent["reply_due"] or usual_reply_due(g.session, appeal, sent["sent_on"], load())
    sending = Sending(sent["sent_on"], sent["method"], sent["tracking"])
    record_sent(g.session, appeal, sending, reply_due, g.now, g.today, g.user.id)
    return appeal_json(appeal)


@blueprint.route("/appeals/<id:appeal_id>/follow-ups", methods=["POST"])
@blueprint.arguments(FollowUpSent)
@once
@blueprint.response(201, AppealTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def follow_up(sent: dict[str, Any], appeal_id: str) -> Any:
    """Keep a call or message about an appeal that was sent."""
    appeal = appeal_in_version(appeal_id, sent)
    told = FollowUp(sent["on"], sent["spoke_to"], sent["reference"], sent["words"], sent["again_on"])
    record_follow_up(g.session, appeal, told, g.now, g.user.id)
    g.session.flush()
    return located(appeal_json(appeal), ".read_appeal", appeal_id=appeal.public_id)
