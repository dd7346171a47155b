"""What people are told about their accounts (security.md C-54): on the next page, and by e-mail, sent by the worker."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy.orm import Session

from tracker.models import Notice, User
from tracker.models.base import new_public_id
from tracker.services.jobs import ask_for

KIND = "user.mail"


class About(StrEnum):
    """What a person is told of."""

    INVITATION = "invitation"
    RESET = "reset"
    NEW_PLACE = "new_place"
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105  # a subject, not a secret
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    RECOVERY_CODE = "recovery_code"
    NEW_CODES = "new_codes"
    SIGN_ON = "sign_on"
    EMERGENCY = "emergency"
    EXPORT_OF_ALL = "export_of_all"
    OWNER_ASKED = "owner_asked"
    PRACTICE_DELETED = "practice_deleted"
    PRACTICE_BACK = "practice_back"


SAYS: Mapping[About, tuple[str, str]] = MappingProxyType(
    {
        About.INVITATION: ("Your account at Rehab Denials", "You were invited. Set your password here"),
        About.RESET: ("Set a new password", "You can set a new password here"),
        About.NEW_PLACE: ("Signed in from a new place", "Somebody signed in to your account with {browser}"),
        About.EMAIL: ("Your e-mail address was changed", "Mail about your account goes to another address from now on"),
        About.PASSWORD: ("Your password was changed", "The password of your account was changed"),
        About.FACTOR_ON: ("Second factor turned on", "A second factor was turned on for your account"),
        About.FACTOR_OFF: ("Second factor turned off", "The second factor of your account was turned off"),
        About.RECOVERY_CODE: ("A recovery code was used", "A recovery code was used to sign in to your account"),
        About.NEW_CODES: ("New recovery codes", "New recovery codes were made for your account; the old ones are void"),
        About.SIGN_ON: ("Single sign-on connected", "Your account was connected to the sign-on provider"),
        About.EMERGENCY: ("Emergency access was used", "Somebody used an emergency code of a practice of yours and can read its records for 4 hours. Under Settings you can revoke it"),
        About.EXPORT_OF_ALL: ("A practice was exported", "An export of everything of a practice of yours was asked for"),
        About.OWNER_ASKED: ("A request waits for you", "Another owner of a practice of yours asked you to confirm something, under Settings"),
        About.PRACTICE_DELETED: ("A practice was deleted", "A practice of yours was deleted; for 30 days owners can bring it back, under Settings"),
        About.PRACTICE_BACK: ("A practice was brought back", "A practice of yours that was deleted was brought back"),
    }
)  # fmt: skip
"""Title and sentence of each; a sentence goes on with ", on 11/23/2026 at 09:20"."""

_BY_LINK = frozenset({About.INVITATION, About.RESET})


def tell(  # whom, of what, how
    session: Session,
    user: User,
    about: About,
    now: datetime,
    *,
    by_mail: bool,
    session_id: int | None = None,
    **details: str,
) -> None:
    """Tell a person on their next page, and where ``by_mail`` and they have an address, by e-mail.

    ``session_id`` is the session that did it. ``details`` holds ids and plain words, no secret; ``to`` among them is
    another address than the one on record.
    """
    if about not in _BY_LINK:
        words = details.get("browser")
        session.add(Notice(user_id=user.id, about=about, words=words, at=now, session_id=session_id))
    if by_mail and user.email:
        arguments = {"about": about, "at": now.isoformat(), **details}
        ask_for(session, KIND, arguments, f"{KIND}:{new_public_id()}", now, user_id=user.id)
