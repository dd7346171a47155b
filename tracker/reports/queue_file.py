"""The queue as rows of a file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tracker.domain.money import plain_amount
from tracker.domain.statuses import STATUSES
from tracker.knowledge import RootCause
from tracker.reports.queue_rows import queue_rows

COLUMNS = (
    "denial", "practice", "payer", "patient", "claim", "service date", "denied on", "reason", "remarks",
    "likely root cause", "evidence", "denied", "status", "owner", "clock", "due", "days left",
)  # fmt: skip
_AT_ONCE = 500


def file_rows(
    session: Session, ids: Sequence[int], root_causes: Mapping[str, RootCause], today: date
) -> Iterator[tuple[Any, ...]]:
    """Yield the denials with these ids as rows of COLUMNS: dates as dates, dollars as plain numbers."""
    for start in range(0, len(ids), _AT_ONCE):
        for row in queue_rows(session, ids[start : start + _AT_ONCE], root_causes, today):
            on = row.due.on if row.due else None
            yield (
                f"D-{row.number}", row.practice, row.payer, row.patient, row.claim_number, row.service_date,
                row.denied_on, row.code, row.remarks, row.cause, row.strength, plain_amount(row.amount_cents),
                STATUSES[row.status], row.owner, row.due.name if row.due and on else "", on,
                (on - today).days if on else None,
            )  # fmt: skip
        session.expunge_all()
