"""Emergency access (security.md C-45, 45 CFR 164.312(a)(2)(ii)): sealed codes that owners make, each for a person, used once."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.db import rows_changed
from tracker.models import EmergencyCode, Membership, Practice, User, UserSession
from tracker.services.sessions import EMERGENCY_FOR
from tracker.services.sign_in import SignInRefused
from tracker.services.users import find_user

_BYTES, _GROUP = 20, 4  # 160 bits, so a fast hash is enough


class ListedCode(NamedTuple):
    """A code as owners see it: for whom and by whom, when it was made and used; ``ends_at`` is the end of its access."""

    public_id: str
    practice_id: int
    person: str
    made_by: str
    made_at: datetime
    used_at: datetime | None

    @property
    def ends_at(self) -> datetime | None:
        """When what it opened closes by itself; None for a code that was not used."""
        return self.used_at and self.used_at + EMERGENCY_FOR


def make_code(session: Session, practice_id: int, user: User, by_id: int, now: datetime) -> str:
    """Return a new code for a person in a practice, to print and seal; the unused one of before opens nothing more."""
    unused = EmergencyCode.practice_id == practice_id, EmergencyCode.user_id == user.id, EmergencyCode.used_at.is_(None)
    for row in session.scalars(select(EmergencyCode).where(*unused, EmergencyCode.revoked_at.is_(None))):
        row.revoked_at = now
    code = base64.b32encode(secrets.token_bytes(_BYTES)).decode()
    session.add(
        EmergencyCode(
            practice_id=practice_id, user_id=user.id, code_hash=_hash(code), made_by_id=by_id, made_at=now,
        )
    )  # fmt: skip
    session.flush()
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def codes_in(session: Session, practice_ids: Iterable[int], now: datetime) -> list[ListedCode]:
    """Return the codes of practices that open, or opened what is not over yet, the oldest first."""
    rows = session.scalars(
        select(EmergencyCode)
        .where(EmergencyCode.practice_id.in_(tuple(practice_ids)), EmergencyCode.revoked_at.is_(None))
        .order_by(EmergencyCode.id)
    ).all()
    living = [row for row in rows if row.used_at is None or row.used_at > now - EMERGENCY_FOR]
    ids = {one for row in living for one in (row.user_id, row.made_by_id)}
    names = {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(ids)))}
    return [
        ListedCode(row.public_id, row.practice_id, names[row.user_id], names[row.made_by_id], row.made_at, row.used_at)
        for row in living
    ]


def people_in(session: Session, practice_id: int) -> Sequence[User]:
    """Return who can sign in to a practice, by name: a code is made for one of them."""
    query = select(User).join(Membership, Membership.user_id == User.id)
    return session.scalars(query.where(Membership.practice_id == practice_id, User.is_active).order_by(User.name)).all()


def revoke(session: Session, practice_id: int, public_id: str, now: datetime) -> bool:
    """Let a code open nothing more, and end what it opened; whether there was one."""
    which = EmergencyCode.practice_id == practice_id, EmergencyCode.public_id == public_id
    row = session.scalar(select(EmergencyCode).where(*which, EmergencyCode.revoked_at.is_(None)))
    if row is None:
        return False
    row.revoked_at = now
    opened = update(UserSession).where(UserSession.emergency_id == row.id, UserSession.ended_at.is_(None))
    session.execute(opened.values(ended_at=now))
    session.flush()
    return True


def use_code(session: Session, login: str, code: str, now: datetime) -> tuple[EmergencyCode, User]:
    """Use up a code of a person; return it with them.

    Raises SignInRefused for a wrong, used or revoked code, and when its person or practice is not here any more.
    """
    user = find_user(session, login)
    bare = "".join(letter for letter in code.upper() if letter.isalnum())
    row = session.scalar(select(EmergencyCode).where(EmergencyCode.code_hash == _hash(bare)))
    if user is None or row is None or row.user_id != user.id or not _opens(session, row, user):
        raise SignInRefused
    unused = EmergencyCode.id == row.id, EmergencyCode.used_at.is_(None), EmergencyCode.revoked_at.is_(None)
    if not rows_changed(session, update(EmergencyCode).where(*unused).values(used_at=now)):
        raise SignInRefused
    return row, user


def _opens(session: Session, row: EmergencyCode, user: User) -> bool:
    member = select(Practice.id).join(Membership, Membership.practice_id == Practice.id)
    here = session.scalar(
        member.where(Membership.user_id == user.id, Practice.id == row.practice_id, Practice.deleted_at.is_(None))
    )
    return user.is_active and here is not None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
