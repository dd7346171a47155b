"""Who a person of the sign-on provider is here. Nobody gets an account by signing in there: they were invited before."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import User, UserLink
from tracker.services.user_links import open_link, use_up


class NotInvited(Exception):  # noqa: N818  # says what happened
    """Raised when nobody here belongs to the person of the provider."""


def known_person(session: Session, subject: str) -> User | None:
    """Return the active user whom a person of the provider was connected to before."""
    return session.scalar(select(User).where(User.oidc_subject == subject, User.is_active))


def connect(session: Session, subject: str, email: str, now: datetime) -> User:
    """Connect a person of the provider, once and for good, to the one user who was invited at their address.

    ``email`` is an address that the provider has verified. An open link (invitation or reset) is used up by it. Raises
    NotInvited when no such user has one, or several have.
    """
    invited = session.scalars(
        select(User)
        .join(UserLink, UserLink.user_id == User.id)
        .where(
            func.lower(User.email) == email.lower(), User.email != "", User.oidc_subject.is_(None), User.is_active,
            UserLink.used_at.is_(None), UserLink.expires_at > now,
        )
        .limit(2)
    ).all()  # fmt: skip
    link = open_link(session, invited[0].id, now) if len(invited) == 1 else None
    if link is None:
        raise NotInvited
    use_up(session, link.id, now)
    invited[0].oidc_subject = subject
    return invited[0]
