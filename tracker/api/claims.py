"""Claims: the list, and one with its lines and the payer's answers."""

from collections.abc import Sequence
from typing import Any

from flask import abort, g
from sqlalchemy import select

from tracker.api.resource import Resource, page_told, skipped
from tracker.api.schemas.claims import Claim as ClaimTold
from tracker.api.schemas.claims import ClaimList, ClaimsAsked
from tracker.domain.access import Action
from tracker.domain.case import Case, CaseLine
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import Claim, Denial, Patient, Payer
from tracker.reports.claim_page import claim_page
from tracker.reports.claims_list import ClaimsWanted, claims_list
from tracker.web.access import needs

blueprint = Resource("claims", "Claims as billed, with the payers' answers.")


@blueprint.route("/claims")
@blueprint.arguments(ClaimsAsked, location="query")
@blueprint.response(200, ClaimList)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def list_claims(asked: dict[str, Any]) -> dict[str, Any]:
    """List claims, newest visits first."""
    wanted = ClaimsWanted(asked["patient"], asked["payer"], asked["from_day"], asked["to_day"])
    rows, total = claims_list(g.session, wanted, skipped(asked), asked["page_size"])
    return page_told(asked, total, [_claim_json(*row) for row in rows])


def find_claim(public_id: str) -> Claim:
    """Return a claim of the token's practice, or answer 404."""
    found: Claim | None = g.session.scalar(select(Claim).where(Claim.public_id == public_id))
    return found or abort(404)


@blueprint.route("/claims/<id:claim_id>")
@blueprint.response(200, ClaimTold)
@needs(Action.WORK_QUEUE, verb=Verb.READ)
def read_claim(claim_id: str) -> dict[str, Any]:
    """Read one claim with its lines, what the payer answered, its denials and notes."""
    claim = find_claim(claim_id)
    page = claim_page(g.session, claim, load(), g.today)
    patient = g.session.get_one(Patient, (claim.practice_id, claim.patient_id))
    return _claim_json(claim, patient, page.payer) | {
        "diagnoses": claim.diagnoses.split(),
        "lines": [_line(page.case, line) for line in page.case.claim.lines],
        "denials": denials_told(page.denials),
        "notes": [note.public_id for note in page.notes],
    }


def _claim_json(claim: Claim, patient: Patient, payer: Payer) -> dict[str, Any]:
    return {
        "claim": claim,
        "patient": {"id": patient.public_id, "name": f"{patient.last_name}, {patient.first_name}".rstrip(", ")},
        "payer": {"id": payer.public_id, "name": payer.name},
    }


def denials_told(denials: Sequence[Denial]) -> list[dict[str, str]]:
    """Return denials with the numbers that people see."""
    return [{"id": one.public_id, "number": f"D-{one.number}", "status": one.status} for one in denials]


def _line(case: Case, line: CaseLine) -> dict[str, Any]:
    answer = case.answer(line.line)
    adjustments = answer.adjustments if answer else ()
    return {
        "line": line.line, "service_date": line.service_date, "code": line.code, "modifiers": line.modifiers,
        "units": line.units, "charge_cents": line.charge_cents, "paid_cents": answer.paid_cents if answer else None,
        "adjustments": [{"reason": f"{a.group}-{a.carc}", "amount_cents": a.amount_cents} for a in adjustments],
        "remarks": answer.remarks if answer else (),
    }  # fmt: skip
