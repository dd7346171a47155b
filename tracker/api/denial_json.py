"""Denials as the API tells them, out of the reports of the queue and of the denial page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tracker.domain.due import CLOCKS
from tracker.knowledge import load
from tracker.models import Denial
from tracker.reports.denial_causes import CauseView, Evidence
from tracker.reports.denial_page import DenialPage, denial_page
from tracker.reports.denial_refs import DenialRefs, denial_refs
from tracker.reports.queue_rows import QueueRow, queue_rows

_CLOCK_OF = {words: name for name, words in CLOCKS.items()}


def rows_json(session: Session, ids: Sequence[int], today: date) -> list[dict[str, Any]]:
    """Return the denials with these row ids as rows of the queue, in their order."""
    refs = denial_refs(session, ids)
    return [_row(row, refs[row.id]) for row in queue_rows(session, ids, load().root_causes, today)]


def denial_json(session: Session, denial: Denial, today: date) -> dict[str, Any]:
    """Return a denial with all that bears on it."""
    (row,) = rows_json(session, [denial.id], today)
    return row | _page(denial_page(session, denial, load(), today))


def state_json(session: Session, denial: Denial, today: date) -> dict[str, Any]:
    """Return what can be changed of a denial as it stands, with its version: nothing about the patient."""
    (row,) = rows_json(session, [denial.id], today)
    told = {name: row[name] for name in ("id", "number", "version", "status", "open", "owner", "cause", "path")}
    return told | {"snoozed_to": row["snoozed_to"].isoformat() if row["snoozed_to"] else None}


def _row(row: QueueRow, refs: DenialRefs) -> dict[str, Any]:
    denial = refs.denial
    return {
        "id": row.public_id, "number": f"D-{row.number}", "version": denial.version, "status": row.status,
        "open": denial.is_open, "snoozed_to": row.snoozed_to, "due": _due(row, denial),
        "patient": {"id": refs.patient, "name": row.patient}, "payer": {"id": refs.payer, "name": row.payer},
        "claim": {"id": refs.claim, "control_number": row.claim_number},
        "owner": {"id": refs.owner, "name": row.owner} if refs.owner else None,
        "service_date": row.service_date, "denied_on": row.denied_on, "code": denial.code, "reason": row.code,
        "remarks": row.remarks.split(), "amount_cents": row.amount_cents, "billed_cents": denial.billed_cents,
        "recovered_cents": denial.recovered_cents, "cause": _cause(row, denial), "path": denial.path,
        "next_step": row.next_step, "waits_for_approval": row.waits_for_approval,
    }  # fmt: skip


def _due(row: QueueRow, denial: Denial) -> dict[str, Any] | None:
    if row.due is None:
        return None
    return {
        "clock": _CLOCK_OF[row.due.name],
        "on": row.due.on,
        "legal": denial.running_legal if row.due.on else None,
        "words": row.due.words,
    }


def _cause(row: QueueRow, denial: Denial) -> dict[str, str] | None:
    if not denial.root_cause:
        return None
    return {"code": denial.root_cause, "title": row.cause, "strength": row.strength}


def _page(page: DenialPage) -> dict[str, Any]:
    return {
        "close_reason": page.denial.close_reason,
        "closed_on": page.denial.closed_on,
        "practice": {"id": page.practice.public_id, "name": page.practice.name},
        "codes": page.codes,
        "barred_by": page.barred_by,
        "causes": [_cause_told(cause) for cause in page.causes.standing],
        "clock": page.clock,
        "notes": [view.note.public_id for view in page.notes],
        "appeals": [
            {
                "id": view.appeal.public_id,
                "number": f"A-{view.appeal.number}",
                "status": view.appeal.status,
            }
            for view in page.appeals
        ],
    }


def _cause_told(cause: CauseView) -> dict[str, Any]:
    return {
        "code": cause.root_cause, "title": cause.title, "definition": cause.definition, "strength": cause.strength,
        "path": cause.path, "path_why": cause.path_why, "cure": cause.cure, "chosen": cause.chosen,
        "supports": [_evidence(one) for one in cause.supports], "against": [_evidence(one) for one in cause.against],
    }  # fmt: skip


def _evidence(found: Evidence) -> dict[str, Any]:
    return {"words": found.words, "quotes": [view.quote for view in found.quotes], "absent": found.absent}
