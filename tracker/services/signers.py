"""Who may sign a letter on screen, as what and in whose name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.access import Action, Role, may
from tracker.domain.signing import may_sign
from tracker.letters.facts import SignerFacts
from tracker.letters.pictures import name_of
from tracker.models import Membership, Practice, User
from tracker.services.pictures import signature_of
from tracker.services.signing_permissions import given_to

TYPED, OWN = "typed", "own"


class Way(NamedTuple):
    """A way to sign on screen: ``key`` for the form, ``words`` for its list, and who then signs.

    ``signer`` is None for the name a person types.
    """

    key: str
    words: str
    signer: SignerFacts | None


def ways_to_sign(session: Session, practice: Practice, user: User, today: date, *, clinical: bool) -> list[Way]:
    """Return how a person may sign a letter on screen today; ``clinical`` says that it is a clinician's letter.

    In their own name, in that of somebody who gave them leave, or, where the practice allows it, with a typed name.
    Empty when only others may sign the letter.
    """
    drawn = signature_of(session, user.id)
    picture = name_of(drawn.content_hash) if drawn else ""
    ways = []
    own = session.get(Membership, (user.id, practice.id))
    if own is not None and _fits(own, practice, clinical=clinical):
        signer = replace(signer_of(own, user), picture=picture)
        ways.append(Way(OWN, f"Me, {signer.name}", signer))
    for permission, member, other in given_to(session, practice.id, user.id, today):
        if _fits(member, practice, clinical=clinical):
            signer = replace(signer_of(member, other), helper=_printed(own, user), picture=picture)
            until = f"{permission.until_on:%m/%d/%Y}"
            ways.append(Way(permission.public_id, f"In the name of {signer.name}, with leave until {until}", signer))
    if not practice.own_names_only and not (clinical and practice.clinicians_only):
        ways.append(Way(TYPED, "The typed name below", None))
    return ways


def usual_way(ways: Sequence[Way], *, asked: bool) -> str:
    """Return the way to sign that is chosen unless a person says otherwise: ``asked`` was the person for a signature."""
    keys = [way.key for way in ways]
    own = next((way.signer for way in ways if way.key == OWN), None)
    if OWN in keys and own is not None and (asked or own.credentials or own.title or TYPED not in keys):
        return OWN
    return TYPED if TYPED in keys or not keys else keys[0]


def _fits(member: Membership, practice: Practice, *, clinical: bool) -> bool:
    allowed = may(Role(member.role), Action.SIGN)
    return allowed and may_sign(member.signs_as, clinical=clinical, clinicians_only=practice.clinicians_only)


def _printed(member: Membership | None, user: User) -> str:
    return member.printed_name if member is not None and member.printed_name else user.name


def signer_of(member: Membership, user: User) -> SignerFacts:
    """Return how letters print a person of a practice."""
    return SignerFacts(_printed(member, user), member.title, credentials=member.credentials)


def people_who_sign(session: Session, practice: Practice, *, clinical: bool) -> Sequence[User]:
    """Return who of a practice may sign such a letter, by name."""
    query = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.practice_id == practice.id, User.is_active)
        .order_by(User.name)
    )
    return [user for member, user in session.execute(query) if _fits(member, practice, clinical=clinical)]
