"""The requests for records of claims as the domain has them, and the one a denial followed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from tracker.domain.records_asked import Answered, RecordsAsked, followed
from tracker.knowledge import Knowledge
from tracker.models import Denial, RecordsRequest

_RULE = "REC_ADR_NO_RESPONSE"


def not_taken_back() -> ColumnElement[bool]:
    """Return the condition of requests that are open or were answered: one closed without a sending is no longer wanted."""
    return or_(RecordsRequest.closed_on.is_(None), RecordsRequest.sent_method != "")


def asked_records(row: RecordsRequest | Row[Any]) -> RecordsAsked:
    """Return a request that was not taken back."""
    return RecordsAsked(row.requested_on, row.due_legal or row.due_safe, row.closed_on, row.reference or None)


def request_behind(session: Session, denial: Denial, knowledge: Knowledge) -> RecordsRequest | None:
    """Return the request for records that a denial followed, None where its codes say something else.

    Codes that speak of records name it, answered or not; codes that payers use without a word of records
    (the rule's figure ``silent``) only where its last day had passed without an answer.
    """
    rule, said = knowledge.rules[_RULE], {denial.carc, *denial.remarks.split()}
    if not said & (rule.payer_says | set(rule.figures["silent"])) or said & set(rule.figures["other_papers"]):
        return None
    query = select(RecordsRequest).where(
        RecordsRequest.practice_id == denial.practice_id, RecordsRequest.claim_id == denial.claim_id, not_taken_back()
    )
    rows: Sequence[RecordsRequest] = session.scalars(query.order_by(RecordsRequest.id)).all()
    by_facts = {asked_records(row): row for row in rows}
    found = followed(tuple(by_facts), denial.denied_on)
    if found is None or not (said & rule.payer_says or found.stood(denial.denied_on) is Answered.NOT_BY_DUE):
        return None
    return by_facts[found]
