"""API tokens: made by a person for one practice, used by a program, ended by time, by hand and with their person.

A token never allows more than the role that its person has in the practice at that moment.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import Session

from tracker.auditing.changes import NOT_TOLD
from tracker.db import rows_changed
from tracker.domain.access import Role
from tracker.domain.token_verbs import Verb, as_text, lifetime
from tracker.models import ApiAnswer, ApiToken, Membership, Practice, User

# Says what it is, so that a token left in a file is recognised.
PREFIX = "rdt_"
_KEPT = timedelta(days=90)  # ended tokens stay in the lists


class Bearer(NamedTuple):
    """What a token stands for at the moment of a request."""

    token: ApiToken
    user: User
    practice: Practice
    role: Role


class ListedToken(NamedTuple):
    """A token with whose it is and where it works."""

    token: ApiToken
    user: User
    practice: Practice

    def ends(self, now: datetime) -> str:
        """Return why the token no longer works, nothing while it does."""
        if self.token.revoked_at is not None:
            return "revoked"
        return "expired" if self.token.expires_at <= now else ""


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_token(  # what a token is made of
    session: Session, user_id: int, practice_id: int, name: str, verbs: Iterable[Verb], days: int, now: datetime
) -> tuple[ApiToken, str]:
    """Return a new token with its secret of 256 bits, which is shown once: only its hash is kept."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        token_hash=_hash(secret), user_id=user_id, practice_id=practice_id, name=name, verbs=as_text(verbs),
        made_at=now, expires_at=now + lifetime(days),
    )  # fmt: skip
    session.add(token)
    session.flush()
    return token, secret


def find_bearer(session: Session, secret: str, now: datetime) -> Bearer | None:
    """Return what a secret stands for, or None: unknown, revoked, expired, its person disabled or no member any more."""
    found = session.execute(
        select(ApiToken, User, Practice, Membership.role)
        .join(User, User.id == ApiToken.user_id)
        .join(Practice, Practice.id == ApiToken.practice_id)
        .join(
            Membership,
            and_(Membership.user_id == ApiToken.user_id, Membership.practice_id == ApiToken.practice_id),
        )
        .where(
            ApiToken.token_hash == _hash(secret), ApiToken.revoked_at.is_(None), ApiToken.expires_at > now,
            User.is_active.is_(True), Practice.deleted_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    return Bearer(found[0], found[1], found[2], Role(found[3])) if found is not None else None


def note_used(session: Session, token_id: int, now: datetime) -> None:
    """Keep when a token was last used."""
    noted = update(ApiToken).where(ApiToken.id == token_id).values(used_at=now)
    session.execute(noted, execution_options={NOT_TOLD: True})


def revoke(session: Session, public_id: str, now: datetime, *, user_id: int, manages: Iterable[int] = ()) -> bool:
    """End a token that is the person's own, or of a practice they manage; whether there was one."""
    theirs = (ApiToken.user_id == user_id) | ApiToken.practice_id.in_(tuple(manages))
    living = ApiToken.public_id == public_id, ApiToken.revoked_at.is_(None), theirs
    return rows_changed(session, update(ApiToken).where(*living).values(revoked_at=now)) == 1


def end_tokens(session: Session, user_id: int, now: datetime, practice_ids: Sequence[int] | None = None) -> None:
    """End the tokens of a person for good: all of them, or those of some practices."""
    which = [ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)]
    if practice_ids is not None:
        which.append(ApiToken.practice_id.in_(practice_ids))
    session.execute(update(ApiToken).where(*which).values(revoked_at=now))


def tokens_of(session: Session, user_id: int) -> list[ListedToken]:
    """Return a person's own tokens, newest first."""
    return _listed(session, ApiToken.user_id == user_id)


def tokens_in(session: Session, practice_ids: Iterable[int]) -> list[ListedToken]:
    """Return the tokens of everybody in these practices, newest first."""
    return _listed(session, ApiToken.practice_id.in_(tuple(practice_ids)))


def _listed(session: Session, which: ColumnElement[bool]) -> list[ListedToken]:
    query = (
        select(ApiToken, User, Practice)
        .join(User, User.id == ApiToken.user_id)
        .join(Practice, Practice.id == ApiToken.practice_id)
        .where(which)
        .order_by(ApiToken.id.desc())
    )
    return [ListedToken(*row) for row in session.execute(query)]


def forget_old_tokens(session: Session, now: datetime) -> None:
    """Delete tokens that ended long ago and whose answers are forgotten."""
    over = (ApiToken.expires_at < now - _KEPT) | (ApiToken.revoked_at < now - _KEPT)
    answered = exists().where(ApiAnswer.token_id == ApiToken.id)
    session.execute(delete(ApiToken).where(over, ~answered))
