"""The queue as rows of a file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from tracker.domain.sheet import Cell, Column, Kind
from tracker.domain.statuses import STATUSES
from tracker.knowledge import RootCause
from tracker.reports.queue_rows import queue_rows

COLUMNS = (
    Column("denial"), Column("practice"), Column("payer"), Column("patient"), Column("claim"),
    Column("service date", Kind.DATE), Column("denied on", Kind.DATE), Column("reason"), Column("remarks"),
    Column("likely root cause"), Column("evidence"), Column("denied", Kind.CENTS), Column("status"), Column("owner"),
    Column("clock"), Column("due", Kind.DATE), Column("days left", Kind.COUNT),
)  # fmt: skip
_AT_ONCE = 500


def file_rows(
    session: Session, ids: Sequence[int], root_causes: Mapping[str, RootCause], today: date
) -> Iterator[tuple[Cell, ...]]:
    """Yield the denials with these ids as rows of COLUMNS."""
    for start in range(0, len(ids), _AT_ONCE):
        for row in queue_rows(session, ids[start : start + _AT_ONCE], root_causes, today):
            on = row.due.on if row.due else None
            yield (
                f"D-{row.number}", row.practice, row.payer, row.patient, row.claim_number, row.service_date,
                row.denied_on, row.code, row.remarks, row.cause, row.strength, row.amount_cents,
                STATUSES[row.status], row.owner, row.due.name if row.due and on else "", on,
                (on - today).days if on else None,
            )  # fmt: skip
        session.expunge_all()
