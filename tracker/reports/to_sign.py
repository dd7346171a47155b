"""What waits for one person: letters to sign, and denials about whose note they were asked."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from tracker.domain.due import Due, due
from tracker.models import Appeal, Denial, Letter, Membership, Payer, Practice, TherapistAsk, User
from tracker.services.signing_permissions import signers_of


class LetterToSign(NamedTuple):
    """A letter that waits for a signature; ``whose`` is the name it waits for."""

    appeal: Appeal
    payer: str
    practice: str
    whose: str
    due: Due


def letters_to_sign(session: Session, practices: Iterable[int], user_id: int, today: date) -> list[LetterToSign]:
    """Return the letters a person was asked to sign, and those of people who gave them leave, by the day due."""
    query = (
        select(Appeal, Letter, Payer.name, Practice.name, User.name)
        .join(Letter, and_(Letter.practice_id == Appeal.practice_id, Letter.appeal_id == Appeal.id))
        .join(Payer, Payer.id == Appeal.payer_id)
        .join(Practice, Practice.id == Appeal.practice_id)
        .join(User, User.id == Letter.signature_of_id)
        .where(or_(*(_waits_for(session, practice, user_id, today) for practice in practices)))
        .order_by(Letter.signature_due, Appeal.number)
    )
    return [
        LetterToSign(appeal, payer, practice, name, due("signature", letter.signature_due, today))
        for appeal, letter, payer, practice, name in session.execute(query)
    ]


def _waits_for(session: Session, practice_id: int, user_id: int, today: date) -> ColumnElement[bool]:
    return and_(
        Letter.practice_id == practice_id,
        Letter.signature_of_id.in_([user_id, *signers_of(session, practice_id, user_id, today)]),
    )


def is_asked(session: Session, appeal: Appeal, user_id: int, today: date) -> bool:
    """Whether a person was asked to sign a letter of an appeal, or signed one."""
    signers = [user_id, *signers_of(session, appeal.practice_id, user_id, today)]
    query = select(
        exists().where(
            Letter.practice_id == appeal.practice_id,
            Letter.appeal_id == appeal.id,
            or_(Letter.signature_of_id.in_(signers), Letter.signed_by_id == user_id),
        )
    )
    return bool(session.scalar(query))


def asked_about(session: Session, user: User) -> list[Denial]:
    """Return the open denials about whose note a person was asked by their name and has not answered, oldest first."""
    query = (
        select(TherapistAsk, Denial)
        .join(Denial, and_(Denial.practice_id == TherapistAsk.practice_id, Denial.id == TherapistAsk.denial_id))
        .where(TherapistAsk.ended_on.is_(None), Denial.is_open)
        .order_by(TherapistAsk.answer_by, Denial.id)
    )
    names = _names(session, user)
    return [denial for ask, denial in session.execute(query) if ask.asked_of.casefold() in names]


def _names(session: Session, user: User) -> set[str]:
    printed = session.scalars(select(Membership.printed_name).where(Membership.user_id == user.id))
    return {name.casefold() for name in (user.name, *printed) if name}
