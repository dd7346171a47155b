"""What people did with the demo's denials: owners, statuses, closings, appeals. All through the services."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.demo.appeals import Desk
from tracker.demo.plot import Act
from tracker.domain.appeal_life import Result
from tracker.domain.statuses import TYPED_CLOSE_REASONS
from tracker.knowledge import Knowledge
from tracker.models import Claim, Denial, Membership, Practice, User
from tracker.services import working
from tracker.services.known_claims import control_key

_AFTER_WORK = time(20, 5)
_DECISIONS = frozenset({Result.UPHELD, Result.DISMISSED, Result.PARTLY})


def act(session: Session, practice: Practice, done: Act, owner: User, knowledge: Knowledge) -> None:
    """Do what somebody did with the open denials of a claim; two of three claims that are worked on get an owner."""
    denials = _open_denials(session, practice, done.control)
    if not denials:
        return
    at = datetime.combine(done.day, _AFTER_WORK, UTC)
    desk = Desk(session, practice, knowledge, owner, at)
    if done.what in _DECISIONS:
        desk.decide(denials[0], Result(done.what))
    elif done.what in TYPED_CLOSE_REASONS:
        working.close(session, denials, done.what, at, done.day, owner.id)
        return
    elif done.what == "next_level":
        desk.next_level(denials[0])
    elif done.what != "appeal" or not desk.appeal(denials):
        working.set_status(session, denials, "waiting_on_payer" if done.what == "appeal" else done.what, at, owner.id)
    turn = int("".join(filter(str.isdigit, done.control)))
    if turn % 3:
        members = _members(session, practice)
        working.assign(session, denials, members[turn % len(members)], at, owner.id)


def _members(session: Session, practice: Practice) -> list[int]:
    query = select(Membership.user_id).where(Membership.practice_id == practice.id).order_by(Membership.user_id)
    return list(session.scalars(query))


def _open_denials(session: Session, practice: Practice, control: str) -> Sequence[Denial]:
    key = control_key(control)
    claims = select(Claim.id).where(Claim.practice_id == practice.id, Claim.control_key == key)
    return session.scalars(
        select(Denial).where(Denial.practice_id == practice.id, Denial.claim_id.in_(claims), Denial.is_open)
    ).all()
