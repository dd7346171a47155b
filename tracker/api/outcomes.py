"""Outcomes: what payers decided on appeals, recorded and listed."""

from typing import Any

from flask import g

from tracker.api.appeals import appeal_in_version, appeal_json, find_appeal
from tracker.api.resource import PageAsked, Resource, located, once, page_told, skipped
from tracker.api.schemas.appeals import Appeal as AppealTold
from tracker.api.schemas.appeals import Decided, OutcomeList
from tracker.domain.access import Action
from tracker.domain.appeal_life import Result
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import Appeal, Denial, Outcome
from tracker.services.appealed import denials_of
from tracker.services.outcomes import Decision, LineDecision, outcomes_of, record_decision
from tracker.services.working import ChangeError
from tracker.web.access import needs

blueprint = Resource("outcomes", "What payers decided on appeals, line by line.")


@blueprint.route("/appeals/<id:appeal_id>/outcomes")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, OutcomeList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_outcomes(asked: dict[str, Any], appeal_id: str) -> dict[str, Any]:
    """List what was decided on the denials of an appeal."""
    appeal = find_appeal(appeal_id)
    denials = {denial.id: denial for denial in denials_of(g.session, appeal)}
    found = [_outcome(one, denials[one.denial_id]) for one in outcomes_of(g.session, appeal)]
    start = skipped(asked)
    return page_told(asked, len(found), found[start : start + asked["page_size"]])


def _outcome(outcome: Outcome, denial: Denial) -> dict[str, Any]:
    told = ("result", "decided_on", "reference", "reason", "recorded_at")
    return {name: getattr(outcome, name) for name in told} | {
        "denial": {"id": denial.public_id, "number": f"D-{denial.number}", "status": denial.status},
        "allowed_cents": outcome.amount_cents,
    }


@blueprint.route("/appeals/<id:appeal_id>/outcomes", methods=["POST"])
@blueprint.arguments(Decided)
@once
@blueprint.response(201, AppealTold)
@needs(Action.WORK_QUEUE, verb=Verb.WRITE)
def record(sent: dict[str, Any], appeal_id: str) -> Any:
    """Record a payer's decision; lines it gave in on close, the others go on to the next level's clock."""
    appeal = appeal_in_version(appeal_id, sent)
    decision = Decision(
        sent["decided_on"], _lines(appeal, sent["lines"]), sent["reference"], sent["reason"], sent["records_due"]
    )
    record_decision(g.session, appeal, decision, load(), g.now, g.today, g.user.id)
    return located(appeal_json(appeal), "api_appeals.read_appeal", appeal_id=appeal.public_id)


def _lines(appeal: Appeal, sent: list[dict[str, Any]]) -> list[LineDecision]:
    ids = {denial.public_id: denial.id for denial in denials_of(g.session, appeal)}
    if any(line["denial"] not in ids for line in sent):
        raise ChangeError("One of the denials is not in this appeal", "lines")
    return [LineDecision(ids[line["denial"]], Result(line["result"]), line["allowed_cents"]) for line in sent]
