"""Links by which a person sets a password: invitations and resets, each used once and for a limited time.

The key in a link is an HMAC of the link's id under the installation's secret, so that the worker that mails it and the
page that shows it can make it again, while the database alone (or a backup) opens no account.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import rows_changed
from tracker.models import User, UserLink
from tracker.models.base import new_public_id
from tracker.services.sessions import end_sessions
from tracker.services.sign_in import forget_tries


class Kind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LASTS = {Kind.INVITATION: timedelta(days=3), Kind.RESET: timedelta(days=1)}


class LinkOver(Exception):  # noqa: N818  # says what happened
    """Raised when a link was used already, has run out, or never was one: one answer for all."""


def key_of(secret: str, public_id: str) -> str:
    """Return the key that the link with an id holds: 256 bits."""
    mac = hmac.digest(secret.encode(), f"user link {public_id}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def link_address(settings: Settings, link: UserLink) -> str:
    """Return the address that a link is opened at."""
    return f"{settings.site_url.rstrip('/')}/links/{key_of(settings.secret_key, link.public_id)}"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def make_link(session: Session, user: User, kind: Kind, now: datetime, secret: str, by_id: int | None) -> UserLink:
    """Return a new link for a person; those made before are worth nothing from now on."""
    open_links = UserLink.user_id == user.id, UserLink.used_at.is_(None)
    session.execute(update(UserLink).where(*open_links).values(used_at=now))
    public_id = new_public_id()
    link = UserLink(
        public_id=public_id, token_hash=_hash(key_of(secret, public_id)), kind=kind, user_id=user.id, made_by_id=by_id,
        expires_at=now + LASTS[kind],
    )  # fmt: skip
    session.add(link)
    session.flush()
    return link


def open_link(session: Session, user_id: int, now: datetime) -> UserLink | None:
    """Return the link of a person that can still be used."""
    usable = UserLink.user_id == user_id, UserLink.used_at.is_(None), UserLink.expires_at > now
    return session.scalar(select(UserLink).where(*usable))


def find_link(session: Session, key: str, now: datetime) -> tuple[UserLink, User]:
    """Return the usable link of a key with its person. Raises LinkOver."""
    found = session.execute(
        select(UserLink, User)
        .join(User, User.id == UserLink.user_id)
        .where(
            UserLink.token_hash == _hash(key), UserLink.used_at.is_(None), UserLink.expires_at > now, User.is_active
        )
    ).one_or_none()  # fmt: skip
    if found is None:
        raise LinkOver
    return found[0], found[1]


def use_up(session: Session, link_id: int, now: datetime) -> None:
    """Use a link up, once. Raises LinkOver when another request was first."""
    unused = UserLink.id == link_id, UserLink.used_at.is_(None)
    if not rows_changed(session, update(UserLink).where(*unused).values(used_at=now)):
        raise LinkOver


def set_password_by_link(session: Session, key: str, password_hash: str, now: datetime) -> User:
    """Use a link up: its person gets the password, every session ends, wrong tries are forgotten. Raises LinkOver."""
    link, user = find_link(session, key, now)
    use_up(session, link.id, now)
    user.password_hash = password_hash
    end_sessions(session, user.id, now)
    forget_tries(session, user.login)
    return user
