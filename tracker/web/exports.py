"""What leaves the tracker as a file is logged: who took what, how much of it, when, why (security.md C-37)."""

import logging
from collections.abc import Iterable

from flask import g, request

from tracker.db import transaction
from tracker.domain.export_reasons import reason_of
from tracker.models import Event
from tracker.web.audited import shown
from tracker.web.budget import spend_rows
from tracker.web.request import sessions, settings

log = logging.getLogger(__name__)


def log_export(what: str, rows: int, practices: Iterable[int]) -> None:
    """Log that the person who asks takes ``rows`` of ``what`` out of these practices, and why they say they do.

    Raises OverBudget when it is more than a person has in an hour.
    """
    reason = reason_of(request.values.get("reason", ""))
    spend_rows(rows, settings())
    shown(rows)
    g.doing.detail["reason"] = reason
    g.session.rollback()  # SQLite: our own open reading would stop the writing
    with transaction(sessions().writing(g.scope)) as session:
        session.add_all(
            Event(
                practice_id=practice_id, at=g.now, user_id=g.user.id, kind="exported", subject_kind="practice",
                subject_id=practice_id, details={"what": what, "rows": rows, "reason": reason},
            )
            for practice_id in practices
        )  # fmt: skip
    log.info("user %s exported %s rows of the %s", g.user.id, rows, what)
