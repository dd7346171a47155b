"""Requests that a program may send twice: the first answer is kept and given again (security.md C-34 and 1.5).

The answer is written in the transaction of the work itself, so a kill leaves both or neither. Before, a row in a
transaction of its own says that the work goes on; its work is taken for dead after two minutes. Whoever comes second
then takes the row over, and the first, should it still live, finds that out before it commits.
"""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.db import SessionMaker, keyring_for, transaction
from tracker.models import ApiAnswer

KEPT_DAYS = 30
_LEASE = timedelta(minutes=2)


class OtherRequest(Exception):  # noqa: N818  # says what happened
    """Raised when a key was used before, for something else."""


class StillRunning(Exception):  # noqa: N818  # says what happened
    """Raised when the work of a key goes on; ``seconds`` is when to ask again at the latest."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Asked(NamedTuple):
    """A request as it is recognised: whose, its key, and what it asks for in one text."""

    practice_id: int
    token_id: int
    key: str
    request: str


class Answer(NamedTuple):
    """What was answered: the status, the address of what was made, the body."""

    status: int
    location: str
    body: bytes


class Run(NamedTuple):
    """The work on a request: its row, and the mark by which it knows that the row is its own."""

    practice_id: int
    row_id: int
    mark: str


def begin(sessions: SessionMaker, asked: Asked, now: datetime) -> Run | Answer:
    """Return the answer that was given to the request before, or the right to do the work now.

    Raises OtherRequest when the key was used for another request, StillRunning when somebody is at it.
    """
    with sessions.reading({asked.practice_id}) as session:
        found = _kept(session, asked, now)
    if found is not None:
        return found
    try:
        with transaction(sessions.writing({asked.practice_id})) as session:
            return _kept(session, asked, now) or _take(session, asked, now)
    except IntegrityError:  # another was first by a moment, on PostgreSQL
        raise StillRunning(_seconds(_LEASE)) from None


def _kept(session: Session, asked: Asked, now: datetime) -> Answer | None:
    row = _row(session, asked, now)
    if row is None:
        return None
    if row.request_hash != _hash(session, asked, "request", asked.request):
        raise OtherRequest
    if row.status:
        return Answer(row.status, row.location, bytes(row.body))
    if row.runs_until > now:
        raise StillRunning(_seconds(row.runs_until - now))
    return None


def _seconds(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 1))


def _row(session: Session, asked: Asked, now: datetime) -> ApiAnswer | None:
    """Return the row of a request; one that is older than answers are kept is as good as forgotten."""
    row = session.scalar(
        select(ApiAnswer).where(
            ApiAnswer.practice_id == asked.practice_id,
            ApiAnswer.token_id == asked.token_id,
            ApiAnswer.key_hash == _hash(session, asked, "key", asked.key),
        )
    )
    return row if row is not None and row.asked_at > now - timedelta(days=KEPT_DAYS) else None


def _hash(session: Session, asked: Asked, what: str, text: str) -> str:
    """Return a keyed hash: a plain one of a short request could be guessed."""
    return keyring_for(session).index(asked.practice_id, f"api_answers.{what}_hash", text)


def _take(session: Session, asked: Asked, now: datetime) -> Run:
    key_hash = _hash(session, asked, "key", asked.key)
    dead = and_(ApiAnswer.status == 0, ApiAnswer.runs_until <= now)
    session.execute(
        delete(ApiAnswer).where(
            ApiAnswer.practice_id == asked.practice_id, ApiAnswer.token_id == asked.token_id,
            ApiAnswer.key_hash == key_hash, or_(dead, ApiAnswer.asked_at <= now - timedelta(days=KEPT_DAYS)),
        )
    )  # fmt: skip
    row = ApiAnswer(
        practice_id=asked.practice_id, token_id=asked.token_id, key_hash=key_hash,
        request_hash=_hash(session, asked, "request", asked.request), run=secrets.token_urlsafe(16),
        asked_at=now, runs_until=now + _LEASE,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return Run(row.practice_id, row.id, row.run)


def finish(session: Session, run: Run, answer: Answer) -> None:
    """Keep the answer in the transaction of the work. Raises StillRunning when another took the work over meanwhile."""
    row = session.scalar(select(ApiAnswer).where(*_of(run)).with_for_update())
    if row is None:
        raise StillRunning(_seconds(_LEASE))
    row.status, row.location, row.body = answer.status, answer.location, answer.body
    session.flush()


def give_up(sessions: SessionMaker, run: Run) -> None:
    """Forget a request whose work failed: nothing was done, so it may be sent again, changed or not."""
    with transaction(sessions.writing({run.practice_id})) as session:
        session.execute(delete(ApiAnswer).where(*_of(run), ApiAnswer.status == 0))


def _of(run: Run) -> tuple[ColumnElement[bool], ...]:
    return ApiAnswer.practice_id == run.practice_id, ApiAnswer.id == run.row_id, ApiAnswer.run == run.mark


def forget_old_answers(session: Session, now: datetime) -> None:
    """Delete the answers that were kept for their time."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.asked_at < now - timedelta(days=KEPT_DAYS)))
