"""What destroys something waits for a second owner where a company works (security.md C-55): asked, confirmed, over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.access import Role
from tracker.models import Membership, OwnerRequest, Practice, User
from tracker.services.practice_deletion import delete_practice
from tracker.services.retention import keep_files

OPEN_FOR = timedelta(days=7)


class Kind(StrEnum):
    """What is asked."""

    DELETE = "delete"
    KEEP_FILES = "keep_files"


class RequestProblem(Exception):  # noqa: N818  # says what to do
    """Raised when a request cannot be made or decided; the message says why and what to do."""


def owners_of(session: Session, practice_id: int) -> Sequence[User]:
    """Return the owners of a practice who can sign in, by name."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.practice_id == practice_id, Membership.role == Role.OWNER, User.is_active)
    )
    return session.scalars(query.order_by(User.name)).all()


def other_owners(session: Session, practice_id: int, user_id: int) -> Sequence[User]:
    """Return the owners of a practice besides one who can sign in, by name."""
    return [user for user in owners_of(session, practice_id) if user.id != user_id]


def open_requests(session: Session, practice_ids: Sequence[int], now: datetime) -> Sequence[OwnerRequest]:
    """Return what is asked in some practices and not decided, the oldest first."""
    query = select(OwnerRequest).where(OwnerRequest.practice_id.in_(practice_ids), OwnerRequest.state == "open")
    return session.scalars(query.where(OwnerRequest.asked_at > now - OPEN_FOR).order_by(OwnerRequest.id)).all()


def ask(  # who asks for what
    session: Session, practice: Practice, kind: Kind, now: datetime, user_id: int, months: int | None = None
) -> OwnerRequest:
    """Ask another owner to confirm. Raises RequestProblem where there is none, or the same is asked already."""
    if not other_owners(session, practice.id, user_id):
        raise RequestProblem(
            "Two owners decide this, and you are the only one who can sign in. Make somebody else an owner under People"
        )
    if any(one.kind == kind for one in open_requests(session, [practice.id], now)):
        raise RequestProblem("This is asked already. Decide or take back that request first")
    row = OwnerRequest(practice_id=practice.id, kind=kind, months=months, asked_by_id=user_id, asked_at=now)
    session.add(row)
    session.flush()
    return row


def confirm(session: Session, request: OwnerRequest, now: datetime, user_id: int) -> None:
    """Do what another owner asked for. Raises RequestProblem.

    Two who confirm at once: the request's version lets one through.
    """
    _require_open(request, now)
    if request.asked_by_id == user_id:
        raise RequestProblem("Somebody else confirms what you asked for")
    if request.asked_by_id not in {user.id for user in other_owners(session, request.practice_id, user_id)}:
        raise RequestProblem("Who asked is no owner any more. Decline it, and ask anew yourself")
    practice = session.get_one(Practice, request.practice_id)
    if request.kind == Kind.DELETE:
        delete_practice(practice, now, request.asked_by_id)
    else:
        keep_files(practice, request.months)
    _decide(request, "confirmed", now, user_id)


def turn_down(request: OwnerRequest, now: datetime, user_id: int) -> None:
    """Decline what another owner asked for, or take back what one asked oneself. Raises RequestProblem."""
    _require_open(request, now)
    _decide(request, "withdrawn" if request.asked_by_id == user_id else "declined", now, user_id)


def expire_requests(session: Session, now: datetime) -> int:
    """End the requests that nobody decided within seven days; return how many."""
    over = select(OwnerRequest).where(OwnerRequest.state == "open", OwnerRequest.asked_at <= now - OPEN_FOR)
    rows = session.scalars(over).all()
    for row in rows:
        row.state, row.decided_at = "expired", now
    return len(rows)


def _require_open(request: OwnerRequest, now: datetime) -> None:
    if request.state != "open" or request.asked_at <= now - OPEN_FOR:
        raise RequestProblem("This is decided already, or its seven days are over. Nothing was changed now")


def _decide(request: OwnerRequest, state: str, now: datetime, user_id: int) -> None:
    request.state, request.decided_at, request.decided_by_id = state, now, user_id
