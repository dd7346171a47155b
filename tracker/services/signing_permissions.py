"""Leave to sign in somebody's name: given by that person for some days, taken back by them, and logged."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.domain.access import Action, Role, may
from tracker.domain.signing import permission_holds
from tracker.models import Event, Membership, Practice, SigningPermission, User

LONGEST_DAYS = 366


class PermissionProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when leave cannot be given as asked; ``field`` names what to mend, the message is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Days(NamedTuple):
    """From one day to another, both counted."""

    from_on: date
    until_on: date


class Leave(NamedTuple):
    """Leave as its list shows it; ``other`` is the helper's name in what one gave, the signer's in what one got."""

    permission: SigningPermission
    practice: Practice
    other: str
    holds: bool


def give_leave(  # who lets whom, where, for which days
    session: Session, practice_id: int, signer: User, helper_id: int, days: Days, now: datetime, today: date
) -> SigningPermission:
    """Let a colleague sign letters of a practice in the signer's name; raises PermissionProblem."""
    if days.until_on < max(days.from_on, today):
        raise PermissionProblem("until_on", "The last day must not be before the first day or today")
    if (days.until_on - days.from_on).days > LONGEST_DAYS:
        raise PermissionProblem("until_on", "Leave to sign lasts a year at most. Give it again then")
    helper = session.get(Membership, (helper_id, practice_id))
    if helper is None or helper_id == signer.id or not may(Role(helper.role), Action.SIGN):
        raise PermissionProblem("helper", "Choose a colleague of this practice who may sign letters")
    row = SigningPermission(
        practice_id=practice_id,
        signer_id=signer.id,
        helper_id=helper_id,
        from_on=days.from_on,
        until_on=days.until_on,
        made_at=now,
    )
    session.add(row)
    session.flush()
    _log(session, row, "signing_leave_given", now)
    return row


def take_leave_back(session: Session, row: SigningPermission, now: datetime) -> None:
    """End leave; what was signed with it stays signed."""
    if row.revoked_at is None:
        row.revoked_at = now
        _log(session, row, "signing_leave_taken_back", now)


def _log(session: Session, row: SigningPermission, kind: str, now: datetime) -> None:
    details = {"to": row.helper_id, "from_on": row.from_on.isoformat(), "until_on": row.until_on.isoformat()}
    session.add(
        Event(
            practice_id=row.practice_id, at=now, user_id=row.signer_id, kind=kind, subject_kind="practice",
            subject_id=row.practice_id, details=details,
        )
    )  # fmt: skip


def given_to(
    session: Session, practice_id: int, helper_id: int, today: date
) -> Sequence[tuple[SigningPermission, Membership, User]]:
    """Return the leave a person has today in a practice, with whose name it is, by name."""
    query = (
        select(SigningPermission, Membership, User)
        .join(User, User.id == SigningPermission.signer_id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.practice_id == SigningPermission.practice_id))
        .where(SigningPermission.practice_id == practice_id, SigningPermission.helper_id == helper_id, User.is_active)
        .order_by(User.name)
    )
    return [(row, member, user) for row, member, user in session.execute(query) if _holds(row, today)]


def signers_of(session: Session, practice_id: int, helper_id: int, today: date) -> list[int]:
    """Return the ids of those in whose name a person may sign today."""
    return [user.id for _, _, user in given_to(session, practice_id, helper_id, today)]


def _holds(row: SigningPermission, today: date) -> bool:
    return permission_holds(row.from_on, row.until_on, today, revoked=row.revoked_at is not None)


def leave_of(session: Session, user_id: int, today: date) -> tuple[list[Leave], list[Leave]]:
    """Return the leave a person gave and the leave they got, newest first, in the practices of the session's scope."""
    query = (
        select(SigningPermission, Practice)
        .join(Practice, Practice.id == SigningPermission.practice_id)
        .where(or_(SigningPermission.signer_id == user_id, SigningPermission.helper_id == user_id))
        .order_by(SigningPermission.made_at.desc())
    )
    rows = [(row, practice) for row, practice in session.execute(query)]
    others = {row.helper_id if row.signer_id == user_id else row.signer_id for row, _ in rows}
    names = {one.id: one.name for one in session.scalars(select(User).where(User.id.in_(others)))}
    given = [
        Leave(row, place, names[row.helper_id], _holds(row, today)) for row, place in rows if row.signer_id == user_id
    ]
    got = [
        Leave(row, place, names[row.signer_id], _holds(row, today)) for row, place in rows if row.helper_id == user_id
    ]
    return given, got
